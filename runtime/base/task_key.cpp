#include "runtime/base/task_key.hpp"

namespace jury {

std::string to_string(const TaskKey& key) {
  std::string text;
  const auto append = [&](const char* name, std::int32_t index) {
    if (index == TaskKey::kNone) return;
    text.append(text.empty() ? "" : " ").append(name).append(" ").append(std::to_string(index));
  };
  append("trial", key.trial);
  append("outer", key.outer);
  append("repeat", key.repeat);
  append("fold", key.fold);
  append("replicate", key.replicate);
  append("base", key.base);
  append("inner", key.inner);
  append("member", key.member);
  append("rung", key.rung);
  return text;
}

}  // namespace jury
