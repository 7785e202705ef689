#include "runtime/pool/task_watch.hpp"

namespace jury {

TaskWatch::Turn::Turn(TaskWatch& watch, const TaskKey& key, double now) : watch_(watch), key_(key), started_(now) {
  const std::lock_guard lock(watch_.mutex_);
  watch_.turn_ = this;
  if (watch_.stopping_) stop_.set();
}

TaskWatch::Turn::~Turn() {
  const std::lock_guard lock(watch_.mutex_);
  watch_.turn_ = nullptr;
}

bool TaskWatch::Turn::ran_over() const {
  const std::lock_guard lock(watch_.mutex_);
  return ran_over_ && !watch_.stopping_;
}

void TaskWatch::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (turn_ != nullptr) turn_->stop_.set();
}

bool TaskWatch::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void TaskWatch::end_after(double limit_seconds, double now) {
  const std::lock_guard lock(mutex_);
  if (turn_ == nullptr || now - turn_->started_ < limit_seconds) return;
  turn_->ran_over_ = true;
  turn_->stop_.set();
}

std::optional<TaskWatch::Running> TaskWatch::running(double now) const {
  const std::lock_guard lock(mutex_);
  if (turn_ == nullptr) return {};
  return Running{turn_->key_, now - turn_->started_};
}

}  // namespace jury
