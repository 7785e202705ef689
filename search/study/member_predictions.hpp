// The predictions of all members of a jury for one set of rows, put together from the fits' records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/data/fitted.hpp"
#include "search/study/fit_result.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// All fits that are done, in the order of their keys: whatever order their records arrived in.
using Fits = std::map<TaskKey, FitOutcome>;

struct Stack;
/// The fits, and the stacks that were fitted on them.
struct Trained {
  const Fits& fits;
  const std::map<TaskKey, Fitted<Stack>>& stacks;
};

/// Members' predictions, float32 (members, rows, prediction_width()); NaN where a member did not predict a row
/// (it was in its bag, or the fit is not there).
struct MemberPredictions {
  std::string source;                 ///< "oof", "oob" or "test"; members of a stack are its bases
  std::int32_t repeat = TaskKey::kNone;
  std::vector<std::uint32_t> rows;    ///< of the dataset, ascending
  std::size_t num_members = 0;
  std::vector<float> values;
  std::vector<float> stacked = {};    ///< (rows, width) what a stack makes of them; NaN where it is not fitted yet
  std::vector<double> weights;        ///< (members, rows) in weighted combinations: members differ from fold to fold

  bool empty() const noexcept { return rows.empty() || num_members == 0; }
  std::span<const float> member(std::size_t m) const noexcept {
    const std::size_t size = values.size() / num_members;
    return std::span(values).subspan(m * size, size);
  }
  std::span<const double> weights_of(std::size_t m) const noexcept {
    return std::span(weights).subspan(m * rows.size(), rows.size());
  }
};

/// Out of fold: each training row predicted by the members of the one fold that tests it.
MemberPredictions collect_oof(const StudyPlan& plan, const Trained& trained, std::int32_t repeat);

/// Out of bag: training rows predicted by the members of the final ensemble that did not see them.
MemberPredictions collect_oob(const StudyPlan& plan, const Trained& trained);

/// The training rows predicted by the members of StudyPlan::apparent_predictor(), which have seen them: for the bootstrap estimate
/// alone. Empty without one.
MemberPredictions collect_apparent(const StudyPlan& plan, const Trained& trained);

/// The test set predicted by the members of a predictor: the final ensemble, or that of a replicate.
MemberPredictions collect_test(const StudyPlan& plan, const Trained& trained, const TaskKey& predictor = {});

}  // namespace jury
