#include "models/nn/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace jury {
namespace {

// From `high` at 0 to `low` at 1, along half a cosine.
double half_cosine(double high, double low, double progress) noexcept {
  return low + (high - low) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

// 0 at the first step, 1 at the last one.
double progress(const TrainingPlace& place) noexcept {
  if (place.total_steps <= 1) return 0;
  return static_cast<double>(place.step) / static_cast<double>(place.total_steps - 1);
}

// At least one step.
double period_steps(const ScheduleOptions& options, const TrainingPlace& place) noexcept {
  return std::max(1.0, options.period * static_cast<double>(place.steps_per_epoch));
}

double constant(const ScheduleOptions&, const TrainingPlace&, double lr) { return lr; }

double step(const ScheduleOptions& options, const TrainingPlace& place, double lr) {
  return lr * std::pow(options.factor, std::floor(static_cast<double>(place.step) / period_steps(options, place)));
}

double exponential(const ScheduleOptions& options, const TrainingPlace& place, double lr) {
  return lr * std::pow(options.factor, progress(place));
}

double linear(const ScheduleOptions& options, const TrainingPlace& place, double lr) {
  return lr * (1 + (options.factor - 1) * progress(place));
}

double cosine(const ScheduleOptions& options, const TrainingPlace& place, double lr) {
  return half_cosine(lr, std::min(options.lr_min, lr), progress(place));
}

double cosine_restarts(const ScheduleOptions& options, const TrainingPlace& place, double lr) {
  double cycle = period_steps(options, place), within = static_cast<double>(place.step);
  if (options.growth > 1)
    for (; within >= cycle; cycle *= options.growth) within -= cycle;
  else
    within = std::fmod(within, cycle);
  return half_cosine(lr, std::min(options.lr_min, lr), within / cycle);
}

double one_cycle(const ScheduleOptions&, const TrainingPlace& place, double lr) {
  const double first = lr / 25, last = first / 1e4;
  const double at = static_cast<double>(place.step), end = static_cast<double>(place.total_steps) - 1;
  const double peak = 0.3 * static_cast<double>(place.total_steps) - 1;
  if (at <= peak && peak > 0) return half_cosine(first, lr, at / peak);
  return half_cosine(lr, last, (at - peak) / (end - peak));
}

}  // namespace

std::span<const Entry<Schedule>> schedules() noexcept {
  static constexpr Entry<Schedule> table[] = {
      {"constant", "the same throughout", constant},
      {"step", "times lr_factor every lr_period epochs", step},
      {"exponential", "by the same factor each step, to lr_factor of it", exponential},
      {"linear", "by the same amount each step, to lr_factor of it", linear},
      {"cosine", "along half a cosine, to lr_min", cosine},
      {"cosine_restarts", "the same in cycles of lr_period epochs, each lr_growth times the last", cosine_restarts},
      {"one_cycle", "up from 1/25 in 30 % of the steps, down to 4e-6 of it", one_cycle},
  };
  return table;
}

std::vector<std::string_view> schedule_names() { return names(schedules()); }

double learning_rate(const ScheduleOptions& options, double lr, const TrainingPlace& place) {
  const double rate = find(schedules(), "schedule", options.type)(options, place, lr);
  const double warmup_steps = options.warmup * static_cast<double>(place.steps_per_epoch);
  const auto steps = static_cast<double>(place.step + 1);
  return steps < warmup_steps ? rate * steps / warmup_steps : rate;
}

}  // namespace jury
