// Preprocessing as ONNX: what Pipeline::gather() does, with members side by side.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "models/data/stage.hpp"
#include "tools/export/onnx_knots.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;
using Dims = OnnxGraph::Dims;

std::int64_t whole(std::size_t number) { return static_cast<std::int64_t>(number); }

std::vector<const FeatureMap*> used(const Pipeline& pipeline, FeatureMap::Kind kind) {
  std::vector<const FeatureMap*> found;
  for (const FeatureMap& feature : pipeline.first().features())
    if (!feature.maps.empty() && feature.kind == kind) found.push_back(&feature);
  return found;
}

std::vector<std::int64_t> columns_of(const Pipeline& pipeline) {
  std::vector<std::int64_t> columns;
  for (const FeatureMap* feature : used(pipeline, FeatureMap::Kind::number)) columns.push_back(feature->index);
  return columns;
}

// The parameters of affine maps: one of them, for each column of a member.
struct MapColumns {
  std::int64_t width = 0;
  std::function<std::vector<float>(const TrainedMember&, std::vector<float> AffineTable::*)> of = {};
};

// One member's values of a kind, all equal to `neutral`: nothing to do.
bool is_neutral(const OnnxMembers& members, const MapColumns& columns, std::vector<float> AffineTable::*part,
                float neutral) {
  for (const StoredMember* member : members.all())
    for (const float value : columns.of(member->model, part))
      if (value != neutral && !(std::isnan(value) && std::isnan(neutral))) return false;
  return true;
}

// x -> fill where it is missing, else clip((x - center) * scale + offset, low, high).
Value mapped(const OnnxMembers& members, const Value& x, const MapColumns& columns) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
  OnnxGraph& graph = members.graph();
  const auto step = [&](std::string_view op, const Value& value, std::vector<float> AffineTable::*part, float neutral) {
    if (is_neutral(members, columns, part, neutral)) return value;
    const Value constant =
        members.stacked({1, columns.width}, [&](const TrainedMember& member) { return columns.of(member, part); });
    if (op == "Where") return graph.node("Where", {graph.node("IsNaN", {x}), constant, value});
    return graph.node(op, {value, constant});
  };
  Value value = step("Sub", x, &AffineTable::center, 0);
  value = step("Mul", value, &AffineTable::scale, 1);
  value = step("Add", value, &AffineTable::offset, 0);
  const Value unclipped = value;
  value = step("Max", value, &AffineTable::low, -kInfinity);
  value = step("Min", value, &AffineTable::high, kInfinity);
  // What a clip makes of NaN is not said by ONNX.
  const bool fills = !is_neutral(members, columns, &AffineTable::fill, kNan);
  if (!fills && value != unclipped) value = graph.node("Where", {graph.node("IsNaN", {x}), x, value});
  return step("Where", value, &AffineTable::fill, kNan);
}

// The numeric features, (member or 1, row, columns).
Value numbers_of(const OnnxMembers& members, OnnxFeatures& features) {
  OnnxGraph& graph = members.graph();
  const std::vector<std::int64_t> columns = columns_of(members.first().pipeline);
  std::vector<std::int64_t> every(static_cast<std::size_t>(features.num_numbers()));
  std::iota(every.begin(), every.end(), 0);
  Value x = features.numbers();
  if (members.agree([](const TrainedMember& member) { return columns_of(member.pipeline); })) {
    if (columns != every)
      x = graph.node("Gather", {x, graph.wholes({whole(columns.size())}, columns)}, {{"axis", std::int64_t{1}}});
    x = graph.node("Unsqueeze", {x, graph.wholes({1}, {0})});
  } else {
    std::vector<std::int64_t> all;
    for (const StoredMember* member : members.all())
      for (const std::int64_t column : columns_of(member->model.pipeline)) all.push_back(column);
    x = graph.node("Gather", {x, graph.wholes({members.size(), whole(columns.size())}, all)},
                   {{"axis", std::int64_t{1}}});
    x = graph.node("Transpose", {x}, {{"perm", Dims{1, 0, 2}}});
  }
  const MapColumns maps{.width = whole(columns.size()),
                        .of = [](const TrainedMember& member, std::vector<float> AffineTable::*part) {
                          const FirstStage& first = member.pipeline.first();
                          std::vector<float> values;
                          for (const std::int64_t column : columns_of(member.pipeline))
                            values.push_back((first.affine().*part)[static_cast<std::size_t>(column)]);
                          return values;
                        }};
  return mapped(members, x, maps);
}

