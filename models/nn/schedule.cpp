#include "models/nn/schedule.hpp"

namespace jury {
namespace {

double constant(const ScheduleOptions&, const TrainingPlace&, double) { return 1; }

}  // namespace

std::span<const Entry<Schedule>> schedules() noexcept {
  static constexpr Entry<Schedule> table[] = {
      {"constant", "the same throughout", constant},
  };
  return table;
}

std::vector<std::string_view> schedule_names() { return names(schedules()); }

double learning_rate(const ScheduleOptions& options, double lr, const TrainingPlace& place) {
  return lr * find(schedules(), "schedule", options.type)(options, place, lr);
}

}  // namespace jury
