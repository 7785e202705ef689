#include "runtime/pool/simulation.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

#include "runtime/base/rng.hpp"
#include "runtime/pool/coordinator.hpp"
#include "runtime/pool/virtual_ranks.hpp"

namespace jury {
namespace {

/// A disk with one file that nobody reads.
class WriteOnlyDisk final : public FileSystem {
 public:
  int open(const char*, int, mode_t) override { return 0; }
  void close(int) noexcept override {}
  ssize_t write(int, const void*, std::size_t size) override {
    size_ += size;
    return static_cast<ssize_t>(size);
  }
  int fsync(int) override { return 0; }
  int fdatasync(int) override { return 0; }
  int try_lock(int) override { return 0; }
  int fstat(int, struct stat& about) override {
    about = {};
    about.st_size = static_cast<off_t>(size_);
    return 0;
  }
  int stat(const char*, struct stat& about) override { return fstat(0, about); }
  int lstat(const char*, struct stat&) override {
    errno = ENOENT;
    return -1;
  }
  int rename(const char*, const char*) override { return 0; }
  int unlink(const char*) override { return 0; }
  std::uint64_t size() const noexcept { return size_; }

 private:
  std::uint64_t size_ = 0;
};

/// The real journal, and what it would cost.
class CostedLog final : public RecordLog {
 public:
  CostedLog(VirtualRanks& ranks, const MessageCosts& costs, double commit_seconds)
      : ranks_(ranks),
        costs_(costs),
        commit_seconds_(commit_seconds),
        writer_(JournalWriter::create("journal", {}, {.files = disk_})) {}
  void append(const Record& record) override {
    ranks_.work(costs_.task_seconds);
    // The loop that sleeps has to wake up for the commit.
    if (writer_.num_pending() == 0) ranks_.at(ranks_.clock().seconds() + commit_seconds_, [] {});
    writer_.append(record);
  }
  void commit() override {
    const std::uint64_t before = disk_.size();
    writer_.commit();
    ++num_commits;
    ranks_.work(costs_.commit_seconds + static_cast<double>(disk_.size() - before) * costs_.commit_byte_seconds);
  }
  std::uint64_t size() const noexcept { return disk_.size(); }
  std::uint64_t num_commits = 0;

 private:
  VirtualRanks& ranks_;
  const MessageCosts& costs_;
  double commit_seconds_;
  WriteOnlyDisk disk_;
  JournalWriter writer_;
};

/// Knows what the tasks cost that are given out, and what became of them.
class CostedSource final : public TaskSource {
 public:
  explicit CostedSource(TaskSource& source) : source_(source) { refill(); }
  std::vector<ReadyTask> take_ready() override {
    if (ready_.empty()) refill();
    return std::exchange(ready_, {});
  }
  std::vector<ReadyTask> take_withdrawn() override { return source_.take_withdrawn(); }
  void done(const Record& record) override {
    work_seconds += record.seconds;
    costs_.erase(record.key);
    source_.done(record);
  }
  double cost(const TaskKey& key) const {
    const auto cost = costs_.find(key);
    return cost != costs_.end() ? cost->second : 0;  // done by another meanwhile
  }
  /// Of what is given out.
  double total_cost() const {
    return std::accumulate(costs_.begin(), costs_.end(), 0.0,
                           [](double sum, const auto& task) { return sum + task.second; });
  }
  double work_seconds = 0;

 private:
  void refill() {
    ready_ = source_.take_ready();
    for (const ReadyTask& task : ready_) costs_.emplace(task.key, task.cost);
  }

