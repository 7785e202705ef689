#include "search/study/study_diversity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// (rows) what a member takes each row for; -1: it did not predict it.
std::vector<std::int32_t> labels_of(const std::vector<float>& member, std::size_t width) {
  std::vector<std::int32_t> labels;
  labels.reserve(member.size() / width);
  for (std::size_t at = 0; at < member.size(); at += width) {
    const Predictions row = Predictions(member).subspan(at, width);
    labels.push_back(is_predicted(row) ? predicted_label(row) : -1);
  }
  return labels;
}

// Members are the replicates of a decomposition that knows no noise-free truth.
Ambiguity ambiguity_of_members(const BiasVariance& decomposer) {
  const std::vector<Decomposition> parts = decomposer.finish(0, {.resamples = 0});
  return ambiguity_of(*std::ranges::find_if(
      parts, [](const Decomposition& part) { return part.definition == "squared" || part.definition == "brier"; }));
}

// Each member is read once; of few members what they said is kept for their pairs.
StudyDiversity diversity_of(const StudyPlan& plan, const MemberPredictions& members) {
  StudyDiversity out{.source = members.source, .repeat = members.repeat, .num_members = members.num_done()};
  const TruthOf owner(plan, members.rows);
  const Truth truth = owner.truth();
  const bool few = out.num_members <= kMostPairedMembers;
  const bool classes = truth.outcome == Outcome::classes;
  BiasVariance decomposer(truth);
  LabelCounts counts(classes ? truth.num_outputs : 0, truth.labels);
  std::vector<std::int32_t> labels;  // (members, rows)
  std::vector<float> values;         // (members, rows, width)
  for (std::size_t m = 0; m < out.num_members; ++m) {
    const std::vector<float> member = members.member(m);
    decomposer.add_replicate(member);
    if (!classes) {
      if (few) values.insert(values.end(), member.begin(), member.end());
      continue;
    }
    const std::vector<std::int32_t> of_member = labels_of(member, truth.width());
    counts.add(of_member);
    if (few) labels.insert(labels.end(), of_member.begin(), of_member.end());
  }
  out.ambiguity = ambiguity_of_members(decomposer);
  if (classes) out.labels = counts.diversity();
  if (classes && few)
    out.pairs = pairwise_diversity({.num_classes = truth.num_outputs, .truth = truth.labels, .labels = labels});
  if (!classes && few) out.errors = error_diversity(truth, values);
  return out;
}

}  // namespace

std::vector<StudyDiversity> find_diversity(const StudyPlan& plan, const std::vector<MemberPredictions>& predictions) {
  std::vector<StudyDiversity> out;
  if (plan.experiment().ensemble.method == "gradient_boosting") return out;
  for (const MemberPredictions& members : predictions)
    if (members.num_done() > 1 && members.repeat <= 0) out.push_back(diversity_of(plan, members));
  return out;
}

double largest_residual(const std::vector<StudyDiversity>& diversity) noexcept {
  double largest = std::numeric_limits<double>::quiet_NaN();
  for (const StudyDiversity& one : diversity)
    if (one.ambiguity) largest = std::fmax(largest, one.ambiguity->residual);
  return largest;
}

}  // namespace jury
