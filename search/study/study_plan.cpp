#include "search/study/study_plan.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include "runtime/base/text.hpp"
#include "search/study/study_data.hpp"
#include "search/study/variance_design.hpp"

namespace jury {
namespace {

std::vector<std::uint32_t> range(std::size_t begin, std::size_t end) {
  std::vector<std::uint32_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(begin));
  return rows;
}

// The values of a column at these rows, in their order; of no column nothing.
template <class T>
std::vector<std::remove_const_t<T>> of_rows(std::span<T> column, const std::vector<std::uint32_t>& rows) {
  std::vector<std::remove_const_t<T>> values;
  if (column.empty()) return values;
  values.reserve(rows.size());
  for (const std::uint32_t row : rows) values.push_back(column[row]);
  return values;
}

TaskKey with_member(TaskKey jury, std::int32_t member) {
  jury.member = member;
  return jury;
}

}  // namespace

std::int32_t pause_of(const TaskKey& key) noexcept {
  return key.replicate == TaskKey::kNone && key.rung != TaskKey::kNone ? key.rung : 0;
}

StudyPlan::StudyPlan(const Experiment& experiment, const Dataset& dataset, std::shared_ptr<const Donor> donor,
                     PlanScope scope)
    : experiment_(experiment),
      dataset_(dataset),
      own_(traits_of(experiment.ensemble)),
      donor_(std::move(donor)),
      outer_(scope.outer),
      all_training_rows_(scope.rows.empty() ? range(0, dataset.num_train()) : std::move(scope.rows)),
      test_rows_(range(dataset.num_train(), dataset.rows())) {
  const bool has_folds = experiment.cv && experiment.cv->has_folds();
  has_final_ = experiment.final.refit || (!has_folds && !experiment.bias_variance);
  if (experiment.bias_variance && dataset.num_test() == 0)
    throw ConfigError(
        "[bias_variance] needs a test set (give data.test, data.test_fraction, data.test_slice or a "
        "generator)");
  if (has_final_ && !experiment.final.refit && dataset.num_test() == 0)
    throw ConfigError("nothing would be scored (give a test set, [cv], or final.refit = true)");
  if (has_bias_variance() && VarianceDesign(*experiment.bias_variance).varies("fold")) {
    if (experiment.bias_variance->levels > static_cast<std::int32_t>(dataset.num_train()))
      throw ConfigError("bias_variance.levels = " + std::to_string(experiment.bias_variance->levels) +
                        " does not fit " + counted(dataset.num_train(), "training row") +
                        " (source \"fold\" leaves one of as many parts out) lower it");
    replicate_rows({.replicate = 0}, dataset);  // throws where a class is too rare for the folds
  }
  const std::vector<Split> given = given_splits(dataset);
  const auto labels = of_rows(dataset.labels(), all_training_rows_),
             groups = of_rows(dataset.group(), all_training_rows_);
  const auto times = of_rows(dataset.time(), all_training_rows_);
  const auto values =
      of_rows(dataset.num_targets() == 1 ? dataset.targets() : std::span<const double>(), all_training_rows_);
  if (has_folds)
    splitter_ = make_splitter(*experiment.cv,
                              {.n = all_training_rows_.size(),
                               .labels = labels,
                               .groups = groups,
                               .times = times,
                               .values = values,
                               .fold = dataset.fold(),
                               .given = given,
                               .class_names = dataset.schema().classes,
                               .outer = outer_},
                              experiment.experiment.seed);
}

std::int32_t StudyPlan::num_members() const noexcept {
  return own_.is_stack ? num_bases() : max_members(experiment_.ensemble);
}
std::int32_t StudyPlan::num_repeats() const noexcept {
  if (splitter_ == nullptr) return 0;
  const auto fixed = static_cast<std::int32_t>(splitter_->fixed_repeats());
  return fixed > 0 ? fixed : experiment_.cv->repeats;
}
std::int32_t StudyPlan::num_folds() const noexcept {
  return splitter_ != nullptr ? static_cast<std::int32_t>(splitter_->num_folds()) : 0;
}
std::int32_t StudyPlan::num_replicates() const noexcept {
  return experiment_.bias_variance ? VarianceDesign(*experiment_.bias_variance).num_replicates() : 0;
}
std::int32_t StudyPlan::num_rungs() const noexcept {
  return experiment_.bias_variance ? static_cast<std::int32_t>(experiment_.bias_variance->train_sizes.size()) : 0;
}

const Configuration& StudyPlan::configuration(const TaskKey& key) const noexcept {
  return key.base == TaskKey::kNone ? static_cast<const Configuration&>(experiment_)
                                    : experiment_.bases[static_cast<std::size_t>(key.base)];
}

const MethodTraits& StudyPlan::method(const TaskKey& key) const noexcept {
  static const EnsembleOptions single;
  const bool is_single = key.replicate != TaskKey::kNone && key.member == TaskKey::kNone && key.base == TaskKey::kNone;
  return traits_of(is_single ? single : configuration(key).ensemble);
}

std::vector<TaskKey> StudyPlan::predictors() const {
  std::vector<TaskKey> keys;
  for (std::int32_t b = 0; b < num_replicates(); ++b)
    for (std::int32_t rung = TaskKey::kNone; rung < num_rungs(); ++rung) keys.push_back({.replicate = b, .rung = rung});
  if (has_final_) keys.emplace_back();
  if (has_apparent()) keys.push_back(apparent_predictor());
  for (std::int32_t r = 0; r < num_repeats(); ++r)
    for (std::int32_t f = 0; f < num_folds(); ++f) keys.push_back({.repeat = r, .fold = f});
  std::ranges::sort(keys);
  return keys;
}

std::int32_t StudyPlan::num_inner_folds() const noexcept {
  const StackOptions& stack = experiment_.ensemble.stack;
  return own_.is_stack && stack.weights.empty() ? stack.folds : 0;
}

std::vector<TaskKey> StudyPlan::juries_of(const TaskKey& predictor) const {
  if (!own_.is_stack) return {predictor};
  std::vector<TaskKey> juries;
  for (std::int32_t base = 0; base < num_bases(); ++base) {
    for (std::int32_t inner = TaskKey::kNone; inner < num_inner_folds(); ++inner) {
      TaskKey jury = predictor;
      jury.base = base;
      jury.inner = inner;
      juries.push_back(jury);
    }
  }
  return juries;
}

std::vector<TaskKey> StudyPlan::tasks_of(const TaskKey& jury) const {
  const EnsembleOptions& ensemble = configuration(jury).ensemble;
  if (traits_of(ensemble).is_sequential) return {with_member(jury, 0)};
  std::vector<TaskKey> tasks;
  for (std::int32_t m = 0; m < max_members(ensemble); ++m) tasks.push_back(with_member(jury, m));
  return tasks;
}

std::vector<TaskKey> StudyPlan::tasks() const {
  std::vector<TaskKey> tasks;
  for (const TaskKey& predictor : predictors()) {
    if (has_single() && predictor.replicate != TaskKey::kNone) tasks.push_back(predictor);
    for (const TaskKey& jury : juries_of(predictor))
      for (const TaskKey& task : tasks_of(jury)) tasks.push_back(task);
  }
  std::ranges::sort(tasks);
  return tasks;
}

std::int32_t StudyPlan::num_fits_of(const TaskKey& task) const {
  return method(task).is_sequential ? max_members(configuration(task).ensemble) - task.member : 1;
}

std::size_t StudyPlan::num_fits() const {
  std::size_t fits = 0;
  for (const TaskKey& task : tasks()) fits += static_cast<std::size_t>(num_fits_of(task));
  return fits;
}

}  // namespace jury
