// Sorted numbers in a graph, and where values stand among them.
#pragma once

#include <span>
#include <vector>

#include "tools/export/onnx_graph.hpp"

namespace jury {

/// One list of ascending knots for each entry of `dims`, which broadcasts with what is looked up: (1, 1, columns)
/// with (member, row, column), or () with anything.
class OnnxKnots {
 public:
  /// Expects as many lists as `dims` say, none of them empty.
  OnnxKnots(OnnxGraph& graph, const OnnxGraph::Dims& dims, const std::vector<std::vector<float>>& lists);

  /// How many knots are below x, and how many are at most x, int64; of NaN none.
  OnnxGraph::Value count_below(const OnnxGraph::Value& x) { return count(x, "Less"); }
  OnnxGraph::Value count_up_to(const OnnxGraph::Value& x) { return count(x, "LessOrEqual"); }

  /// The knot at a place; the first or last of its list where the place is beyond them.
  OnnxGraph::Value at(const OnnxGraph::Value& place);

  /// From knot `place` - 1 to knot `place`, how far x is, 0 to 1; some finite number where that is beyond the list.
  OnnxGraph::Value share(const OnnxGraph::Value& x, const OnnxGraph::Value& place);
  /// at(place - 1) + share (at(place) - at(place - 1))
  OnnxGraph::Value between(const OnnxGraph::Value& place, const OnnxGraph::Value& share);

  /// Whether all knots are among `count` of them.
  OnnxGraph::Value is_all(const OnnxGraph::Value& count) { return graph_.node("Equal", {count, sizes()}); }

 private:
  OnnxGraph::Value count(const OnnxGraph::Value& x, std::string_view comparison);
  OnnxGraph::Value before(const OnnxGraph::Value& place);
  OnnxGraph::Value sizes() { return graph_.wholes(dims_, sizes_); }

  OnnxGraph& graph_;
  OnnxGraph::Dims dims_;
  std::vector<std::int64_t> sizes_;         // of the lists
  std::int64_t length_ = 1;                 // of each in the table: one less than a power of 2
  OnnxGraph::Value table_, begins_, last_;  // the lists one after another; of each, (dims)
};

}  // namespace jury
