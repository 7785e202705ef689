// jury export weights: the tensors of the stored members, for numpy.load().
#pragma once

#include <string>
#include <vector>

#include "search/study/stored_ensemble.hpp"

namespace jury {

/// The members' tensors as an .npz, "member0/0.dense.weights", of a stack "base1/member0/...", in the shapes of
/// Tensor: weights (outputs, inputs), of convolutions (outputs, inputs, height, width). Beside the tensors of a member
/// its inputs by name, and where there are any `target_mean` and `target_deviation` (values are output * deviation +
/// mean), `step` and `offset` of gradient boosting. For all of them `members`, the prefixes in the order of joining,
/// and `weight`, theirs in weighted combinations.
///
/// `left_out` gets the prefixes of boosted trees, which have no tensors. Throws ConfigError when all are trees.
std::string export_weights(const StoredEnsemble& ensemble, std::vector<std::string>& left_out);

}  // namespace jury
