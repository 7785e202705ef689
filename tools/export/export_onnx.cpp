#include "tools/export/export_onnx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "models/ensemble/combine_rules.hpp"
#include "runtime/base/error.hpp"
#include "search/study/ensemble_predictions.hpp"
#include "tools/export/onnx_voices.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;
using Dims = OnnxGraph::Dims;
using Type = OnnxGraph::Type;

class Writer {
 public:
  Writer(const StoredEnsemble& ensemble, const OnnxRequest& request, std::vector<std::string>& notes)
      : ensemble_(ensemble), request_(request), notes_(notes), shape_(combination_shape(ensemble, 0)) {}

  std::string model() {
    const OnnxEnsemble found = onnx_voices(graph_, ensemble_);
    voices_ = found.voices;
    is_missing_ = graph_.node("Unsqueeze", {found.missing, graph_.wholes({1}, {1})});
    const std::string rule = this->rule();
    const Value joined = this->joined(rule);
    const Value calibrated = this->calibrated(joined, rule);
    if (shape_.outcome == Outcome::classes)
      add_classes(calibrated, found.missing);
    else
      add("value", part(joined, 0), outputs());
    const Value mean = rule == "mean" ? joined : onnx_joined(graph_, voices_, "mean");
    add("mean", part(mean, 0), outputs());
    if (shape_.width() > shape_.num_outputs) {
      add("variance", part(mean, 1), outputs());
      if (calibrated != joined) add("calibrated_variance", part(calibrated, 1), outputs());
    }
    add("std", onnx_deviation(graph_, voices_), outputs());
    graph_.output("members", predicted(voices_.all), Type::real,
                  {voices_.count, OnnxGraph::kRows, size(shape_.width())});
    if (ensemble_.calibration.conformal)
      notes_.push_back("no intervals or sets (final.conformal is not written as ONNX)");
    return graph_.model(about(rule));
  }

 private:
  static std::int64_t size(std::size_t number) { return static_cast<std::int64_t>(number); }
  std::int64_t outputs() const { return size(shape_.num_outputs); }
  bool is_boosted() const { return ensemble_.experiment.ensemble.method == "gradient_boosting"; }
  std::string own_rule() const {
    return combines_of(ensemble_.experiment.ensemble, ensemble_.data.schema.task).front();
  }

  std::string rule() const {
    if (request_.combine.empty() || is_stack_of(ensemble_, request_.combine)) return own_rule();
    const CombineRule& rule = find_combine_rule(request_.combine);
    if (!rule.applies_to(shape_.outcome) || (rule.memory == CombineMemory::last && !is_boosted()))
      throw ConfigError(fmt::format("--combine = {} does not go with this run (it is for {}) leave it out", rule.name,
                                    rule.memory == CombineMemory::last   ? "the rounds of gradient boosting"
                                    : shape_.outcome == Outcome::classes ? "values"
                                                                         : "classes"));
    return request_.combine;
  }

  Value joined(const std::string& rule) {
    if (!is_stack_of(ensemble_, rule)) return onnx_joined(graph_, voices_, rule);
    if (ensemble_.stack->model) return onnx_stacked(graph_, voices_, *ensemble_.stack->model);
    OnnxVoices weighted = voices_;
    weighted.weights = ensemble_.stack->weights;
    return onnx_joined(graph_, weighted, "weighted_mean");
  }

  Value calibrated(const Value& joined, const std::string& rule) {
    const auto& calibrator = ensemble_.calibration.calibrator;
    if (!calibrator || !request_.calibrated) return joined;
    if (rule == own_rule()) return onnx_calibrated(graph_, joined, *calibrator);
    notes_.push_back(fmt::format("no calibration (the run made it for {})", own_rule()));
    return joined;
  }

  Value predicted(const Value& value) {
    return graph_.node("Where", {is_missing_, graph_.real(std::numeric_limits<float>::quiet_NaN()), value});
  }
  Value part(const Value& joined, std::int64_t which) {
    if (shape_.width() == shape_.num_outputs) return joined;
    return graph_.columns(joined, which * outputs(), (which + 1) * outputs());
  }
  void add(const std::string& name, const Value& value, std::int64_t width) {
    graph_.output(name, predicted(value), Type::real, {OnnxGraph::kRows, width});
  }

  void add_classes(const Value& joined, const Value& missing) {
    const Value best = graph_.node("ArgMax", {joined}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
    std::vector<std::string> names = ensemble_.data.schema.classes;
    names.emplace_back();  // of rows that are not predicted
    const Value behind = graph_.node("Where", {missing, graph_.wholes({}, {outputs()}), best});
    graph_.output("label", graph_.node("Gather", {graph_.texts(names), behind}, {{"axis", std::int64_t{0}}}),
                  Type::text, {OnnxGraph::kRows});
    graph_.output("index", graph_.node("Where", {missing, graph_.wholes({}, {-1}), best}), Type::whole,
                  {OnnxGraph::kRows});
    add("probabilities", joined, outputs());
    const Value votes = graph_.node("Where", {is_missing_, graph_.real(0), onnx_votes(graph_, voices_)});
    graph_.output("votes", graph_.node("Cast", {votes}, {{"to", std::int64_t{7}}}), Type::whole,
                  {OnnxGraph::kRows, outputs()});
  }

  std::vector<std::pair<std::string, std::string>> about(const std::string& rule) const {
    const DataSchema& schema = ensemble_.data.schema;
    nlohmann::json numbers = nlohmann::json::array(), texts = nlohmann::json::array();
    for (const Feature& feature : schema.features)
      (feature.kind == FeatureKind::categorical ? texts : numbers).push_back(feature.name);
    const nlohmann::json names(shape_.outcome == Outcome::classes ? schema.classes : schema.targets);
    return {{"jury.numbers", numbers.dump()},
            {"jury.texts", texts.dump()},
            {shape_.outcome == Outcome::classes ? "jury.classes" : "jury.targets", names.dump()},
            {"jury.combine", rule},
            {"jury.identity", fmt::format("{:016x}", ensemble_.identity)}};
  }

  const StoredEnsemble& ensemble_;
  const OnnxRequest& request_;
  std::vector<std::string>& notes_;
  CombinationShape shape_;
  OnnxGraph graph_;
  OnnxVoices voices_;
  Value is_missing_;  // (row, 1)
};

}  // namespace

std::string export_onnx(const StoredEnsemble& ensemble, const OnnxRequest& request, std::vector<std::string>& notes) {
  return Writer(ensemble, request, notes).model();
}

}  // namespace jury
