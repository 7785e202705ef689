// jury export onnx: a stored ensemble as one ONNX graph.
#pragma once

#include <string>
#include <vector>

#include "search/study/stored_ensemble.hpp"

namespace jury {

struct OnnxRequest {
  std::string combine = {};  ///< how members are joined; "": as the run reports it
  bool calibrated = true;    ///< label and probabilities, where the run's are
};

/// Preprocessing, all members, what joins them, votes and spread, as `jury predict` has them.
///
/// Inputs: `numbers` (row, feature) float32, NaN where missing; `texts` (row, feature), of categorical features, ""
/// where missing. Outputs of classes: `label` (row) text, `index` (row) of the label or -1, `probabilities` (row,
/// class), `mean`, `std`, `votes` (row, class), `members` (member, row, class). Of values: `value`, `mean`, `std` (row,
/// target), `variance` and `calibrated_variance` (row, target) of the mixture where models predict it and where it is
/// calibrated, `members` (member, row, width). A row with a missing cell that the preprocessing of a member does not
/// fill is NaN, its label "" and its votes 0. Names of features, classes and targets are in the model's metadata, as
/// JSON.
///
/// Members of one shape are stacked: (member, row, feature) and batched products, convolutions with a group for each.
/// `notes` gets what the model lacks of what jury predict says. Throws ConfigError for what cannot be written as ONNX.
std::string export_onnx(const StoredEnsemble& ensemble, const OnnxRequest& request, std::vector<std::string>& notes);

}  // namespace jury
