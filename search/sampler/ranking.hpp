// Which trials are better, with one objective or several.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace jury {

/// Number of the front each point is on: 0 for points that no other dominates (is at least as good in every
/// objective and better in one), 1 for those left without these, and so on (Deb, Pratap, Agarwal, Meyarivan 2002).
/// values: (points)(objectives), minimised.
std::vector<std::size_t> front_numbers(std::span<const std::vector<double>> values);

/// Positions of points from the best to the worst: by value, or by front and then by crowding distance,
/// lonely points first (Deb et al. 2002). Ties go to the lower position.
std::vector<std::size_t> ranking(std::span<const std::vector<double>> values);

}  // namespace jury
