#include "search/study/fit_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "models/ensemble/sampling.hpp"
#include "search/study/inner_folds.hpp"
#include "search/study/study_plan.hpp"
#include "search/study/variance_design.hpp"

namespace jury {

std::size_t StudyPlan::num_replicate_rows(const TaskKey& key) const {
  const BiasVarianceOptions& options = *experiment_.bias_variance;
  double share = draws_replicates() ? 1.0 : options.train_size;
  if (key.rung != TaskKey::kNone) share = options.train_sizes[static_cast<std::size_t>(key.rung)];
  return std::max<std::size_t>(
      1, static_cast<std::size_t>(std::llround(share * static_cast<double>(dataset_.num_train()))));
}

std::size_t StudyPlan::num_draws(const TaskKey& key) const {
  auto rows = static_cast<double>(all_training_rows_.size());
  if (key.fold != TaskKey::kNone && !is_apparent(key))
    rows = static_cast<double>(
        splitter_->num_train(static_cast<std::size_t>(key.repeat), static_cast<std::size_t>(key.fold)));
  if (key.replicate != TaskKey::kNone) {
    rows = static_cast<double>(num_replicate_rows(key));
    rows *= VarianceDesign(*experiment_.bias_variance).kept_share();
  }
  if (key.inner != TaskKey::kNone) rows *= 1.0 - 1.0 / experiment_.ensemble.stack.folds;
  if (method(key).is_bagged) rows *= configuration(key).ensemble.samples;
  return static_cast<std::size_t>(std::llround(rows));
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
// Of a generator it is all that it drew, or the first of it. A fold leaves its rows out of the same draws: were they
// drawn anew from the others, the source "fold" would count what "data" does.
std::vector<std::uint32_t> StudyPlan::replicate_rows(const TaskKey& key, const Dataset& drawn_from) const {
  std::vector<std::uint32_t> draws(num_replicate_rows(key));
  std::iota(draws.begin(), draws.end(), 0U);
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
std::vector<std::uint32_t> StudyPlan::predictor_rows(const TaskKey& key, const Dataset& drawn_from,
                                                     FitRows& rows) const {
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
  rows.valid = inner_fold_rows(drawn_from, distinct,
                               {.folds = experiment_.ensemble.stack.folds,
                                .inner = key.inner,
                                .stream = stream(Purpose::split, predictor),
                                .what = to_string(key)});
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

}  // namespace jury
