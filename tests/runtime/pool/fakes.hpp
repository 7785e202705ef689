// A pool without threads, ranks or time: everything a coordinator talks to, in one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/pool/evaluator.hpp"
#include "runtime/pool/message.hpp"
#include "runtime/pool/pool_options.hpp"
#include "runtime/pool/record_log.hpp"
#include "runtime/pool/task_source.hpp"

namespace jury {

/// Virtual time: a look at it costs a microsecond, a sleep what it asks for.
class FakeClock final : public Clock {
 public:
  double seconds() const override { return now_ += 1e-6; }
  void sleep(double seconds) override {
    now_ += seconds;
    ++num_sleeps;
  }
  int num_sleeps = 0;

 private:
  mutable double now_ = 1000;
};

inline TaskKey task(std::int32_t member) { return {.trial = 0, .member = member}; }

/// The record that every honest evaluator of these tests gives.
inline Record honest_record(const TaskKey& key, std::size_t payload_bytes = 16) {
  Record record;
  record.key = key;
  Rng rng(static_cast<std::uint64_t>(key.member) + 7);
  for (std::size_t i = 0; i < payload_bytes; ++i) record.payload.push_back(static_cast<std::byte>(rng() & 255U));
  return record;
}

/// Remembers what was appended and what is on disk.
class FakeLog final : public RecordLog {
 public:
  void append(const Record& record) override { appended.push_back(record.key); }
  void commit() override {
    if (num_commits == fail_at_commit) throw IoError("disk full");
    ++num_commits;
    on_disk.insert(appended.begin(), appended.end());
  }
  std::vector<TaskKey> appended;
  std::set<TaskKey> on_disk;
  int num_commits = 0;
  int fail_at_commit = -1;
};

/// Gives tasks 0 ... n-1 at once and checks that a record counts only when it is on disk.
class ListSource final : public TaskSource {
 public:
  ListSource(
      std::int32_t count, const FakeLog* log,
      std::function<double(std::int32_t)> cost = [](std::int32_t) { return 1e9; })
      : log_(log) {
    for (std::int32_t i = 0; i < count; ++i) released.push_back({task(i), cost(i)});
  }
  std::vector<ReadyTask> take_ready() override { return std::exchange(released, {}); }
  void done(const Record& record) override {
    num_too_early += log_ != nullptr && !log_->on_disk.contains(record.key) ? 1 : 0;
    records.push_back(record);
    if (on_done) on_done(record);
  }
  /// How often each task was done.
  std::map<TaskKey, int> counts() const {
    std::map<TaskKey, int> counts;
    for (const Record& record : records) ++counts[record.key];
    return counts;
  }
  std::vector<ReadyTask> released;  ///< given out by the next take_ready()
  std::vector<Record> records;
  int num_too_early = 0;
  std::function<void(const Record&)> on_done;

 private:
  const FakeLog* log_;
};

class FakeEvents final : public PoolEvents {
 public:
  explicit FakeEvents(std::function<bool()> stop = [] { return false; }) : stop_(std::move(stop)) {}
  void progress(const PoolProgress& p) override { last = p; }
  void tick(const PoolProgress& p) override {
    last = p;
    ++num_ticks;
  }
  bool stop_requested() override { return stop_(); }
  void worker_silent(const std::string& worker, double) override { silent.push_back(worker); }
  void worker_lost(const std::string& worker, std::size_t tasks) override {
    lost.push_back(worker);
    num_tasks_lost += tasks;
  }
  void worker_back(const std::string& worker) override { back.push_back(worker); }
  void worker_died(const std::string& worker, const std::string& why) override { died.push_back(worker + ": " + why); }
  PoolProgress last;
  int num_ticks = 0;
  std::vector<std::string> silent;
  std::vector<std::string> lost;
  std::vector<std::string> back;
  std::vector<std::string> died;
  std::size_t num_tasks_lost = 0;

 private:
  std::function<bool()> stop_;
};

/// Workers that live in virtual time: each does its tasks one after the other, each taking as long as
/// `duration` says, and breathes once a second.
class FakeWorkers final : public Channel {
 public:
  using Duration = std::function<double(int worker, const TaskKey&)>;
  FakeWorkers(int count, FakeClock& clock, Duration duration) : clock_(clock), duration_(std::move(duration)) {
    for (int i = 0; i < count; ++i) {
      workers_.emplace_back();
      say(i, ready_message({"node" + std::to_string(i), i + 1, 100 + i}), clock_.seconds());
    }
  }

  int num_peers() const override { return static_cast<int>(workers_.size()); }
  std::size_t num_waiting() const override { return 0; }
  bool can_lose_peers() const override { return true; }

