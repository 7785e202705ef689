// Which rows a bagged member trains on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {

struct BagOptions {
  double samples = 1.0;     ///< draws as a share of the rows, in (0, 1]
  bool stratified = false;  ///< draw from each class apart
};

/// One bootstrap sample (Efron 1979, Breiman 1996): draws from `rows` with replacement, ascending,
/// repeats kept. An epoch over it is as many draws as it is long.
///
/// `rows` are row numbers of the dataset, and may repeat themselves (a replicate of a bias-variance
/// study); every element is as likely as any other. round(samples * rows) draws, at least one. A row
/// of n is in the bag with probability 1 - (1 - 1/n)^n, 63.2 % for large n.
///
/// Stratified, the draws are dealt to the classes in proportion (exactly their counts when samples
/// is 1; otherwise by rounding cumulated counts, at least one draw each). `labels` is indexed by row
/// number of the dataset; empty, all rows are one stratum. Not stratified, a bag may hold one class
/// only, and its member then predicts that class: such a bag is not drawn again, because that would
/// change the law of bags.
///
/// Expects at least one row, samples in (0, 1], and a label for each row when labels are given.
std::vector<std::uint32_t> bag(std::span<const std::uint32_t> rows, std::span<const std::int32_t> labels,
                               const BagOptions& options, Rng& rng);

/// The rows that are not in the bag, ascending, each once. O(n log n).
std::vector<std::uint32_t> out_of_bag(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> in_bag);

/// How often each row of the dataset is in the bag: (num_rows). Expects rows below num_rows.
std::vector<std::uint32_t> bag_counts(std::span<const std::uint32_t> in_bag, std::size_t num_rows);

}  // namespace jury
