#include "tools/bench/pool_load.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/pool/run_pool.hpp"

namespace jury {
namespace {

std::size_t resident_bytes() {
  unsigned long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

class LoadEvaluator final : public Evaluator {
 public:
  explicit LoadEvaluator(double seconds) noexcept : seconds_(seconds) {}
  std::optional<Record> evaluate(const TaskKey&, const StopFlag&) override {
    const double end = system_clock().seconds() + seconds_;
    while (seconds_ > 0 && system_clock().seconds() < end) {
    }
    return Record{};
  }

 private:
  double seconds_;
};

class LoadSource final : public TaskSource {
 public:
  LoadSource(const PoolLoad& load, PoolLoadResult& result) noexcept : load_(load), result_(result) {}

  std::vector<ReadyTask> take_ready() override {
    std::vector<ReadyTask> tasks;
    const std::int32_t most = load_.lot > 0 ? load_.lot : load_.num_tasks;
    // A new lot when half of the last is done, so that none waits for it.
    if (given_ - done_ > most / 2) return tasks;
    for (std::int32_t left = std::min(most, load_.num_tasks - given_); left > 0; --left)
      tasks.push_back({.key = {.trial = given_ / 1000, .member = given_++ % 1000}, .cost = 1e10 * load_.task_seconds});
    return tasks;
  }
  void done(const Record&) override {
    ++done_;
    if (done_ == load_.num_tasks / 10) result_.tenth_bytes = resident_bytes();
    if (done_ == load_.num_tasks) result_.end_bytes = resident_bytes();
  }

 private:
  const PoolLoad& load_;
  PoolLoadResult& result_;
  std::int32_t given_ = 0;
  std::int32_t done_ = 0;
};

}  // namespace

PoolLoadResult run_load(const Comm& comm, const PoolLoad& load, const PoolOptions& options) {
  PoolLoadResult result;
  const EvaluatorFactory evaluators = [&] { return std::make_unique<LoadEvaluator>(load.task_seconds); };
  run_pool(comm, evaluators, options, [&](Coordinator& coordinator) {
    JournalWriter writer = JournalWriter::create(load.journal, {});
    JournalLog log(writer);
    LoadSource source(load, result);
    PoolEvents events;
    const PoolResult pool = coordinator.run(source, log, events);
    result.seconds = pool.progress.seconds;
    result.num_workers = pool.workers.size();
    result.utilisation = pool.utilisation;
    result.num_frames = pool.num_frames;
    result.ideal_seconds = load.num_tasks * load.task_seconds / static_cast<double>(result.num_workers);
    return ExitCode::done;
  });
  return result;
}

}  // namespace jury
