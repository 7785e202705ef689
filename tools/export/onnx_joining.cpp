#include "tools/export/onnx_joining.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "models/ensemble/weighted_combination.hpp"
#include "models/metrics/truth.hpp"
#include "runtime/base/error.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;
using Dims = OnnxGraph::Dims;
constexpr std::int64_t kMembers = 0;  // their axis

class Joining {
 public:
  Joining(OnnxGraph& graph, const OnnxVoices& voices) : graph_(graph), voices_(voices) {}

  // Sum over members of w f, where the weights sum to 1.
  Value weighted_sum(const Value& x, const std::vector<float>& weights) {
    const Value w = graph_.reals({voices_.count, 1, 1}, weights);
    return graph_.node("ReduceSum", {graph_.node("Mul", {x, w}), graph_.wholes({1}, {kMembers})},
                       {{"keepdims", std::int64_t{0}}});
  }
  std::vector<float> equal() const {
    return std::vector<float>(static_cast<std::size_t>(voices_.count), 1.0F / static_cast<float>(voices_.count));
  }
  std::vector<float> weights() const {
    double total = 0;
    for (const double weight : voices_.weights) total += takes_part(weight) ? weight : 0;
    std::vector<float> shares;
    for (const double weight : voices_.weights)
      shares.push_back(static_cast<float>(takes_part(weight) ? weight / total : 0));
    return shares;
  }

  // The first `outputs` columns of predictions are means or probabilities, what is behind them variances.
  bool has_variances() const { return voices_.shape.width() > voices_.shape.num_outputs; }
  std::int64_t outputs() const { return static_cast<std::int64_t>(voices_.shape.num_outputs); }
  Value means() { return has_variances() ? graph_.columns(voices_.all, 0, outputs()) : voices_.all; }

  // The spread around a mean, sum w (f - mean)^2: squares of differences, so that nothing cancels.
  Value spread(const std::vector<float>& weights) {
    const Value difference = graph_.node("Sub", {means(), weighted_sum(means(), weights)});
    return weighted_sum(graph_.node("Mul", {difference, difference}), weights);
  }
  // The variances of the mixture go behind what the means became.
  Value with_variances(const Value& joined, const std::vector<float>& weights) {
    if (!has_variances()) return joined;
    const Value within = weighted_sum(graph_.columns(voices_.all, outputs(), 2 * outputs()), weights);
    return graph_.node("Concat", {joined, graph_.node("Add", {within, spread(weights)})}, {{"axis", std::int64_t{1}}});
  }
  Value mean(const std::vector<float>& weights) { return with_variances(weighted_sum(means(), weights), weights); }

  // (member, row, class) 1 where a member votes for a class: ties go to the lowest.
  Value ballots() {
    const Value label =
        graph_.node("ArgMax", {voices_.all}, {{"axis", std::int64_t{2}}, {"keepdims", std::int64_t{0}}});
    return graph_.node("OneHot", {label, graph_.wholes({1}, {outputs()}), graph_.reals({2}, std::vector<float>{0, 1})},
                       {{"axis", std::int64_t{2}}});
  }

  // The mean of the sorted members from `cut` on to as many before the end; classes then sum to 1.
  Value mean_within(std::int64_t cut) {
    const Value count = graph_.wholes({1}, {voices_.count});
    const Value sorted = graph_.node("TopK", {means(), count}, {{"axis", kMembers}});
    const Value kept = graph_.node(
        "Slice",
        {sorted, graph_.wholes({1}, {cut}), graph_.wholes({1}, {voices_.count - cut}), graph_.wholes({1}, {kMembers})});
    const Value middle = graph_.node("ReduceMean", {kept}, {{"axes", Dims{kMembers}}, {"keepdims", std::int64_t{0}}});
    if (voices_.shape.outcome == Outcome::values) return with_variances(middle, equal());
    return onnx_shares(graph_, middle, outputs());
  }

