// The ways to join members' predictions, as ONNX.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/ensemble/calibration.hpp"
#include "models/ensemble/combine.hpp"
#include "models/ensemble/gradient_loss.hpp"
#include "models/ensemble/stack_model.hpp"
#include "search/study/stored_members.hpp"
#include "tools/export/onnx_graph.hpp"

namespace jury {

/// What members predict, (member, row, width) in the order of joining, and their weights.
struct OnnxVoices {
  OnnxGraph::Value all;
  std::int64_t count = 0;
  CombinationShape shape = {};  ///< num_rows does not count
  std::vector<double> weights = {};
  double trim = 0.1;  ///< of trimmed_mean
};

/// What gradient boosting predicts after each round, (round, row, width), of what its networks say, (round, row,
/// F's width), by the offset and steps of its members: predictions_of() of the sum of the rounds so far.
OnnxGraph::Value onnx_rounds(OnnxGraph& graph, const OnnxGraph::Value& stages, std::span<const StoredMember> members,
                             GradientLoss loss);

/// (row, width), joined by a rule of combine_rules(). Throws ConfigError when no member has a weight and the rule asks
/// for one.
OnnxGraph::Value onnx_joined(OnnxGraph& graph, const OnnxVoices& voices, const std::string& rule);

/// (row, outputs) standard deviation over members, as Combination::deviation().
OnnxGraph::Value onnx_deviation(OnnxGraph& graph, const OnnxVoices& voices);

/// (row, classes) votes, as float32.
OnnxGraph::Value onnx_votes(OnnxGraph& graph, const OnnxVoices& voices);

/// (row, width): what a meta model makes of its bases, as predict_stack().
OnnxGraph::Value onnx_stacked(OnnxGraph& graph, const OnnxVoices& bases, const StackModel& model);

/// Calibrated probabilities, or means and variances, (row, width), as Calibrator::apply().
OnnxGraph::Value onnx_calibrated(OnnxGraph& graph, const OnnxGraph::Value& joined, const Calibrator& calibrator);

}  // namespace jury
