#include "tools/export/onnx_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Field numbers are those of onnx.proto, whose messages they are named after.
constexpr int kIrVersion = 7;  // of ONNX 1.8
constexpr int kOpset = 13, kMlOpset = 2;
constexpr std::string_view kMl = "ai.onnx.ml";

bool is_of_ml(std::string_view op) noexcept { return op == "LabelEncoder" || op == "TreeEnsembleRegressor"; }

ProtoMessage attribute(const std::string& name, const OnnxGraph::Setting& setting) {
  ProtoMessage out;
  out.text(1, name);
  enum : std::int64_t { kFloat = 1, kInt = 2, kString = 3, kFloats = 6, kInts = 7, kStrings = 8 };
  if (const auto* whole = std::get_if<std::int64_t>(&setting)) return out.number(3, *whole).number(20, kInt);
  if (const auto* real = std::get_if<double>(&setting))
    return out.real(2, static_cast<float>(*real)).number(20, kFloat);
  if (const auto* text = std::get_if<std::string>(&setting)) return out.text(4, *text).number(20, kString);
  if (const auto* wholes = std::get_if<OnnxGraph::Dims>(&setting)) {
    for (const std::int64_t one : *wholes) out.number(8, one);
    return out.number(20, kInts);
  }
  if (const auto* reals = std::get_if<std::vector<float>>(&setting)) {
    for (const float one : *reals) out.real(7, one);
    return out.number(20, kFloats);
  }
  for (const std::string& one : std::get<std::vector<std::string>>(setting)) out.text(9, one);
  return out.number(20, kStrings);
}

ProtoMessage value_info(const std::string& name, OnnxGraph::Type type, const OnnxGraph::Dims& dims) {
  ProtoMessage shape;
  for (const std::int64_t dim : dims) {
    ProtoMessage one;
    if (dim == OnnxGraph::kRows)
      one.text(2, "rows");
    else
      one.number(1, dim);
    shape.message(1, one);
  }
  const ProtoMessage tensor = ProtoMessage().number(1, static_cast<std::int64_t>(type)).message(2, shape);
  return ProtoMessage().text(1, name).message(2, ProtoMessage().message(1, tensor));
}

std::size_t product(const OnnxGraph::Dims& dims) {
  std::size_t all = 1;
  for (const std::int64_t dim : dims) all *= static_cast<std::size_t>(dim);
  return all;
}

template <class T>
std::string_view raw(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

OnnxGraph::Value OnnxGraph::input(const std::string& name, Type type, const Dims& dims) {
  graph_.message(11, value_info(name, type, dims));
  return name;
}

void OnnxGraph::output(const std::string& name, const Value& value, Type type, const Dims& dims) {
  graph_.message(1, ProtoMessage().text(1, value).text(2, name).text(3, name + "_output").text(4, "Identity"));
  graph_.message(12, value_info(name, type, dims));
}

void OnnxGraph::declare(const Value& value, Type type, const Dims& dims) {
  graph_.message(13, value_info(value, type, dims));
}

OnnxGraph::Value OnnxGraph::add_constant(Type type, const Dims& dims, const ProtoMessage& content) {
  const Value name = fmt::format("c{}", num_constants_++);
  ProtoMessage tensor;
  for (const std::int64_t dim : dims) tensor.number(1, dim);
  tensor.number(2, static_cast<std::int64_t>(type)).text(8, name);
  graph_.message(5, tensor.append(content));
  return name;
}

OnnxGraph::Value OnnxGraph::reals(const Dims& dims, std::span<const float> values) {
  JURY_EXPECTS(values.size() == product(dims));
  return add_constant(Type::real, dims, ProtoMessage().text(9, raw(values)));
}

OnnxGraph::Value OnnxGraph::wholes(const Dims& dims, const std::vector<std::int64_t>& values) {
  JURY_EXPECTS(values.size() == product(dims));
  const auto [at, is_new] = wholes_.try_emplace({dims, values});
  if (is_new) at->second = add_constant(Type::whole, dims, ProtoMessage().text(9, raw(std::span(values))));
  return at->second;
}

OnnxGraph::Value OnnxGraph::texts(std::span<const std::string> values) {
  ProtoMessage content;
  for (const std::string& value : values) content.text(6, value);
  return add_constant(Type::text, {static_cast<std::int64_t>(values.size())}, content);
}

OnnxGraph::Value OnnxGraph::node(std::string_view op, const std::vector<Value>& inputs, const Settings& settings) {
  const Value name = fmt::format("v{}", num_nodes_++);
  ProtoMessage node;
  for (const Value& input : inputs) node.text(1, input);
  node.text(2, name);
  if (op == "TopK") node.text(2, places_of(name));
  node.text(3, fmt::format("{}_{}", op, name)).text(4, op);
  for (const auto& [key, setting] : settings) node.message(5, attribute(key, setting));
  if (is_of_ml(op)) node.text(7, kMl);
  uses_ml_ = uses_ml_ || is_of_ml(op);
  graph_.message(1, node);
  return name;
}

OnnxGraph::Value OnnxGraph::columns(const Value& x, std::int64_t from, std::int64_t until) {
  return node("Slice", {x, wholes({1}, {from}), wholes({1}, {until}), wholes({1}, {-1})});
}

std::string OnnxGraph::model(const std::vector<std::pair<std::string, std::string>>& about) const {
  if (graph_.bytes().size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) - (1U << 20))
    throw DataError(
        "the ensemble does not fit into an ONNX file (it holds 2 GiB) jury export weights writes larger ones");
  ProtoMessage model;
  model.number(1, kIrVersion).text(2, "jury");
  ProtoMessage graph = graph_;
  model.message(7, graph.text(2, "jury"));
  model.message(8, ProtoMessage().text(1, "").number(2, kOpset));
  if (uses_ml_) model.message(8, ProtoMessage().text(1, kMl).number(2, kMlOpset));
  for (const auto& [key, value] : about) model.message(14, ProtoMessage().text(1, key).text(2, value));
  return model.bytes();
}

}  // namespace jury
