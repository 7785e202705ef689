#include "tools/export/onnx_voices.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;
using Members = std::span<const StoredMember>;

void check_members(const StoredEnsemble& ensemble) {
  const auto draws = [](const StoredMember& member) { return member.passes > 0; };
  if (std::ranges::any_of(ensemble.members, draws))
    throw ConfigError(
        "Monte-Carlo dropout, which draws numbers at random, cannot be written as ONNX ('jury predict' makes its "
        "predictions)");
}

// Members that can be side by side.
std::vector<OnnxMembers> groups_of(OnnxGraph& graph, Members members) {
  std::vector<std::vector<std::int64_t>> groups;
  const auto model = [&](std::int64_t m) -> const TrainedMember& { return members[static_cast<std::size_t>(m)].model; };
  for (std::int64_t m = 0; m < static_cast<std::int64_t>(members.size()); ++m) {
    const auto like =
        std::ranges::find_if(groups, [&](const auto& group) { return are_alike(model(group.front()), model(m)); });
    (like == groups.end() ? groups.emplace_back() : *like).push_back(m);
  }
  std::vector<OnnxMembers> all;
  for (const auto& group : groups) {
    std::vector<const StoredMember*> alike;
    for (const std::int64_t m : group) alike.push_back(&members[static_cast<std::size_t>(m)]);
    all.emplace_back(graph, alike, group);
  }
  return all;
}

class VoicesWriter {
 public:
  VoicesWriter(OnnxGraph& graph, const StoredEnsemble& ensemble)
      : graph_(graph),
        ensemble_(ensemble),
        features_(graph, ensemble.data.schema),
        shape_(combination_shape(ensemble, 0)) {}

  OnnxEnsemble write() {
    OnnxEnsemble out{.voices = ensemble_.stack ? bases() : jury(TaskKey::kNone), .missing = {}};
    out.missing = missing_.size() == 1 ? missing_.front() : graph_.node("Max", missing_);
    out.missing = graph_.node("Greater", {out.missing, graph_.real(0)});
    return out;
  }

 private:
  // All members' predictions in the order of joining.
  Value predictions(Members members) {
    std::vector<Value> parts;
    std::vector<std::int64_t> order(members.size());  // of each member, where it stands among the parts
    std::int64_t next = 0;
    for (const OnnxMembers& group : groups_of(graph_, members)) {
      const OnnxInputs inputs = onnx_inputs(group, features_);
      parts.push_back(group.first().trees ? onnx_trees(group, inputs) : onnx_head(group, onnx_network(group, inputs)));
      missing_.push_back(inputs.missing);
      for (const std::int64_t place : group.places()) order[static_cast<std::size_t>(place)] = next++;
    }
    const Value all = parts.size() == 1 ? parts.front() : graph_.node("Concat", parts, {{"axis", std::int64_t{0}}});
    return std::ranges::is_sorted(order)
               ? all
               : graph_.node("Gather", {all, graph_.wholes({next}, order)}, {{"axis", std::int64_t{0}}});
  }

  // The members of one configuration.
  OnnxVoices jury(std::int32_t base) {
    const auto found = std::ranges::equal_range(ensemble_.members, base, {},
                                                [](const StoredMember& member) { return member.key.base; });
    const Members members(found.begin(), found.end());
    const EnsembleOptions& options = configuration_of(ensemble_.experiment, base).ensemble;
    OnnxVoices voices{.all = predictions(members),
                      .count = static_cast<std::int64_t>(members.size()),
                      .shape = shape_,
                      .trim = options.trim};
    for (const StoredMember& member : members) voices.weights.push_back(member.weight);
    if (options.method == "gradient_boosting")
      voices.all = onnx_rounds(graph_, voices.all, members,
                               resolve_gradient_loss(options.gradient, shape_.outcome, shape_.num_outputs));
    return voices;
  }

  OnnxVoices bases() {
    std::vector<Value> parts;
    const auto count = static_cast<std::int32_t>(ensemble_.experiment.bases.size());
    for (std::int32_t base = 0; base < count; ++base) {
      const EnsembleOptions& options = configuration_of(ensemble_.experiment, base).ensemble;
      const Value joined = onnx_joined(graph_, jury(base), combines_of(options, ensemble_.data.schema.task).front());
      parts.push_back(graph_.node("Unsqueeze", {joined, graph_.wholes({1}, {0})}));
    }
    return {.all = graph_.node("Concat", parts, {{"axis", std::int64_t{0}}}),
            .count = count,
            .shape = shape_,
            .weights = std::vector<double>(parts.size(), 1),
            .trim = ensemble_.experiment.ensemble.trim};
  }

  OnnxGraph& graph_;
  const StoredEnsemble& ensemble_;
  OnnxFeatures features_;
  CombinationShape shape_;
  std::vector<Value> missing_;  // of each group
};

}  // namespace

OnnxEnsemble onnx_voices(OnnxGraph& graph, const StoredEnsemble& ensemble) {
  check_members(ensemble);
  return VoicesWriter(graph, ensemble).write();
}

}  // namespace jury
