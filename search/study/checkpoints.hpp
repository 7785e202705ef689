// The state of trainings under way, so that a task goes on where it was interrupted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/bytes.hpp"
#include "runtime/base/task_key.hpp"

namespace jury {

/// The folder "checkpoints" of a run directory: at most one file for each task that has no record yet.
/// It saves time and nothing else: a file that is missing, damaged or of another run counts as none,
/// and one that cannot be written is left out.
class Checkpoints {
 public:
  /// The folder is made at the first write().
  Checkpoints(std::string folder, std::uint64_t identity) : folder_(std::move(folder)), identity_(identity) {}

  std::optional<Bytes> read(const TaskKey& key) const;
  /// Whole or not at all, replacing an earlier one.
  void write(const TaskKey& key, const Bytes& state) const;
  void remove(const TaskKey& key) const;

 private:
  std::string path(const TaskKey& key) const;

  std::string folder_;
  std::uint64_t identity_;
};

}  // namespace jury
