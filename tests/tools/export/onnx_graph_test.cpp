// What the builder of ONNX graphs promises; that readers of ONNX agree is tested in end_to_end/export_onnx_test.py.
#include "tools/export/onnx_graph.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "tools/export/onnx_joining.hpp"

namespace jury {
namespace {

TEST(OnnxGraph, EqualWholeNumbersAreOneConstant) {
  OnnxGraph graph;
  EXPECT_EQ(graph.wholes({2}, {1, 2}), graph.wholes({2}, {1, 2}));
  EXPECT_NE(graph.wholes({2}, {1, 2}), graph.wholes({1, 2}, {1, 2}));
}

TEST(OnnxGraph, EveryValueHasANameOfItsOwn) {
  OnnxGraph graph;
  const auto x = graph.input("x", OnnxGraph::Type::real, {OnnxGraph::kRows, 1});
  std::set<std::string> names{x, graph.real(1), graph.real(1), graph.node("Neg", {x}), graph.node("Neg", {x})};
  EXPECT_EQ(names.size(), 5U);
}

TEST(OnnxGraph, OnlyModelsThatNeedItAskForTheOperationsOfMachineLearning) {
  OnnxGraph plain, coded;
  plain.node("Neg", {plain.real(1)});
  coded.node("LabelEncoder", {coded.texts(std::array<std::string, 1>{"a"})});
  EXPECT_EQ(plain.model({}).find("ai.onnx.ml"), std::string::npos);
  EXPECT_NE(coded.model({}).find("ai.onnx.ml"), std::string::npos);
}

TEST(OnnxGraph, TheSameCallsGiveTheSameBytes) {
  const auto model = [] {
    OnnxGraph graph;
    graph.output("y", graph.node("Neg", {graph.input("x", OnnxGraph::Type::real, {OnnxGraph::kRows})}),
                 OnnxGraph::Type::real, {OnnxGraph::kRows});
    return graph.model({{"key", "value"}});
  };
  EXPECT_EQ(model(), model());
}

OnnxVoices voices(OnnxGraph& graph, std::vector<double> weights) {
  return {.all = graph.input("x", OnnxGraph::Type::real, {2, OnnxGraph::kRows, 2}),
          .count = 2,
          .shape = {.num_outputs = 2},
          .weights = std::move(weights)};
}

TEST(OnnxJoining, RefusesWeightsThatLeaveNoMember) {
  OnnxGraph graph;
  for (const char* rule : {"weighted_mean", "weighted_median"}) {
    EXPECT_THROW(onnx_joined(graph, voices(graph, {0, -1}), rule), ConfigError);
    EXPECT_NO_THROW(onnx_joined(graph, voices(graph, {0, 1}), rule));
  }
}

}  // namespace
}  // namespace jury
