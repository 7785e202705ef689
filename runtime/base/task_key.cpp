#include "runtime/base/task_key.hpp"

namespace jury {

std::string to_string(const TaskKey& key) {
  std::string text;
  for (const auto& [name, index] : kTaskKeyIndices) {
    if (key.*index == TaskKey::kNone) continue;
    text.append(text.empty() ? "" : " ").append(name).append(" ").append(std::to_string(key.*index));
  }
  return text;
}

}  // namespace jury