// Row `code` of the table of a categorical feature is what it becomes; behind the last code what a missing one becomes.
std::vector<float> table_of(const FirstStage& first, const FeatureMap& feature) {
  const std::uint32_t codes = first.cardinality()[feature.index];
  const std::size_t width = feature.maps.size();
  const bool one_hot = feature.kind == FeatureMap::Kind::one_hot;
  std::vector<float> table;
  for (std::uint32_t row = 0; row <= codes; ++row) {
    const std::uint32_t code = row == codes ? feature.fill_code : row;
    for (std::size_t k = 0; k < width; ++k) {
      const bool written = code < codes && (!one_hot || k == code);
      const double blank = one_hot ? feature.maps[k](0) : feature.maps[k].fill;
      table.push_back(static_cast<float>(!written ? blank : one_hot ? feature.maps[k](1) : feature.maps[k](code)));
    }
  }
  return table;
}

// Feature `position` among all of a pipeline, (member or 1, row, outputs).
Value coded(const OnnxMembers& members, OnnxFeatures& features, std::size_t position) {
  OnnxGraph& graph = members.graph();
  const FirstStage& first = members.first().pipeline.first();
  const FeatureMap& feature = first.features()[position];
  const std::int64_t codes = first.cardinality()[feature.index];
  const Value table = members.stacked({codes + 1, whole(feature.maps.size())}, [&](const TrainedMember& member) {
    return table_of(member.pipeline.first(), member.pipeline.first().features()[position]);
  });
  return graph.node("Gather", {table, features.codes(feature.index)}, {{"axis", std::int64_t{1}}});
}

// Parts side by side. Those that all members share are repeated where others are not shared.
Value joined(const OnnxMembers& members, std::vector<Value> parts, bool shared) {
  OnnxGraph& graph = members.graph();
  if (parts.size() == 1) return parts.front();
  if (!shared)
    for (Value& part : parts) part = graph.node("Expand", {part, graph.wholes({3}, {members.size(), 1, 1})});
  return graph.node("Concat", parts, {{"axis", std::int64_t{2}}});
}

Value columns_at(OnnxGraph& graph, const Value& x, const std::vector<std::int64_t>& positions) {
  return graph.node("Gather", {x, graph.wholes({whole(positions.size())}, positions)}, {{"axis", std::int64_t{2}}});
}

// The outputs of the first stage, in the order of the features.
Value first_stage(const OnnxMembers& members, OnnxFeatures& features, bool shared) {
  const FirstStage& first = members.first().pipeline.first();
  std::vector<Value> parts;
  std::vector<std::int64_t> order;  // where each output stands behind the parts
  std::int64_t next_number = 0, next_coded = whole(used(members.first().pipeline, FeatureMap::Kind::number).size());
  if (next_coded > 0) parts.push_back(numbers_of(members, features));
  for (std::size_t i = 0; i < first.features().size(); ++i) {
    const FeatureMap& feature = first.features()[i];
    const bool is_number = feature.kind == FeatureMap::Kind::number;
    if (!is_number && !feature.maps.empty()) parts.push_back(coded(members, features, i));
    for (std::size_t k = 0; k < feature.maps.size(); ++k) order.push_back(is_number ? next_number++ : next_coded++);
  }
  const Value all = joined(members, parts, shared);
  return std::ranges::is_sorted(order) ? all : columns_at(members.graph(), all, order);
}

// Components of some columns, behind the others.
Value principal_components(const OnnxMembers& members, const Value& x, std::size_t place, bool shared) {
  OnnxGraph& graph = members.graph();
  const auto stage_of = [place](const TrainedMember& member) -> const PcaStage& {
    return std::get<PcaStage>(member.pipeline.stages()[place]);
  };
  const PcaStage& stage = stage_of(members.first());
  const std::int64_t columns = whole(stage.columns.size()), components = whole(stage.num_components());
  const Value mean = members.stacked({1, columns}, [&](const TrainedMember& member) { return stage_of(member).mean; });
  const Value transposed = members.stacked({columns, components}, [&](const TrainedMember& member) {
    std::vector<float> out;
    for (std::int64_t c = 0; c < columns; ++c)
      for (std::int64_t k = 0; k < components; ++k)
        out.push_back(stage_of(member).components[static_cast<std::size_t>(k * columns + c)]);
    return out;
  });
  const Value centered = graph.node("Sub", {columns_at(graph, x, {stage.columns.begin(), stage.columns.end()}), mean});
  const Value projected = graph.node("MatMul", {centered, transposed});
  if (stage.kept.empty()) return projected;
  return joined(members, {columns_at(graph, x, {stage.kept.begin(), stage.kept.end()}), projected}, shared);
}

