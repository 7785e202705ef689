// What stands for the training thread of a rank in virtual time: its clock, its evaluator, and the way to it.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "runtime/base/clock.hpp"
#include "runtime/pool/evaluator.hpp"
#include "runtime/pool/loopback_channel.hpp"
#include "runtime/pool/message.hpp"
#include "runtime/pool/task_watch.hpp"

namespace jury {

/// The time of a rank, and later while its thread is at a task.
class RankClock final : public Clock {
 public:
  explicit RankClock(const double& now) noexcept : now_(now) {}
  double seconds() const override { return std::max(now_, busy_until); }
  void sleep(double seconds) override { busy_until = this->seconds() + seconds; }
  bool is_busy() const noexcept { return now_ < busy_until; }
  double busy_until = 0;

 private:
  const double& now_;
};

/// A task is done at once; its time passes on the rank's clock.
class CallEvaluator final : public Evaluator {
 public:
  CallEvaluator(std::function<Record(const TaskKey&)> call, Clock& clock) : call_(std::move(call)), clock_(clock) {}
  std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) override {
    if (stop.is_set()) return {};
    Record record = call_(key);
    clock_.sleep(record.seconds);
    return record;
  }

 private:
  std::function<Record(const TaskKey&)> call_;
  Clock& clock_;
};

/// The relay's end of the way to its thread, which says what it says of a task when it is done.
class VirtualSeat final : public Channel {
 public:
  VirtualSeat(LoopbackChannel& near, TaskWatch& watch, const RankClock& clock) noexcept
      : near_(near), watch_(watch), clock_(clock) {}
  int num_peers() const override { return 1; }
  void send(int, Bytes bytes) override {
    const MessageKind kind = frame_kind(bytes);
    near_.send(0, std::move(bytes));
    if (kind == MessageKind::cancel || kind == MessageKind::stop) watch_.stop();
  }
  std::optional<Frame> receive() override { return clock_.is_busy() ? std::nullopt : near_.receive(); }
  std::size_t num_waiting() const override { return 0; }
  bool can_lose_peers() const override { return false; }

 private:
  LoopbackChannel& near_;
  TaskWatch& watch_;
  const RankClock& clock_;
};

}  // namespace jury
