#include "search/study/study_plan.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/ensemble/bootstrap.hpp"
#include "search/study/study_data.hpp"

namespace jury {
namespace {

std::vector<std::uint32_t> range(std::size_t begin, std::size_t end) {
  std::vector<std::uint32_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(begin));
  return rows;
}

}  // namespace

StudyPlan::StudyPlan(const Experiment& experiment, const Dataset& dataset, std::shared_ptr<const Donor> donor)
    : experiment_(experiment),
      dataset_(dataset),
      donor_(std::move(donor)),
      all_training_rows_(range(0, dataset.num_train())),
      test_rows_(range(dataset.num_train(), dataset.rows())) {
  has_final_ = experiment.final.refit || (!experiment.cv && !experiment.bias_variance);
  if (experiment.bias_variance && dataset.num_test() == 0)
    throw ConfigError("[bias_variance] needs a test set (give data.test, data.test_fraction, data.test_slice or a "
                      "generator)");
  if (has_final_ && !experiment.final.refit && dataset.num_test() == 0)
    throw ConfigError("nothing would be scored (give a test set, [cv], or final.refit = true)");
  const std::vector<Split> given = given_splits(dataset);
  if (experiment.cv)
    splitter_ = make_splitter(*experiment.cv,
                              {.n = dataset.num_train(),
                               .labels = dataset.labels().first(dataset.labels().empty() ? 0 : dataset.num_train()),
                               .groups = {},
                               .fold = dataset.fold(),
                               .given = given,
                               .class_names = dataset.schema().classes},
                              experiment.experiment.seed);
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
  return experiment_.bias_variance ? experiment_.bias_variance->replicates : 0;
}

std::vector<TaskKey> StudyPlan::keys() const {
  std::vector<TaskKey> keys;
  keys.reserve(num_fits());
  for (std::int32_t b = 0; b < num_replicates(); ++b)
    for (std::int32_t m = has_single() ? TaskKey::kNone : 0; m < num_members(); ++m)
      keys.push_back({.replicate = b, .member = m});
  for (std::int32_t m = 0; has_final_ && m < num_members(); ++m) keys.push_back({.member = m});
  for (std::int32_t r = 0; r < num_repeats(); ++r)
    for (std::int32_t f = 0; f < num_folds(); ++f)
      for (std::int32_t m = 0; m < num_members(); ++m) keys.push_back({.repeat = r, .fold = f, .member = m});
  std::ranges::sort(keys);
  return keys;
}

std::size_t StudyPlan::num_fits() const {
  const auto members = static_cast<std::size_t>(num_members());
  return static_cast<std::size_t>(num_replicates()) * (members + (has_single() ? 1U : 0U)) +
         (has_final_ ? members : 0U) + static_cast<std::size_t>(num_repeats()) * static_cast<std::size_t>(num_folds()) * members;
}

std::size_t StudyPlan::num_draws(const TaskKey& key) const {
  auto rows = static_cast<double>(dataset_.num_train());
  if (key.fold != TaskKey::kNone)
    rows = static_cast<double>(splitter_->num_train(static_cast<std::size_t>(key.repeat), static_cast<std::size_t>(key.fold)));
  if (key.replicate != TaskKey::kNone && !draws_replicates()) rows *= experiment_.bias_variance->train_size;
  if (is_bagged() && key.member != TaskKey::kNone) rows *= experiment_.ensemble.samples;
  return static_cast<std::size_t>(std::llround(rows));
}

std::uint64_t StudyPlan::stream(Purpose purpose, const TaskKey& key) const {
  return stream_key(experiment_.experiment.seed, purpose,
                    {key.outer, key.repeat, key.fold, key.replicate, key.member});
}

std::uint64_t StudyPlan::replicate_stream(std::int32_t replicate) const {
  return stream_key(experiment_.experiment.seed, Purpose::replicate, {replicate});
}

std::vector<std::uint32_t> StudyPlan::training_rows(const TaskKey& key, const Split& split) const {
  if (key.fold != TaskKey::kNone) return split.train;
  if (key.replicate == TaskKey::kNone || draws_replicates()) return all_training_rows_;
  // A replicate is a bootstrap sample of the training rows: draws with replacement, in row order.
  Rng rng(replicate_stream(key.replicate));
  std::vector<std::uint32_t> draws(num_draws({.replicate = key.replicate}));
  for (auto& row : draws) row = all_training_rows_[rng.below(all_training_rows_.size())];
  std::ranges::sort(draws);
  return draws;
}

std::vector<std::uint32_t> StudyPlan::valid_rows(std::int32_t repeat, std::int32_t fold) const {
  return splitter_->split(static_cast<std::size_t>(repeat), static_cast<std::size_t>(fold)).test;
}

FitRows StudyPlan::rows(const TaskKey& key, const Dataset& drawn_from) const {
  FitRows rows;
  Split split;
  if (key.fold != TaskKey::kNone) {
    split = splitter_->split(static_cast<std::size_t>(key.repeat), static_cast<std::size_t>(key.fold));
    rows.valid = split.test;
  } else {
    rows.test = test_rows_;
  }
  rows.draws = training_rows(key, split);
  if (!is_bagged() || key.member == TaskKey::kNone) return rows;

  const EnsembleOptions& ensemble = experiment_.ensemble;
  Rng rng(stream(Purpose::bootstrap, key));
  auto in_bag = bag(rows.draws, drawn_from.labels(), {.samples = ensemble.samples, .stratified = ensemble.stratify}, rng);
  if (key.replicate == TaskKey::kNone) rows.oob = out_of_bag(rows.draws, in_bag);
  rows.draws = std::move(in_bag);
  return rows;
}

}  // namespace jury
