// Trials that no other trial beats in everything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jury {

/// Non-dominated sorting of n trials by several minimised objectives, values (n, num_objectives).
///
/// a dominates b when it is no worse in all objectives and better in one. Rank 0 is the Pareto front, rank k what is on
/// the front once the ranks below are taken away. Equal trials do not dominate each other and share their rank; -1 has
/// a trial with a NaN. Efficient non-dominated sort (Zhang, Tian, Cheng, Jin 2015): O(n log n) for two objectives,
/// O(n^2 objectives) at worst for more. Expects num_objectives > 0.
std::vector<std::int32_t> pareto_ranks(std::span<const double> values, std::size_t num_objectives);

/// The trials of rank 0, ascending; equal ones are all there.
std::vector<std::size_t> pareto_front(std::span<const double> values, std::size_t num_objectives);

}  // namespace jury
