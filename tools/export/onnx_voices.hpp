// What is joined in the end, as ONNX: members, rounds, or bases that are joined themselves.
#pragma once

#include "search/study/stored_ensemble.hpp"
#include "tools/export/onnx_joining.hpp"

namespace jury {

/// As EnsembleVoices has them: most methods' members, the sums after each round of gradient boosting, and of a
/// stack or selection the bases, each joined as its own configuration says.
struct OnnxEnsemble {
  OnnxVoices voices;
  OnnxGraph::Value missing;  ///< (row) whether a cell is missing that a member needs
};

/// Writes preprocessing, networks and heads of all members. Throws ConfigError for what cannot be written as ONNX.
OnnxEnsemble onnx_voices(OnnxGraph& graph, const StoredEnsemble& ensemble);

}  // namespace jury
