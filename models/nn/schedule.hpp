// How the learning rate changes over a training.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/nn/table.hpp"

namespace jury {

std::vector<std::string_view> schedule_names();

/// The settings of a curve: train.schedule and what belongs to it.
struct ScheduleOptions {
  std::string type = "constant";
  double warmup = 0.0;   ///< epochs of linear rise at the start
  double period = 10.0;  ///< epochs between steps, or of the first cycle
  double factor = 0.1;   ///< at each step, or reached at the end
  double growth = 1.0;   ///< of the period from cycle to cycle
  double lr_min = 0.0;   ///< least rate of the cosines
};

/// Where a step is in its training.
struct TrainingPlace {
  std::int64_t step = 0;             ///< from 0
  std::int64_t steps_per_epoch = 1;
  std::int64_t total_steps = 1;
};

/// A curve: the factor of the learning rate (of `lr`, for lr_min) at a place in the training.
using Schedule = double (*)(const ScheduleOptions& options, const TrainingPlace& place, double lr);

/// Every schedule there is.
std::span<const Entry<Schedule>> schedules() noexcept;

/// The learning rate of one step: options' curve of `lr`, after the warm-up
/// lr * (step + 1) / (warmup steps) while that is below 1. Throws ConfigError when no curve has the name.
double learning_rate(const ScheduleOptions& options, double lr, const TrainingPlace& place);

}  // namespace jury
