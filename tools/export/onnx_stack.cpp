// A stack's meta model as ONNX.
#include <algorithm>

#include "models/metrics/truth.hpp"
#include "tools/export/onnx_joining.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;

// (base, 1, output): what each base adds to the variance of the mixture.
std::vector<float> mixture_shares(const StackModel& model) {
  std::vector<float> shares(model.coefficients.size());
  for (std::size_t k = 0; k < model.num_outputs; ++k) {
    double positive = 0;
    for (std::size_t b = 0; b < model.num_bases; ++b) positive += std::max(model.coefficient(b, k), 0.0);
    for (std::size_t b = 0; b < model.num_bases; ++b)
      shares[b * model.num_outputs + k] =
          static_cast<float>(positive > 0 ? std::max(model.coefficient(b, k), 0.0) / positive
                                          : 1.0 / static_cast<double>(model.num_bases));
  }
  return shares;
}

class StackWriter {
 public:
  StackWriter(OnnxGraph& graph, const OnnxVoices& bases, const StackModel& model)
      : graph_(graph), bases_(bases), model_(model), outputs_(static_cast<std::int64_t>(model.num_outputs)) {}

  Value write() {
    if (model_.meta == "logistic")
      return graph_.node("Softmax", {scores(onnx_logarithms(graph_, bases_.all))}, {{"axis", std::int64_t{-1}}});
    if (model_.outcome == Outcome::classes) return onnx_shares(graph_, bounded(scores(bases_.all)), outputs_);
    if (model_.kind != ValueKind::means_and_variances) return bounded(scores(bases_.all));
    const Value means = graph_.columns(bases_.all, 0, outputs_), joined = scores(means);
    const Value away = graph_.node("Sub", {means, joined});
    const Value spread =
        graph_.node("Add", {graph_.columns(bases_.all, outputs_, 2 * outputs_), graph_.node("Mul", {away, away})});
    return graph_.node("Concat", {joined, summed(spread, mixture_shares(model_))}, {{"axis", std::int64_t{1}}});
  }

 private:
  // Sum over bases of x by numbers (base, 1, output).
  Value summed(const Value& x, const std::vector<float>& numbers) {
    const Value terms = graph_.node("Mul", {x, graph_.reals({bases_.count, 1, outputs_}, numbers)});
    return graph_.node("ReduceSum", {terms, graph_.wholes({1}, {0})}, {{"keepdims", std::int64_t{0}}});
  }
  Value scores(const Value& said) {
    const std::vector<float> coefficients(model_.coefficients.begin(), model_.coefficients.end());
    const std::vector<float> intercepts(model_.intercepts.begin(), model_.intercepts.end());
    return graph_.node("Add", {summed(said, coefficients), graph_.reals({outputs_}, intercepts)});
  }
  Value bounded(const Value& scores) {
    const bool classes = model_.outcome == Outcome::classes;
    if (classes && model_.meta == "nnls") return graph_.node("Max", {scores, graph_.real(0)});
    if (classes || model_.kind == ValueKind::probabilities)
      return graph_.node("Clip", {scores, graph_.real(0), graph_.real(1)});
    if (model_.kind != ValueKind::rates) return scores;
    return graph_.node("Max", {scores, graph_.real(static_cast<float>(kSmallestProbability))});
  }

  OnnxGraph& graph_;
  const OnnxVoices& bases_;
  const StackModel& model_;
  std::int64_t outputs_;
};

}  // namespace

OnnxGraph::Value onnx_stacked(OnnxGraph& graph, const OnnxVoices& bases, const StackModel& model) {
  return StackWriter(graph, bases, model).write();
}

}  // namespace jury
