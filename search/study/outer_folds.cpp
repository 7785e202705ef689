#include "search/study/outer_folds.hpp"

#include <algorithm>
#include <array>

namespace jury {
namespace {

// Methods whose folds are one division of the rows.
constexpr std::array<std::string_view, 6> kNested = {
    "auto", "kfold", "stratified_kfold", "group_kfold", "stratified_group_kfold", "time_series"};

}  // namespace

void check_outer_folds(const Experiment& experiment) {
  if (!experiment.cv || experiment.cv->outer_folds == 0) return;
  if (!experiment.search)
    throw ConfigError("cv.outer_folds has no search to go around (give [search], or leave it out)");
  if (experiment.cv->outer_folds == 1)
    throw ConfigError("cv.outer_folds = 1 leaves nothing to train on (use 2 or more, or 0)");
  if (experiment.cv->is_predefined() || std::ranges::find(kNested, experiment.cv->method) == kNested.end())
    throw ConfigError("cv.outer_folds does not go with cv.method = \"" +
                      (experiment.cv->is_predefined() ? "predefined" : experiment.cv->method) +
                      "\" (use kfold, group_kfold, time_series or one of the stratified folds)");
}

Experiment outer_experiment(const Experiment& experiment, std::int32_t folds) {
  Experiment outer = experiment;
  outer.search.reset();
  outer.bias_variance.reset();
  outer.final = {};
  outer.cv->folds = folds;
  outer.cv->outer_folds = 0;
  outer.cv->repeats = 1;
  return outer;
}

PlanScope scope_of(const StudyPlan& outer, std::int32_t fold) {
  return {.outer = fold, .rows = outer.split(0, fold).train};
}

}  // namespace jury