// Quantile steps: the level of a number's place among the knots of its column, as level_of() of stage.cpp.
Value levels(const OnnxMembers& members, const Value& x, std::size_t place) {
  OnnxGraph& graph = members.graph();
  const auto stage_of = [place](const TrainedMember& member) -> const QuantileStage& {
    return std::get<QuantileStage>(member.pipeline.stages()[place]);
  };
  const QuantileStage& first = stage_of(members.first());
  const std::size_t count = first.levels.size();
  const bool shared = members.agree([&](const TrainedMember& member) { return stage_of(member).knots; });
  std::vector<std::vector<float>> lists;
  for (const StoredMember* member : members.all()) {
    const std::vector<float>& all = stage_of(member->model).knots;
    for (auto at = all.begin(); at != all.end() && (member == members.all().front() || !shared); at += whole(count))
      lists.emplace_back(at, at + whole(count));
  }
  OnnxKnots knots(graph, {shared ? 1 : members.size(), 1, whole(first.columns.size())}, lists);
  OnnxKnots steps(graph, {}, {first.levels});

  const Value below = knots.count_below(x), up_to = knots.count_up_to(x);
  const Value last_equal = steps.at(graph.node("Sub", {up_to, graph.wholes({}, {1})}));
  const Value middle = graph.node("Mul", {graph.node("Add", {steps.at(below), last_equal}), graph.real(0.5F)});
  Value level =
      graph.node("Where", {graph.node("Less", {below, up_to}), middle, steps.between(below, knots.share(x, below))});
  const Value is_first = graph.node("Equal", {up_to, graph.wholes({}, {0})});
  level = graph.node("Where", {is_first, graph.real(first.levels.front()), level});
  level = graph.node("Where", {knots.is_all(below), graph.real(first.levels.back()), level});
  return graph.node("Where", {graph.node("IsNaN", {x}), x, level});
}

Value quantile_stage(const OnnxMembers& members, const Value& x, std::size_t place, std::size_t width, bool shared) {
  OnnxGraph& graph = members.graph();
  const auto& columns = std::get<QuantileStage>(members.first().pipeline.stages()[place]).columns;
  const Value made = levels(members, columns_at(graph, x, {columns.begin(), columns.end()}), place);
  std::vector<std::int64_t> others, order(width);  // of each number, where it stands in [others, made]
  for (std::size_t j = 0; j < width; ++j) {
    const auto found = std::ranges::find(columns, j);
    if (found == columns.end()) others.push_back(whole(j));
  }
  for (std::size_t i = 0; i < others.size(); ++i) order[static_cast<std::size_t>(others[i])] = whole(i);
  for (std::size_t i = 0; i < columns.size(); ++i) order[columns[i]] = whole(others.size() + i);
  if (others.empty()) return std::ranges::is_sorted(order) ? made : columns_at(graph, made, order);
  return columns_at(graph, joined(members, {columns_at(graph, x, others), made}, shared), order);
}

// The maps of a later stage, as those of the first: their centers are exact enough in float32.
Value affine_stage(const OnnxMembers& members, const Value& x, std::size_t place) {
  const auto stage_of = [place](const TrainedMember& member) -> const AffineStage& {
    return std::get<AffineStage>(member.pipeline.stages()[place]);
  };
  const MapColumns maps{.width = whole(stage_of(members.first()).maps.size()),
                        .of = [&](const TrainedMember& member, std::vector<float> AffineTable::*part) {
                          AffineTable table;
                          for (const ColumnMap& map : stage_of(member).maps) {
                            table.fill.push_back(static_cast<float>(map.fill));
                            table.center.push_back(static_cast<float>(map.center));
                            table.scale.push_back(static_cast<float>(map.scale));
                            const double left_out = static_cast<double>(table.center.back()) - map.center;
                            table.offset.push_back(static_cast<float>(map.offset + left_out * map.scale));
                            table.low.push_back(static_cast<float>(map.low));
                            table.high.push_back(static_cast<float>(map.high));
                          }
                          return table.*part;
                        }};
  return mapped(members, x, maps);
}

}  // namespace

OnnxInputs onnx_inputs(const OnnxMembers& members, OnnxFeatures& features) {
  OnnxGraph& graph = members.graph();
  OnnxInputs out;
  const Pipeline& pipeline = members.first().pipeline;
  out.shared = std::ranges::all_of(members.all(),
                                   [&](const StoredMember* member) { return member->model.pipeline == pipeline; });
  out.inputs = first_stage(members, features, out.shared);
  std::size_t width = pipeline.first().width();
  for (std::size_t place = 0; place < pipeline.stages().size(); ++place) {
    const Stage& stage = pipeline.stages()[place];
    if (std::holds_alternative<QuantileStage>(stage))
      out.inputs = quantile_stage(members, out.inputs, place, width, out.shared);
    else if (std::holds_alternative<PcaStage>(stage))
      out.inputs = principal_components(members, out.inputs, place, out.shared);
    else
      out.inputs = affine_stage(members, out.inputs, place);
    width = stage_width(stage, width);
  }
  if (!out.shared && members.size() > 1)
    out.inputs = graph.node("Expand", {out.inputs, graph.wholes({3}, {members.size(), 1, 1})});
  const Value nan = graph.node("Cast", {graph.node("IsNaN", {out.inputs})}, {{"to", std::int64_t{1}}});
  out.missing = graph.node("ReduceMax", {nan}, {{"axes", Dims{0, 2}}, {"keepdims", std::int64_t{0}}});
  return out;
}

}  // namespace jury
