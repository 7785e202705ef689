#include "search/study/study_plan.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <utility>

#include "models/ensemble/sampling.hpp"
#include "runtime/base/text.hpp"
#include "search/study/inner_folds.hpp"
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

StudyPlan::StudyPlan(const Experiment& experiment, const Dataset& dataset, std::shared_ptr<const Donor> donor, PlanScope scope)
    : experiment_(experiment),
      dataset_(dataset),
      own_(traits_of(experiment.ensemble)),
      donor_(std::move(donor)),
      outer_(scope.outer),
      all_training_rows_(scope.rows.empty() ? range(0, dataset.num_train()) : std::move(scope.rows)),
      test_rows_(range(dataset.num_train(), dataset.rows())) {
  has_final_ = experiment.final.refit || (!experiment.cv && !experiment.bias_variance);
  if (experiment.bias_variance && dataset.num_test() == 0)
    throw ConfigError("[bias_variance] needs a test set (give data.test, data.test_fraction, data.test_slice or a "
                      "generator)");
  if (has_final_ && !experiment.final.refit && dataset.num_test() == 0)
    throw ConfigError("nothing would be scored (give a test set, [cv], or final.refit = true)");
  if (has_bias_variance() && VarianceDesign(*experiment.bias_variance).varies("fold")) {
    if (experiment.bias_variance->levels > static_cast<std::int32_t>(dataset.num_train()))
      throw ConfigError("bias_variance.levels = " + std::to_string(experiment.bias_variance->levels) + " does not fit " +
                        counted(dataset.num_train(), "training row") + " (source \"fold\" leaves one of as many parts out) lower it");
    replicate_rows({.replicate = 0}, dataset);  // throws where a class is too rare for the folds
  }
  const std::vector<Split> given = given_splits(dataset);
  const auto labels = of_rows(dataset.labels(), all_training_rows_), groups = of_rows(dataset.group(), all_training_rows_);
  const auto times = of_rows(dataset.time(), all_training_rows_);
  const auto values = of_rows(dataset.num_targets() == 1 ? dataset.targets() : std::span<const double>(), all_training_rows_);
  if (experiment.cv)
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

std::vector<TaskKey> StudyPlan::juries_of(const TaskKey& predictor) const {
  if (!own_.is_stack) return {predictor};
  std::vector<TaskKey> juries;
  for (std::int32_t base = 0; base < num_bases(); ++base) {
    for (std::int32_t inner = TaskKey::kNone; inner < experiment_.ensemble.stack.folds; ++inner) {
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

std::size_t StudyPlan::num_replicate_rows(const TaskKey& key) const {
  const BiasVarianceOptions& options = *experiment_.bias_variance;
  double share = draws_replicates() ? 1.0 : options.train_size;
  if (key.rung != TaskKey::kNone) share = options.train_sizes[static_cast<std::size_t>(key.rung)];
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(share * static_cast<double>(dataset_.num_train()))));
}

std::size_t StudyPlan::num_draws(const TaskKey& key) const {
  auto rows = static_cast<double>(all_training_rows_.size());
  if (key.fold != TaskKey::kNone && !is_apparent(key))
    rows = static_cast<double>(splitter_->num_train(static_cast<std::size_t>(key.repeat), static_cast<std::size_t>(key.fold)));
  if (key.replicate != TaskKey::kNone) {
    rows = static_cast<double>(num_replicate_rows(key));
    rows *= VarianceDesign(*experiment_.bias_variance).kept_share();
  }
  if (key.inner != TaskKey::kNone) rows *= 1.0 - 1.0 / experiment_.ensemble.stack.folds;
  if (method(key).is_bagged) rows *= configuration(key).ensemble.samples;
  return static_cast<std::size_t>(std::llround(rows));
}

std::uint64_t stream_of(const Experiment& experiment, Purpose purpose, const TaskKey& key) {
  std::int32_t replicate = key.replicate;
  if (replicate != TaskKey::kNone)
    replicate = VarianceDesign(*experiment.bias_variance).level(replicate, source_of(purpose));
  return stream_key(experiment.experiment.seed, purpose,
                    {key.outer, key.repeat, key.fold, replicate, key.base, key.inner, key.member, key.rung});
}

std::uint64_t StudyPlan::replicate_stream(const TaskKey& key) const {
  return stream(Purpose::replicate, {.replicate = key.replicate});
}

Split StudyPlan::split(std::int32_t repeat, std::int32_t fold) const {
  Split split = splitter_->split(static_cast<std::size_t>(repeat), static_cast<std::size_t>(fold));
  if (outer_ == TaskKey::kNone) return split;
  for (auto* part : {&split.train, &split.test})
    for (SampleIndex& place : *part) place = all_training_rows_[place];
  return split;
}

// A replicate of a file is a bootstrap sample of its training rows: draws with replacement, in row order.
// Of a generator it is all that it drew, or the first of it. A fold leaves its rows out of the same draws: were they drawn
// anew from the others, the source "fold" would count what "data" does.
std::vector<std::uint32_t> StudyPlan::replicate_rows(const TaskKey& key, const Dataset& drawn_from) const {
  std::vector<std::uint32_t> draws = range(0, num_replicate_rows(key));
  if (!draws_replicates()) {
    Rng rng(replicate_stream(key));
    for (auto& row : draws) row = all_training_rows_[rng.below(all_training_rows_.size())];
    std::ranges::sort(draws);
  }
  const VarianceDesign design(*experiment_.bias_variance);
  if (!design.varies("fold")) return draws;
  // What a generator draws is alike everywhere, and a draw may lack a class.
  const CvOptions options{.method = draws_replicates() ? "kfold" : CvOptions().method, .folds = design.levels()};
  const auto labels = drawn_from.labels();
  const auto splitter = make_splitter(options,
                                      {.n = all_training_rows_.size(),
                                       .labels = labels.empty() ? labels : labels.first(all_training_rows_.size()),
                                       .class_names = dataset_.schema().classes},
                                      experiment_.experiment.seed);
  const Split split = splitter->split(0, static_cast<std::size_t>(design.level(key.replicate, "fold")));
  std::erase_if(draws, [&](std::uint32_t row) { return std::ranges::binary_search(split.test, row); });
  if (draws.empty()) draws.push_back(split.train.front());
  return draws;
}

// The training rows of the predictor that a fit is part of; fills in what it predicts.
std::vector<std::uint32_t> StudyPlan::predictor_rows(const TaskKey& key, const Dataset& drawn_from, FitRows& rows) const {
  if (key.fold == TaskKey::kNone) {
    rows.test = test_rows_;
    return key.replicate == TaskKey::kNone ? all_training_rows_ : replicate_rows(key, drawn_from);
  }
  if (is_apparent(key)) {
    rows.apparent = all_training_rows_;
    return all_training_rows_;
  }
  Split of_fold = split(key.repeat, key.fold);
  rows.valid = std::move(of_fold.test);
  return std::move(of_fold.train);
}

void StudyPlan::leave_inner_fold_out(const TaskKey& key, const Dataset& drawn_from, FitRows& rows) const {
  TaskKey predictor = key;
  predictor.base = predictor.inner = predictor.member = TaskKey::kNone;
  std::vector<std::uint32_t> distinct = rows.draws;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  rows.valid = inner_fold_rows(drawn_from, distinct, {.folds = experiment_.ensemble.stack.folds, .inner = key.inner,
                                                      .stream = stream(Purpose::split, predictor), .what = to_string(key)});
  rows.test.clear();
  rows.apparent.clear();
  std::erase_if(rows.draws, [&](std::uint32_t row) { return std::ranges::binary_search(rows.valid, row); });
}

FitRows StudyPlan::rows(const TaskKey& key, const Dataset& drawn_from) const {
  FitRows rows;
  rows.draws = predictor_rows(key, drawn_from, rows);
  if (key.inner != TaskKey::kNone) leave_inner_fold_out(key, drawn_from, rows);
  if (!method(key).is_bagged) return rows;

  Rng rng(stream(Purpose::bootstrap, key));
  auto in_bag = bag(rows.draws, row_facts(drawn_from), bag_options(configuration(key).ensemble), rng);
  rows.oob = out_of_bag(rows.draws, in_bag);
  rows.draws = std::move(in_bag);
  return rows;
}

std::vector<std::uint32_t> StudyPlan::features(const TaskKey& key) const {
  const double share = configuration(key).ensemble.features;
  if (share >= 1 || method(key).name == "none") return {};
  Rng rng(stream(Purpose::features, key));
  return feature_subset(dataset_.schema().features.size(), share, rng);
}

RowFacts StudyPlan::row_facts(const Dataset& dataset) const noexcept {
  return {.labels = dataset.labels(), .groups = dataset.group(), .times = dataset.time()};
}

std::string_view source_of(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::replicate:
    case Purpose::bootstrap:
    case Purpose::features:
    case Purpose::rounds:
      return "data";
    case Purpose::init:
      return "init";
    case Purpose::shuffle:
    case Purpose::dropout:
    case Purpose::augment:
    case Purpose::noise:
    case Purpose::early_stopping:
    case Purpose::passes:
      return "order";
    case Purpose::split:
      return "fold";
    default:
      return "";
  }
}

}  // namespace jury
