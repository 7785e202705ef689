// What each training row is worth to the members of a bag that did not see it.
#pragma once

#include <cstdint>
#include <vector>

#include "search/study/member_predictions.hpp"

namespace jury {

/// Data-OOB of the training rows (models/ensemble/data_oob.hpp), and the rows that are most likely mislabelled.
struct StudyDataValue {
  std::vector<std::uint32_t> rows = {};      ///< of the dataset: all training rows
  std::vector<double> values = {};           ///< NaN where each member saw the row
  std::vector<std::int32_t> counts = {};     ///< members that did not see it
  std::vector<std::uint32_t> suspects = {};  ///< positions in `rows`, the least valuable first

  bool empty() const noexcept { return rows.empty(); }
};

inline constexpr std::size_t kNumSuspects = 20;

/// From the out-of-bag predictions of the final ensemble; empty where there are none.
StudyDataValue find_data_value(const StudyPlan& plan, const std::vector<MemberPredictions>& predictions);

}  // namespace jury
