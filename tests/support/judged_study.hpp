// What tests ask of the results of a small study.
#pragma once

#include <stdexcept>
#include <string_view>
#include <vector>

#include "search/study/study_results.hpp"
#include "support/small_study.hpp"

namespace jury {

/// The first fits of the plan, of members that do not follow from one another.
inline Fits fits_of(SmallStudy& study, std::size_t at_most = 1000) {
  Fits fits;
  for (const TaskKey& key : study.plan.tasks())
    if (fits.size() < at_most) fits[key] = read_task_result(study.evaluate(key).payload).fits.at(0);
  return fits;
}

inline const JuryScores& jury_of(const StudyResults& results, std::string_view source,
                                 std::int32_t repeat = TaskKey::kNone) {
  for (const JuryScores& jury : results.juries)
    if (jury.source == source && jury.repeat == repeat) return jury;
  throw std::runtime_error("no such jury");
}

inline std::vector<std::uint32_t> training_rows(const StudyPlan& plan) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < plan.dataset().num_train(); ++row) rows.push_back(row);
  return rows;
}

}  // namespace jury
