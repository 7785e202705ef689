// Rows drawn with replacement, by themselves or in groups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {

/// The bootstrap (Efron 1979) of rows, or of groups of rows that come and go together (Davison and Hinkley 1997).
class RowResampler {
 public:
  /// `groups` is (rows), any numbers, or empty: every row is a group of its own. Expects at least one row.
  RowResampler(std::size_t num_rows, std::span<const std::int32_t> groups, std::uint64_t key);

  std::size_t num_groups() const noexcept { return num_groups_; }
  /// How often each row is in the next resample of as many groups as there are: (rows).
  std::span<const std::uint32_t> next();

 private:
  std::size_t num_groups_;
  std::vector<std::uint32_t> group_of_;  // (rows); empty: each its own
  std::vector<std::uint32_t> drawn_;     // (groups)
  std::vector<std::uint32_t> counts_;    // (rows)
  Rng rng_;
};

/// Resamples that are summed up side by side: enough to fill vector registers, few enough to stay in the cache.
inline constexpr std::size_t kResampleLanes = 16;

/// For each lane the sum over rows, in order, of value times count: (lanes), of counts (rows, lanes). Plain loops
/// rather than a library's matrix product: how that cuts its sums depends on the caches of the machine, and so would
/// the last bits.
void weighted_sums(std::span<const double> values, std::span<const double> counts,
                   std::span<double, kResampleLanes> sums);

}  // namespace jury
