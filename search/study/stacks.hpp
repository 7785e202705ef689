// Stacks: base configurations joined by what was fitted on their out-of-fold predictions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/data/fitted.hpp"
#include "models/ensemble/combine.hpp"
#include "models/ensemble/selection.hpp"
#include "models/ensemble/stacking.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// What joins the bases of one predictor.
struct Stack {
  std::optional<StackModel> model;   ///< stacking
  std::vector<double> weights = {};  ///< selection: of each base, summing to 1
  std::vector<double> path = {};     ///< selection: the score after every pick of the first run

  /// (rows, width) from the bases' predictions, each (rows, width).
  std::vector<float> join(const CombinationShape& shape, std::span<const Predictions> bases) const;
  void save(ByteWriter& writer) const;
  /// Throws DataError when the bytes are no stack.
  static Stack load(ByteReader& reader);
};

/// By their predictor.
using Stacks = std::map<TaskKey, Fitted<Stack>>;

/// Fits what joins the bases of a predictor on their predictions for its training rows, each made by fits of an
/// inner fold that leaves the row out: the fits' row sets prove it, LeakError says so otherwise. What is
/// returned has seen all training rows of the predictor. Nothing while any of those fits is missing, or when no
/// member of a base completed.
std::optional<Fitted<Stack>> fit_stack_of(const StudyPlan& plan, const Fits& fits, const TaskKey& predictor);

/// The stacks of all predictors that have one, none for other methods.
Stacks fit_stacks(const StudyPlan& plan, const Fits& fits);

/// One part of the rows of a predictor.
struct PredictorPart {
  TaskKey predictor;
  std::span<const std::uint32_t> rows;
  FitArray part;
};

/// What every base says of these rows, each as its own configuration joins its members; (rows, width), NaN
/// where nobody predicted.
std::vector<std::vector<float>> base_predictions(const StudyPlan& plan, const Fits& fits, const PredictorPart& part);

/// The members of a jury joined as its configuration says first.
std::vector<float> joined_members(const StudyPlan& plan, const Fits& fits, const TaskKey& jury,
                                  const PredictorPart& part);

}  // namespace jury
