// Calibration as ONNX: what Calibrator::apply() does.
#include <algorithm>
#include <vector>

#include "tools/export/onnx_joining.hpp"
#include "tools/export/onnx_knots.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;

// The log-odds of each class, (row, class): those of the rest are a sum, more exact than 1 - p.
Value log_odds(OnnxGraph& graph, const Value& p, std::size_t classes) {
  std::vector<float> others(classes * classes, 1);
  for (std::size_t c = 0; c < classes; ++c) others[c * classes + c] = 0;
  const auto size = static_cast<std::int64_t>(classes);
  const Value rest = graph.node("MatMul", {p, graph.reals({size, size}, others)});
  return graph.node("Sub", {onnx_logarithms(graph, p), onnx_logarithms(graph, rest)});
}

Value by_sigmoids(OnnxGraph& graph, const Value& scores, const std::vector<SigmoidCurve>& curves) {
  std::vector<float> slopes, offsets;
  for (const SigmoidCurve& curve : curves) {
    slopes.push_back(static_cast<float>(curve.slope));
    offsets.push_back(static_cast<float>(curve.offset));
  }
  const auto size = static_cast<std::int64_t>(curves.size());
  const Value scaled = graph.node("Mul", {scores, graph.reals({size}, slopes)});
  return graph.node("Sigmoid", {graph.node("Add", {scaled, graph.reals({size}, offsets)})});
}

Value by_isotonics(OnnxGraph& graph, const Value& scores, const std::vector<IsotonicCurve>& curves) {
  std::vector<std::vector<float>> at, probabilities;
  for (const IsotonicCurve& curve : curves) {
    at.emplace_back(curve.scores.begin(), curve.scores.end());
    probabilities.emplace_back(curve.probabilities.begin(), curve.probabilities.end());
  }
  const auto size = static_cast<std::int64_t>(curves.size());
  OnnxKnots knots(graph, {size}, at), heights(graph, {size}, probabilities);
  const Value above = knots.count_up_to(scores);
  return heights.between(above, knots.share(scores, above));
}

Value by_curves(OnnxGraph& graph, const Value& p, const Calibrator& calibrator) {
  const auto classes = static_cast<std::int64_t>(calibrator.num_outputs);
  const bool sigmoid = calibrator.method == Calibration::sigmoid;
  Value scores = sigmoid ? log_odds(graph, p, calibrator.num_outputs) : p;
  if (classes == 2) scores = graph.columns(scores, 1, 2);
  const Value values =
      sigmoid ? by_sigmoids(graph, scores, calibrator.sigmoids) : by_isotonics(graph, scores, calibrator.isotonics);
  if (classes == 2)
    return graph.node("Concat", {graph.node("Sub", {graph.real(1), values}), values}, {{"axis", std::int64_t{1}}});
  const Value sum = graph.node("ReduceSum", {values, graph.wholes({1}, {-1})});
  const Value is_some = graph.node("Greater", {sum, graph.real(0)});
  const Value shares = graph.node("Div", {values, graph.node("Where", {is_some, sum, graph.real(1)})});
  return graph.node("Where", {is_some, shares, p});
}

}  // namespace

OnnxGraph::Value onnx_calibrated(OnnxGraph& graph, const OnnxGraph::Value& joined, const Calibrator& calibrator) {
  const auto outputs = static_cast<std::int64_t>(calibrator.num_outputs);
  if (calibrator.outcome == Outcome::values) {
    const Value factor = graph.real(static_cast<float>(calibrator.temperature));
    const Value variances = graph.node("Mul", {graph.columns(joined, outputs, 2 * outputs), factor});
    return graph.node("Concat", {graph.columns(joined, 0, outputs), variances}, {{"axis", std::int64_t{1}}});
  }
  if (calibrator.method != Calibration::temperature) return by_curves(graph, joined, calibrator);
  const Value inverse = graph.real(static_cast<float>(1 / calibrator.temperature));
  return graph.node("Softmax", {graph.node("Mul", {onnx_logarithms(graph, joined), inverse})},
                    {{"axis", std::int64_t{-1}}});
}

}  // namespace jury
