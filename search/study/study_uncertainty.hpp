// How unsure a study's juries are of each row, and why.
#pragma once

#include <vector>

#include "models/ensemble/uncertainty.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// One for each of `predictions`. Empty for values without variances, whose spread is the deviation, and of gradient
/// boosting, whose members are each the sum of those before.
std::vector<RowUncertainty> find_uncertainty(const StudyPlan& plan, const std::vector<MemberPredictions>& predictions);

/// How much the final ensemble's mean prediction of the test set would vary with other training rows, read off its bags
/// (models/ensemble/jackknife.hpp): standard deviations (rows, outputs), what is due to the number of members taken
/// off.
struct JackknifeDeviations {
  std::vector<float> jackknife, infinitesimal;
  bool empty() const noexcept { return jackknife.empty(); }
};

/// With more multiplications, members x training rows x test rows x outputs, there are none.
inline constexpr double kMostJackknifeWork = 4e9;

/// Of a bag of rows drawn with replacement that predicts a test set; empty for others, and where it would take too
/// long.
JackknifeDeviations find_jackknife(const StudyPlan& plan, const Fits& fits,
                                   const std::vector<MemberPredictions>& predictions);

}  // namespace jury
