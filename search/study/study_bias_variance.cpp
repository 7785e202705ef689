#include "search/study/study_bias_variance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "search/study/study_learning_curve.hpp"
#include "search/study/study_replicates.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

std::uint64_t interval_key(const StudyPlan& plan) { return plan.stream(Purpose::interval, {}); }

constexpr std::size_t kMostNumbers =
    1'000'000;  // of the predictions of every prefix; and where each is decomposed row by row,
constexpr std::size_t kMostPoints = 100'000;  // rows of all of them

// Every prefix of the ensemble, or where that is much to hold, ever larger ones.
std::vector<std::size_t> prefixes_of(const StudyPlan& plan) {
  const auto members = static_cast<std::size_t>(plan.num_members());
  if (plan.is_stack()) return {members};
  if (members * plan.dataset().num_test() * prediction_width(plan) > kMostNumbers) return sizes_to_look_at(members);
  std::vector<std::size_t> all(members);
  std::iota(all.begin(), all.end(), std::size_t{1});
  return all;
}

class ReplicateDecomposer {
 public:
  ReplicateDecomposer(const StudyPlan& plan, const Scoring& scoring)
      : plan_(plan), scoring_(scoring), sizes_(prefixes_of(plan)) {
    for (std::uint32_t row = static_cast<std::uint32_t>(plan.dataset().num_train()); row < plan.dataset().rows(); ++row)
      rows_.push_back(row);
    truth_ = std::make_unique<TruthOf>(plan, rows_);
    single_ = std::make_unique<BiasVariance>(truth_->truth(), truth_->noise_free());
    ensemble_ = std::make_unique<BiasVariance>(truth_->truth(), truth_->noise_free());
    for (std::size_t i = 0; i < sizes_.size(); ++i)
      by_size_.push_back(std::make_unique<BiasVariance>(truth_->truth(), truth_->noise_free()));
  }

  void add(const Trained& trained, std::int32_t replicate, std::vector<float>& kept) {
    const MemberPredictions members = collect_test(plan_, trained, {.replicate = replicate});
    Combiner combiner = combiner_of(plan_, scoring_, rows_.size());
    std::size_t next = 0;
    for (std::size_t m = 0; m < members.num_members; ++m) {
      combiner.add(members.member(m), members.weights_of(m));
      if (sizes_[next] == m + 1) by_size_[next++]->add_replicate(reported_of(combiner, members, scoring_));
    }
    // Boosting that ended early is what it is at every larger size.
    while (next < sizes_.size()) by_size_[next++]->add_replicate(reported_of(combiner, members, scoring_));
    const auto single = single_of(plan_, trained.fits, {.replicate = replicate}, members);
    const auto ensemble = reported_of(combiner, members, scoring_);
    single_->add_replicate(single);
    ensemble_->add_replicate(ensemble);
    kept.insert(kept.end(), single.begin(), single.end());
    kept.insert(kept.end(), ensemble.begin(), ensemble.end());
  }

  void finish(StudyBiasVariance& out) const {
    const std::uint64_t key = interval_key(plan_);
    out.overall.push_back(line("single", 1, *single_, key, scoring_.intervals));
    out.overall.push_back(line("ensemble", plan_.num_members(), *ensemble_, key, scoring_.intervals));
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      out.by_size.push_back(
          line("ensemble", static_cast<std::int32_t>(sizes_[i]), *by_size_[i], key, {.resamples = 0}));
      if (sizes_.size() * rows_.size() <= kMostPoints) continue;
      for (auto& part : out.by_size.back().parts) part.points.clear();
    }
  }

 private:
  StudyDecomposition line(std::string predictor, std::int32_t members, const BiasVariance& decomposer,
                          std::uint64_t key, const IntervalOptions& intervals) const {
    return {.predictor = std::move(predictor),
            .estimator = "replicate",
            .members = members,
            .num_replicates = decomposer.num_replicates(),
            .rows = rows_,
            .parts = decomposer.finish(key, intervals)};
  }

  const StudyPlan& plan_;
  const Scoring& scoring_;
  std::vector<std::size_t> sizes_;
  std::vector<std::uint32_t> rows_;
  std::unique_ptr<TruthOf> truth_;
  std::unique_ptr<BiasVariance> single_, ensemble_;
  std::vector<std::unique_ptr<BiasVariance>> by_size_;
};

void decompose_out_of_bag(const StudyPlan& plan, const Trained& trained, const Scoring& scoring,
                          StudyBiasVariance& out) {
  const MemberPredictions members = collect_oob(plan, trained);
  const TruthOf truth(plan, members.rows);
  BiasVariance decomposer(truth.truth(), truth.noise_free());
  for (std::size_t m = 0; m < members.num_members; ++m) decomposer.add_replicate(members.member(m));
  out.overall.push_back({.predictor = "single",
                         .estimator = "oob",
                         .members = 1,
                         .num_replicates = members.num_members,
                         .rows = members.rows,
                         .parts = decomposer.finish(interval_key(plan), scoring.intervals)});
}

}  // namespace

double StudyBiasVariance::largest_residual() const noexcept {
  double largest = std::numeric_limits<double>::quiet_NaN();
  for (const auto* list : {&overall, &by_size, &by_train_size})
    for (const auto& line : *list)
      for (const auto& part : line.parts) largest = std::fmax(largest, part.overall.residual);
  return largest;
}

StudyBiasVariance decompose_study(const StudyPlan& plan, const Trained& trained, const Scoring& scoring) {
  StudyBiasVariance out;
  if (plan.has_bias_variance()) {
    ReplicateDecomposer decomposer(plan, scoring);
    std::size_t added = 0;
    for (std::int32_t b = 0; b < plan.num_replicates(); ++b) {
      if (!replicate_is_complete(plan, trained.fits, {.replicate = b})) continue;
      decomposer.add(trained, b, out.replicate_predictions);
      ++added;
    }
    if (added > 0) decomposer.finish(out);
    out.by_train_size = decompose_train_sizes(plan, trained, scoring);
  }
  const bool any_final = plan.has_final() && plan.is_bagged() && std::ranges::any_of(trained.fits, [](const auto& fit) {
                           return fit.first.fold == TaskKey::kNone && fit.first.replicate == TaskKey::kNone;
                         });
  if (any_final) decompose_out_of_bag(plan, trained, scoring, out);
  return out;
}

}  // namespace jury
