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
  std::int64_t step = 0;  ///< from 0
  std::int64_t steps_per_epoch = 1;
  std::int64_t total_steps = 1;
};

/// A curve: the learning rate at a place in a training whose option train.lr is `lr`, before the warm-up.
using Schedule = double (*)(const ScheduleOptions& options, const TrainingPlace& place, double lr);

/// Every schedule there is. With t the step, T the steps of the training, p = t / (T - 1) from 0 at the
/// first step to 1 at the last, and P the steps of `period` (at least 1):
///
///   constant         lr
///   step             lr factor^floor(t / P)
///   exponential      lr factor^p
///   linear           lr (1 + (factor - 1) p)
///   cosine           lr_min + (lr - lr_min) (1 + cos(pi p)) / 2   (Loshchilov, Hutter 2017)
///   cosine_restarts  the same with p = t_i / P_i, t_i the steps since the cycle began, P_0 = P and
///                    P_i = growth P_(i-1)
///   one_cycle        Smith 2018 with the values of PyTorch's OneCycleLR: half cosines from lr / 25 up to lr
///                    at t = 0.3 T - 1 and down to lr / 25e4 at the last step
///
/// A cosine whose lr_min exceeds lr stays at lr.
std::span<const Entry<Schedule>> schedules() noexcept;

/// The learning rate of one step: options' curve of `lr`, times (step + 1) / (warmup steps) while that is
/// below 1. A function of its arguments alone. Expects 0 <= step < total_steps. Throws ConfigError when
/// no curve has the name.
double learning_rate(const ScheduleOptions& options, double lr, const TrainingPlace& place);

}  // namespace jury