  // The first of the sorted members with half of the weight at or below it. Weights are shares of the largest, so
  // that equal ones are summed exactly.
  Value weighted_median() {
    const double largest = *std::ranges::max_element(voices_.weights);
    std::vector<float> relative;
    double total = 0;
    for (const double weight : voices_.weights) {
      relative.push_back(static_cast<float>(takes_part(weight) ? weight / largest : 0));
      total += static_cast<double>(relative.back());
    }
    const Value sorted = graph_.node("TopK", {means(), graph_.wholes({1}, {voices_.count})},
                                     {{"axis", kMembers}, {"largest", std::int64_t{0}}});
    const Value weights = graph_.node("Gather", {graph_.reals({voices_.count}, relative), OnnxGraph::places_of(sorted)},
                                      {{"axis", std::int64_t{0}}});
    const Value below = graph_.node("CumSum", {weights, graph_.wholes({}, {kMembers})});
    const Value is_less = graph_.node("Less", {below, graph_.real(static_cast<float>(0.5 * total))});
    const Value place = graph_.node(
        "ReduceSum", {graph_.node("Cast", {is_less}, {{"to", std::int64_t{7}}}), graph_.wholes({1}, {kMembers})});
    const Value within = graph_.node("Min", {place, graph_.wholes({}, {voices_.count - 1})});
    const Value middle = graph_.node("GatherElements", {sorted, within}, {{"axis", kMembers}});
    return with_variances(graph_.node("Squeeze", {middle, graph_.wholes({1}, {kMembers})}), this->weights());
  }

  // The last member that takes part: of rounds their sum.
  Value last() {
    std::int64_t place = voices_.count - 1;
    while (place > 0 && !takes_part(voices_.weights[static_cast<std::size_t>(place)])) --place;
    return graph_.node("Gather", {voices_.all, graph_.wholes({}, {place})}, {{"axis", kMembers}});
  }

  // The softmax of mean logarithms is their normalised geometric mean.
  Value geometric_mean() {
    return graph_.node("Softmax", {weighted_sum(onnx_logarithms(graph_, voices_.all), equal())},
                       {{"axis", std::int64_t{-1}}});
  }

 private:
  OnnxGraph& graph_;
  const OnnxVoices& voices_;
};

}  // namespace

OnnxGraph::Value onnx_rounds(OnnxGraph& graph, const OnnxGraph::Value& stages, std::span<const StoredMember> members,
                             GradientLoss loss) {
  const auto width = static_cast<std::int64_t>(members.front().steps.size());
  std::vector<float> steps;
  for (const StoredMember& member : members) steps.insert(steps.end(), member.steps.begin(), member.steps.end());
  const std::vector<float> offset(members.front().offset.begin(), members.front().offset.end());
  const Value scaled =
      graph.node("Mul", {stages, graph.reals({static_cast<std::int64_t>(members.size()), 1, width}, steps)});
  const Value sums =
      graph.node("Add", {graph.node("CumSum", {scaled, graph.wholes({}, {kMembers})}), graph.reals({width}, offset)});
  if (loss == GradientLoss::softmax) return graph.node("Softmax", {sums}, {{"axis", std::int64_t{-1}}});
  if (loss != GradientLoss::logistic) return sums;
  // Of two classes the sum is the log-odds of class 1.
  return graph.node("Sigmoid", {graph.node("Concat", {graph.node("Neg", {sums}), sums}, {{"axis", std::int64_t{2}}})});
}

OnnxGraph::Value onnx_joined(OnnxGraph& graph, const OnnxVoices& voices, const std::string& rule) {
  Joining joining(graph, voices);
  const bool any = std::ranges::any_of(voices.weights, takes_part);
  if (rule.starts_with("weighted") && !any)
    throw ConfigError(fmt::format("no member has a weight to join them by ({}) give --combine another way", rule));
  if (rule == "mean") return joining.mean(joining.equal());
  if (rule == "vote") return joining.weighted_sum(joining.ballots(), joining.equal());
  if (rule == "weighted_mean") return joining.mean(joining.weights());
  if (rule == "weighted_vote") return joining.weighted_sum(joining.ballots(), joining.weights());
  if (rule == "median") return joining.mean_within((voices.count - 1) / 2);
  if (rule == "weighted_median") return joining.weighted_median();
  if (rule == "trimmed_mean") {
    const auto cut = static_cast<std::int64_t>(voices.trim * static_cast<double>(voices.count) + 1e-9);
    return joining.mean_within(std::min(cut, (voices.count - 1) / 2));
  }
  if (rule == "geometric_mean") return joining.geometric_mean();
  JURY_EXPECTS(rule == "sum");
  return joining.last();
}

OnnxGraph::Value onnx_deviation(OnnxGraph& graph, const OnnxVoices& voices) {
  Joining joining(graph, voices);
  return graph.node("Sqrt", {joining.spread(joining.equal())});
}

OnnxGraph::Value onnx_votes(OnnxGraph& graph, const OnnxVoices& voices) {
  Joining joining(graph, voices);
  return graph.node("ReduceSum", {joining.ballots(), graph.wholes({1}, {kMembers})}, {{"keepdims", std::int64_t{0}}});
}

}  // namespace jury
