// Which rows a member trains on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {

/// What one draw of a bag is. See bag().
enum class BagScheme : std::uint8_t {
  rows,      ///< one row, with replacement
  balanced,  ///< one row, with replacement, equally many of each class
  groups,    ///< all rows of a group, with replacement
  blocks,    ///< a block of neighbouring rows, with replacement
  part,      ///< one row, without replacement
};

struct BagOptions {
  double samples = 1.0;     ///< draws as a share of the rows (or of the groups), in (0, 1]
  bool stratified = false;  ///< draw from each class apart (rows, part)
  BagScheme scheme = BagScheme::rows;
  std::size_t block = 0;  ///< rows of a block; 0: the cube root of the number of rows, rounded up
};

/// What is known of the rows of a dataset: (rows of the dataset) each, or empty.
struct RowFacts {
  std::span<const std::int32_t> labels = {};
  std::span<const std::int32_t> groups = {};
  std::span<const double> times = {};  ///< only their order has a meaning; empty: that of the rows
};

/// The rows of one member, ascending, repeats kept. An epoch over them is as many draws as there are.
///
/// `rows` are row numbers of the dataset, and may repeat themselves (a replicate of a bias-variance
/// study); every *element* is as likely as any other, so a row listed twice is as good as two rows.
/// n elements and a share s give round(s n) draws, at least one:
/// - rows: the bootstrap (Efron 1979, Breiman 1996). A row of n is in the bag with probability
///   1 - (1 - 1/n)^n, 63.2 % for large n. Stratified, the draws are dealt to the classes in proportion
///   (exactly their counts when s is 1; otherwise by rounding cumulated counts, at least one each).
/// - balanced: each class gets round(s m) draws, m being the elements of the rarest class that has any
///   (Chen, Liaw, Breiman 2004).
/// - groups: round(s g) of the g groups that have elements, with replacement; all elements of a group
///   come along as often as it is drawn, so the number of rows is not fixed (cluster bootstrap, Davison
///   and Hinkley 1997). A row listed twice comes along twice.
/// - blocks: the circular block bootstrap (Politis and Romano 1992). The elements stand in a circle in
///   the order of time, ties by row (a row listed twice beside itself); blocks of `block` neighbours,
///   not more than all, start at any element; the last one is cut to make round(s n) rows.
/// - part: pasting (Breiman 1999), round(s n) different elements; a row listed twice may come twice.
///   Stratified as rows are.
/// Not stratified, a bag may hold one class only, and its member then predicts that class: such a bag
/// is not drawn again, because that would change the law of bags.
///
/// Without labels all rows are one stratum. Expects at least one row, samples in (0, 1], labels with
/// balanced, groups with groups, and every row within the facts that are used. O(n log n).
std::vector<std::uint32_t> bag(std::span<const std::uint32_t> rows, const RowFacts& facts, const BagOptions& options,
                               Rng& rng);

/// The rows that are not in the bag, ascending, each once. O(n log n).
std::vector<std::uint32_t> out_of_bag(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> in_bag);

/// How often each row of the dataset is in the bag: (num_rows). Expects rows below num_rows.
std::vector<std::uint32_t> bag_counts(std::span<const std::uint32_t> in_bag, std::size_t num_rows);

}  // namespace jury
