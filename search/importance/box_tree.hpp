// Regression trees as what they are: a cut of the space into boxes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jury {

/// Points and their values.
struct BoxTreeInput {
  std::span<const double> points;  ///< (n, num_dims), no NaN
  std::span<const double> values;  ///< (n) finite
  std::span<const double> low;     ///< (num_dims) of the space
  std::span<const double> high;
  std::size_t min_leaf = 1;  ///< rows of a box, at least
};

/// The boxes [low, high) of one tree, and what it says in each.
struct Boxes {
  std::vector<double> low;  ///< (boxes, num_dims)
  std::vector<double> high;
  std::vector<double> value;  ///< (boxes)
};

/// CART (Breiman et al. 1984): cuts where the squared error falls most (ties to the first dimension, the lowest cut),
/// halfway between two points, until the values of a box are equal or it cannot be cut. `rows` may hold a row several
/// times. A cut between the part below 0 and the rest of a dimension is at 0. O(rows log(rows) num_dims) per level.
Boxes grow_box_tree(const BoxTreeInput& input, std::vector<std::uint32_t> rows);

}  // namespace jury