  TaskSource& source_;
  std::vector<ReadyTask> ready_;
  std::map<TaskKey, double> costs_;
};

/// So large a share of the workers, drawn.
std::vector<int> drawn(const SimulationOptions& options, double share, std::int64_t what) {
  std::vector<int> workers(static_cast<std::size_t>(options.workers));
  std::iota(workers.begin(), workers.end(), 0);
  Rng rng(stream_key(options.seed, Purpose::noise, {what}));
  shuffle(std::span(workers), rng);
  workers.resize(static_cast<std::size_t>(std::lround(share * options.workers)));
  return workers;
}

int node_of(const SimulationOptions& options, int worker) {
  return static_cast<int>(worker * std::int64_t{options.nodes} / options.workers);
}

// Rank 0 stands on the first node.
Routes routes_of(const SimulationOptions& options) {
  if (options.workers + 1 <= options.gateways_above) return Routes(options.workers + 1);
  std::vector<int> nodes = {0};
  for (int worker = 0; worker < options.workers; ++worker) nodes.push_back(node_of(options, worker));
  return Routes(nodes, options.ranks_per_gateway);
}

VirtualRanksOptions ranks_of(const SimulationOptions& options, const CostedSource& source) {
  std::vector<double> speed(static_cast<std::size_t>(options.workers), options.flops);
  for (const int slow : drawn(options, options.stragglers, 1))
    speed[static_cast<std::size_t>(slow)] /= options.slowdown;
  const bool breathe = options.heartbeats == SimulationOptions::Heartbeats::on;
  return {.count = options.workers,
          .seed = options.seed,
          .host = [&options](int worker) { return "node" + std::to_string(node_of(options, worker)); },
          .evaluate =
              [&source, &options, speed = std::move(speed)](int worker, const TaskKey& key) {
                Record record;
                record.payload.resize(options.payload_bytes);
                record.seconds = source.cost(key) / speed[static_cast<std::size_t>(worker)];
                if (options.jitter > 0)
                  record.seconds *=
                      1 + options.jitter * (2 * Rng(stream_key(options.seed, Purpose::noise,
                                                               {4, key.trial, key.repeat, key.fold, key.member}))
                                                    .uniform() -
                                            1);
                return record;
              },
          .costs = options.costs,
          .heartbeat_seconds = breathe ? PoolOptions{}.heartbeat_seconds : 0,
          .longest_sleep_seconds = breathe ? 0.1 : std::numeric_limits<double>::infinity(),
          .routes = routes_of(options)};
}

}  // namespace

SimulationResult simulate(TaskSource& source, const SimulationOptions& options) {
  JURY_EXPECTS(options.nodes >= 1 && options.workers >= options.nodes && options.flops > 0 && options.slowdown > 0);
  JURY_EXPECTS(options.deaths >= 0 && options.deaths <= 1 && options.stragglers >= 0 && options.stragglers <= 1);
  CostedSource costed(source);
  VirtualRanks ranks(ranks_of(options, costed));
  Rng when(stream_key(options.seed, Purpose::noise, {2}));
  const double expected = costed.total_cost() / options.flops / options.workers;
  for (const int worker : drawn(options, options.deaths, 3))
    ranks.at(when.uniform() * expected, [&ranks, worker] { ranks.kill(worker); });

  PoolOptions pool;
  pool.clock = &ranks.clock();
  pool.losses = PoolOptions::Losses::cost_their_tasks;
  pool.report_silence_seconds = kSupervisedReportSeconds;
  pool.lost_seconds = kSupervisedLostSeconds;
  CostedLog log(ranks, options.costs, pool.commit_seconds);
  PoolEvents events;
  Coordinator coordinator({&ranks}, pool);
  const PoolResult pooled = coordinator.run(costed, log, events);

  SimulationResult result{.completed = pooled.end == PoolEnd::completed,
                          .num_tasks = pooled.progress.num_done,
                          .num_failed = pooled.progress.num_failed,
                          .makespan_seconds = pooled.progress.seconds,
                          .work_seconds = costed.work_seconds,
                          .num_frames = ranks.num_frames_up() + ranks.num_frames_down(),
                          .num_commits = log.num_commits,
                          .journal_bytes = log.size()};
  for (int worker = 0; worker < options.workers; ++worker) {
    const double gone = ranks.gone_seconds(worker);
    result.num_dead += gone <= result.makespan_seconds ? 1 : 0;
    result.offered_seconds += std::min(gone, result.makespan_seconds);
  }
  result.utilisation = result.offered_seconds > 0 ? result.work_seconds / result.offered_seconds : 0;
  result.coordinator_load = result.per_second(ranks.busy_seconds());
  return result;
}

int training_ranks(int ranks, double deaths) {
  const bool rank_0_trains = deaths == 0 && ranks <= PoolOptions{}.coordinator_trains_up_to;
  return rank_0_trains ? ranks : std::max(1, ranks - 1);
}

}  // namespace jury
