#include "tools/export/export_onnx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "models/ensemble/combine_rules.hpp"
#include "runtime/base/error.hpp"
#include "tools/export/onnx_joining.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;
using Dims = OnnxGraph::Dims;
using Type = OnnxGraph::Type;

void refuse(const std::string& what) {
  throw ConfigError(fmt::format("{} cannot be written as ONNX here ('jury predict' makes its predictions)", what));
}

void check_method(const StoredEnsemble& ensemble) {
  if (ensemble.stack)
    refuse(fmt::format("an ensemble of bases (ensemble.method = \"{}\")", ensemble.experiment.ensemble.method));
  for (const StoredMember& member : ensemble.members) {
    if (member.passes > 0) refuse("Monte-Carlo dropout, which draws numbers at random,");
    if (member.model.trees) refuse("an ensemble of boosted trees");
  }
}

std::vector<OnnxMembers> groups_of(OnnxGraph& graph, const StoredEnsemble& ensemble) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t m = 0; m < ensemble.members.size(); ++m) {
    const auto like = std::ranges::find_if(groups, [&](const auto& group) {
      return are_alike(ensemble.members[group.front()].model, ensemble.members[m].model);
    });
    if (like == groups.end())
      groups.push_back({m});
    else
      like->push_back(m);
  }
  std::vector<OnnxMembers> all;
  for (const auto& group : groups) {
    std::vector<const StoredMember*> members;
    for (const std::size_t m : group) members.push_back(&ensemble.members[m]);
    all.emplace_back(graph, members, std::vector<std::int64_t>(group.begin(), group.end()));
  }
  return all;
}

// All members' predictions in the order of joining, and whether a row is missing what one of them needs.
struct Voices {
  Value all, missing;
};

Voices voices_of(OnnxGraph& graph, const StoredEnsemble& ensemble) {
  OnnxFeatures features(graph, ensemble.data.schema);
  std::vector<Value> parts, missing;
  std::vector<std::int64_t> order;  // of each member, where it stands among the parts
  order.resize(ensemble.members.size());
  std::int64_t next = 0;
  for (const OnnxMembers& group : groups_of(graph, ensemble)) {
    const OnnxInputs inputs = onnx_inputs(group, features);
    parts.push_back(onnx_head(group, onnx_network(group, inputs)));
    missing.push_back(inputs.missing);
    for (const std::int64_t place : group.places()) order[static_cast<std::size_t>(place)] = next++;
  }
  Voices voices{.all = parts.front(), .missing = missing.front()};
  if (parts.size() > 1) {
    voices.all = graph.node("Concat", parts, {{"axis", std::int64_t{0}}});
    voices.missing = graph.node("Max", missing);
  }
  if (!std::ranges::is_sorted(order))
    voices.all = graph.node("Gather", {voices.all, graph.wholes({next}, order)}, {{"axis", std::int64_t{0}}});
  voices.missing = graph.node("Greater", {voices.missing, graph.real(0)});
  return voices;
}

class Writer {
 public:
  Writer(const StoredEnsemble& ensemble, const OnnxRequest& request, std::vector<std::string>& notes)
      : ensemble_(ensemble), request_(request), notes_(notes), shape_(combination_shape(ensemble, 0)) {}

  std::string model() {
    const Voices found = voices_of(graph_, ensemble_);
    const Value column = graph_.node("Unsqueeze", {found.missing, graph_.wholes({1}, {1})});
    is_missing_ = column;
    voices_ = {.all = found.all,
               .count = size(ensemble_.members.size()),
               .shape = shape_,
               .trim = ensemble_.experiment.ensemble.trim};
    for (const StoredMember& member : ensemble_.members) voices_.weights.push_back(member.weight);
    if (is_boosted()) {
      const auto loss =
          resolve_gradient_loss(ensemble_.experiment.ensemble.gradient, shape_.outcome, shape_.num_outputs);
      voices_.all = onnx_rounds(graph_, voices_.all, ensemble_.members, loss);
    }
    const std::string rule = this->rule();
    const Value joined = onnx_joined(graph_, voices_, rule);
    if (shape_.outcome == Outcome::classes)
      add_classes(calibrated(joined, rule), found.missing);
    else
      add("value", part(joined, 0), outputs());
    const Value mean = rule == "mean" ? joined : onnx_joined(graph_, voices_, "mean");
    add("mean", part(mean, 0), outputs());
    if (shape_.width() > shape_.num_outputs) add_variance(part(mean, 1));
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
    if (request_.combine.empty()) return own_rule();
    const CombineRule& rule = find_combine_rule(request_.combine);
    if (!rule.applies_to(shape_.outcome) || (rule.memory == CombineMemory::last && !is_boosted()))
      throw ConfigError(fmt::format("--combine = {} does not go with this run (it is for {}) leave it out", rule.name,
                                    rule.memory == CombineMemory::last   ? "the rounds of gradient boosting"
                                    : shape_.outcome == Outcome::classes ? "values"
                                                                         : "classes"));
    return request_.combine;
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
    return graph_.node("Slice", {joined, graph_.wholes({1}, {which * outputs()}),
                                 graph_.wholes({1}, {(which + 1) * outputs()}), graph_.wholes({1}, {1})});
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

  void add_variance(const Value& of_mixture) {
    add("variance", of_mixture, outputs());
    if (ensemble_.calibration.calibrator && request_.calibrated)
      notes_.push_back("variances that are not calibrated (final.calibrate of values is not written as ONNX)");
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
  check_method(ensemble);
  return Writer(ensemble, request, notes).model();
}

}  // namespace jury
