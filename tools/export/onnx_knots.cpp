#include "tools/export/onnx_knots.hpp"

#include <algorithm>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {

using Value = OnnxGraph::Value;

OnnxKnots::OnnxKnots(OnnxGraph& graph, const OnnxGraph::Dims& dims, const std::vector<std::vector<float>>& lists)
    : graph_(graph), dims_(dims) {
  std::size_t longest = 0;
  for (const auto& list : lists) longest = std::max(longest, list.size());
  while (static_cast<std::size_t>(length_) < longest) length_ = 2 * length_ + 1;
  std::vector<float> table;
  std::vector<std::int64_t> begins, last;
  for (const auto& list : lists) {
    JURY_EXPECTS(!list.empty());
    begins.push_back(static_cast<std::int64_t>(table.size()));
    sizes_.push_back(static_cast<std::int64_t>(list.size()));
    last.push_back(sizes_.back() - 1);
    table.insert(table.end(), list.begin(), list.end());
    table.resize(static_cast<std::size_t>(begins.back() + length_), std::numeric_limits<float>::infinity());
  }
  table_ = graph.reals({static_cast<std::int64_t>(table.size())}, table);
  begins_ = graph.wholes(dims, begins);
  last_ = graph.wholes(dims, last);
}

// By bisection: a step for each power of 2, as all lists are equally long.
Value OnnxKnots::count(const Value& x, std::string_view comparison) {
  Value place = begins_;
  for (std::int64_t step = (length_ + 1) / 2; step > 0; step /= 2) {
    const Value probe = graph_.node("Add", {place, graph_.wholes({}, {step - 1})});
    const Value knot = graph_.node("Gather", {table_, probe}, {{"axis", std::int64_t{0}}});
    const Value moves = graph_.node("Cast", {graph_.node(comparison, {knot, x})}, {{"to", std::int64_t{7}}});
    place = graph_.node("Add", {place, graph_.node("Mul", {moves, graph_.wholes({}, {step})})});
  }
  // What fills the lists up is at most infinity.
  return graph_.node("Min", {graph_.node("Sub", {place, begins_}), sizes()});
}

Value OnnxKnots::at(const Value& place) {
  const Value within = graph_.node("Min", {graph_.node("Max", {place, graph_.wholes({}, {0})}), last_});
  return graph_.node("Gather", {table_, graph_.node("Add", {within, begins_})}, {{"axis", std::int64_t{0}}});
}

Value OnnxKnots::before(const Value& place) { return at(graph_.node("Sub", {place, graph_.wholes({}, {1})})); }

Value OnnxKnots::share(const Value& x, const Value& place) {
  const Value below = before(place);
  const Value width = graph_.node("Sub", {at(place), below});
  const Value is_none = graph_.node("Equal", {width, graph_.real(0)});
  return graph_.node("Div", {graph_.node("Sub", {x, below}), graph_.node("Where", {is_none, graph_.real(1), width})});
}

Value OnnxKnots::between(const Value& place, const Value& share) {
  const Value below = before(place);
  return graph_.node("Add", {below, graph_.node("Mul", {share, graph_.node("Sub", {at(place), below})})});
}

}  // namespace jury