  void send(int peer, Bytes bytes) override {
    Fake& worker = workers_[static_cast<std::size_t>(peer)];
    const std::optional<Message> message = worker.assembler.add(bytes);
    if (!message) return;
    ++num_received[message->kind];
    if (message->kind == MessageKind::tasks) {
      const std::vector<TaskKey> keys = read_tasks(*message);
      batch_sizes.push_back(keys.size());
      ++worker.batches;
      most_batches = std::max(most_batches, worker.batches);
      for (const TaskKey& key : keys) dealt.push_back(key);
      const double start = std::max(clock_.seconds(), worker.busy_until);
      worker.busy_until = start;
      worker.held.insert(keys.begin(), keys.end());
      for (const TaskKey& key : keys) {
        worker.busy_until += duration_(peer, key);
        if (kills && kills(key)) {
          plan(worker.busy_until, peer, [this, peer] { silence(peer); });
          break;
        }
        plan(worker.busy_until, peer, [this, peer, key] { finish(peer, key); });
      }
      plan(worker.busy_until, peer, [this, peer] { --workers_[static_cast<std::size_t>(peer)].batches; });
    } else if (message->kind == MessageKind::cancel) {
      worker.cancelled = true;
      if (!worker.deaf) say(peer, drained_message(), clock_.seconds() + drain_seconds);
    } else if (message->kind == MessageKind::stop) {
      stop_codes.push_back(read_stop(*message));
    }
  }

  std::optional<Frame> receive() override {
    const double now = clock_.seconds();
    while (!events_.empty() && events_.begin()->first <= now) {
      auto event = std::move(events_.begin()->second);
      events_.erase(events_.begin());
      event();
    }
    breathe(now);
    if (frames_.empty()) return {};
    Frame frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }

  /// What this worker was given and has not given back.
  std::vector<TaskKey> lost_of(int worker) const {
    const std::set<TaskKey>& held = workers_[static_cast<std::size_t>(worker)].held;
    return {held.begin(), held.end()};
  }
  /// Tasks that silence whoever does them.
  std::function<bool(const TaskKey&)> kills;

  /// From now on nothing comes from this worker.
  void silence(int worker) { workers_[static_cast<std::size_t>(worker)].deaf = true; }
  void wake(int worker) { workers_[static_cast<std::size_t>(worker)].deaf = false; }
  void say(int worker, const Message& message, double when) {
    plan(when, worker, [this, worker, message] {
      for (Bytes& frame : to_frames(message, next_message_++)) frames_.push_back({worker, std::move(frame)});
    });
  }
  void push_frame(int worker, Bytes bytes) { frames_.push_back({worker, std::move(bytes)}); }

  std::map<MessageKind, int> num_received;
  std::vector<std::size_t> batch_sizes;
  std::vector<TaskKey> dealt;
  std::vector<ExitCode> stop_codes;
  int most_batches = 0;
  double drain_seconds = 0.01;
  std::size_t payload_bytes = 16;

 private:
  struct Fake {
    Assembler assembler = {};
    std::set<TaskKey> held = {};
    double busy_until = 0;
    double last_breath = 0;
    int batches = 0;
    bool deaf = false;
    bool cancelled = false;
  };
  void plan(double when, int worker, std::function<void()> event) {
    events_.emplace(when, [this, worker, event = std::move(event)] {
      if (!workers_[static_cast<std::size_t>(worker)].deaf) event();
    });
  }
  void finish(int worker, const TaskKey& key) {
    if (workers_[static_cast<std::size_t>(worker)].cancelled) return;
    workers_[static_cast<std::size_t>(worker)].held.erase(key);
    Record record = honest_record(key, payload_bytes);
    record.rank = worker + 1;
    record.seconds = duration_(worker, key);
    for (Bytes& frame : to_frames(records_message({to_bytes(record)}), next_message_++))
      frames_.push_back({worker, std::move(frame)});
  }
  void breathe(double now) {
    for (int i = 0; i < num_peers(); ++i) {
      Fake& worker = workers_[static_cast<std::size_t>(i)];
      if (worker.deaf || now - worker.last_breath < 1) continue;
      worker.last_breath = now;
      for (Bytes& frame : to_frames(heartbeat_message(1), next_message_++)) frames_.push_back({i, std::move(frame)});
    }
  }

  FakeClock& clock_;
  Duration duration_;
  std::vector<Fake> workers_;
  std::multimap<double, std::function<void()>> events_;
  std::deque<Frame> frames_;
  std::uint32_t next_message_ = 0;
};

/// An evaluator made of a function.
class FunctionEvaluator final : public Evaluator {
 public:
  using Function = std::function<std::optional<Record>(const TaskKey&, const StopFlag&)>;
  explicit FunctionEvaluator(Function function) : function_(std::move(function)) {}
  std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) override { return function_(key, stop); }
  static EvaluatorFactory factory(Function function) {
    return [function = std::move(function)] { return std::make_unique<FunctionEvaluator>(function); };
  }

 private:
  Function function_;
};

}  // namespace jury
