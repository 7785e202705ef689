#include "search/study/jury_growth.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "models/data/target_scaler.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

FitArray part_of(const StudyPlan& plan, const TaskKey& jury) {
  if (StudyPlan::is_apparent(jury) && jury.inner == TaskKey::kNone) return &FitResult::apparent;
  if (jury.fold != TaskKey::kNone || jury.inner != TaskKey::kNone) return &FitResult::valid;
  const bool out_of_bag = plan.method({.base = jury.base, .member = 0}).is_bagged && jury.replicate == TaskKey::kNone;
  return out_of_bag ? &FitResult::oob : &FitResult::test;
}

std::vector<std::uint32_t> all_training_rows(const StudyPlan& plan) {
  std::vector<std::uint32_t> rows(plan.dataset().num_train());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

EnoughOptions options_of(const StudyPlan& plan, const TaskKey& jury) {
  const EnsembleOptions& ensemble = plan.configuration(jury).ensemble;
  const std::string first = combines_of(ensemble, plan.dataset().task()).front();
  EnoughOptions options{.tolerance = ensemble.tolerance,
                        .label = first.ends_with("vote") ? LabelRule::vote : LabelRule::mean,
                        .deviations = {}};
  if (plan.dataset().task() == TaskKind::regression)
    options.deviations = fit_target_scaler(plan.dataset(), all_training_rows(plan))->deviation;
  return options;
}

TaskKey first_member(TaskKey jury) {
  jury.member = 0;
  return jury;
}

}  // namespace

JuryGrowth::JuryGrowth(const StudyPlan& plan, const TaskKey& jury)
    : plan_(plan), next_(first_member(jury)), part_(part_of(plan, jury)) {}

void JuryGrowth::look_at(const TaskKey& key, const FitOutcome& fit) {
  const std::size_t width = prediction_width(plan_);
  const std::vector<float> predicted = fit.array(part_);
  const bool out_of_bag = part_ == &FitResult::oob;
  const std::size_t num_rows = out_of_bag ? plan_.dataset().num_train() : predicted.size() / width;
  if (!rule_) rule_.emplace(combination_shape(plan_, num_rows), options_of(plan_, key));
  if (!out_of_bag) return rule_->add(predicted);
  std::vector<float> all(num_rows * width, std::numeric_limits<float>::quiet_NaN());
  const std::vector<std::uint32_t> rows = plan_.rows(key).oob;
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(predicted.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                all.begin() + static_cast<std::ptrdiff_t>(rows[i] * width));
  rule_->add(all);
}

std::optional<std::int32_t> JuryGrowth::size(const Fits& fits) {
  const std::int32_t most = max_members(plan_.configuration(next_).ensemble);
  for (auto fit = fits.find(next_); !settled_ && fit != fits.end(); fit = fits.find(next_)) {
    if (fit->second.state == TaskState::complete) look_at(next_, fit->second);
    ++next_.member;
    settled_ = next_.member == most || (rule_ && rule_->enough());
  }
  if (!settled_) return std::nullopt;
  return next_.member;
}

}  // namespace jury
