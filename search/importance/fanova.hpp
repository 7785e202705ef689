// Which settings mattered: the variance of a search's objective, taken apart by its parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jury {

/// Trials of a search. A parameter that was inactive is NaN; trials whose value is not finite are left out.
struct ImportanceInput {
  std::span<const double> points = {};  ///< (n, num_params) in the unit cube
  std::span<const double> values = {};  ///< (n)
  std::size_t num_params = 0;
};

struct ImportanceOptions {
  std::int32_t trees = 64;
  std::size_t min_leaf = 2;     ///< trials of a leaf, at least
  std::size_t max_rows = 2000;  ///< trials a tree draws, at most
  std::uint64_t seed = 0;
};

/// Shares of the variance over the space. Each between 0 and 1; alone and pairs sum to at most 1, the rest are
/// interactions of three parameters or more.
struct Importance {
  std::vector<double> alone;     ///< (num_params) what a parameter explains by itself
  std::vector<double> alone_sd;  ///< (num_params) standard deviation of that over the trees
  std::vector<double> pairs;     ///< (num_params, num_params) what two explain only together; symmetric, diagonal 0
};

/// Functional analysis of variance (Hutter, Hoos, Leyton-Brown 2014): f = sum of f_U over sets of parameters, each of
/// mean 0 over each of its parameters; the share of U is Var f_U / Var f under independent uniform parameters. f is a
/// random forest (each tree on a bootstrap sample), for which the marginals are exact sums over leaves; shares are
/// means over trees.
///
/// Being inactive is a value of a parameter, as likely as it was among the trials and apart from all others. That one
/// parameter decides whether another is active is not known here: their shares are as if it were chance.
/// All 0 where the values do not vary. Shares are those of the forest: with few trials or a wavy objective it blurs,
/// and parameters without any effect get a little of the others' (0.35 instead of 0.44 for the wave of Ishigami, 2,000
/// trials).
///
/// O(trees (n log(n)^2 num_params + n num_params^2 + cells of each pair)).
Importance fanova(const ImportanceInput& input, const ImportanceOptions& options = {});

}  // namespace jury
