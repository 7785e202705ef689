// The predictions of all members of a jury for one set of rows, put together from the fits' records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
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

/// Some rows that one member predicted.
struct MemberPart {
  /// Which of the rows those are; nothing: all of them.
  std::shared_ptr<const std::vector<bool>> which = nullptr;
  double weight = 1;    ///< in weighted combinations: members differ from fold to fold
  FitOutcome fit = {};  ///< has the predictions in `array`, or knows where they are stored
  FitArray array = &FitResult::test;
};

/// Members' predictions for the same rows, a member at a time: those of fits that are stored are read when they are
/// asked for, so that memory does not grow with the number of members.
struct MemberPredictions {
  std::string source;  ///< "oof", "oob" or "test"; members of a stack are its bases
  std::int32_t repeat = TaskKey::kNone;
  std::vector<std::uint32_t> rows;  ///< of the dataset, ascending, without a gap
  std::size_t width = 0;            ///< prediction_width()
  std::size_t num_members = 0;
  std::vector<std::vector<MemberPart>> parts;  ///< of each member
  std::vector<float> stacked = {};  ///< (rows, width) what a stack makes of them; NaN where it is not fitted yet

  bool empty() const noexcept { return rows.empty() || num_members == 0; }
  /// Members up to the last whose fit is done: fewer than num_members while a study goes on.
  std::size_t num_done() const noexcept;
  /// float32 (rows, width); NaN where the member did not predict a row (it was in its bag, or the fit is not there).
  /// Throws IoError or DataError where a stored fit is not there any more.
  std::vector<float> member(std::size_t m) const;
  /// (rows) the member's weights in weighted combinations; 0 where it did not predict.
  std::vector<double> weights_of(std::size_t m) const;
  /// float32 (members, rows, width) of all at once.
  std::vector<float> all_members() const;
};

/// Out of fold: each training row predicted by the members of the one fold that tests it.
MemberPredictions collect_oof(const StudyPlan& plan, const Trained& trained, std::int32_t repeat);

/// Out of bag: training rows predicted by the members of the final ensemble that did not see them.
MemberPredictions collect_oob(const StudyPlan& plan, const Trained& trained);

/// The training rows predicted by the members of StudyPlan::apparent_predictor(), which have seen them: for the
/// bootstrap estimate alone. Empty without one.
MemberPredictions collect_apparent(const StudyPlan& plan, const Trained& trained);

/// The test set predicted by the members of a predictor: the final ensemble, or that of a replicate.
MemberPredictions collect_test(const StudyPlan& plan, const Trained& trained, const TaskKey& predictor = {});

}  // namespace jury
