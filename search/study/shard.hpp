// A part of a run's tasks, for the jobs of an array that know nothing of one another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/pool/task_source.hpp"

namespace jury {

struct Experiment;

/// The tasks whose key has this hash, one in `count`: the same on every machine.
struct Shard {
  std::int32_t index = 0;  ///< from 0
  std::int32_t count = 1;

  bool has(const TaskKey& key) const noexcept;
  /// "2-of-8", from 1: a part of the name of its run directory.
  std::string name() const;
};

/// "2/8", from 1 to the number of shards, as job arrays count. Throws ConfigError for anything else.
Shard read_shard(std::string_view text);

/// Throws ConfigError where tasks depend on what came of others (adaptive searches, pruners, members = "auto"): those
/// cannot be done apart. Of other searches a shard does its part of each trial; what is left of the chosen one is for a
/// resume of all parts.
void check_shard(const Experiment& experiment);

/// Gives out the tasks of a shard alone; the others are given to nobody.
class ShardSource final : public TaskSource {
 public:
  /// The source must outlive this.
  ShardSource(TaskSource& all, Shard shard) noexcept : all_(all), shard_(shard) {}
  std::vector<ReadyTask> take_ready() override;
  std::vector<ReadyTask> take_withdrawn() override { return all_.take_withdrawn(); }
  void done(const Record& record) override { all_.done(record); }

 private:
  TaskSource& all_;
  Shard shard_;
};

}  // namespace jury
