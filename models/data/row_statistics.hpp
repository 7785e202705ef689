// Statistics of the numbers a pipeline makes of some rows, column by column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace jury {

/// Count, mean and sum of squared deviations; merged by Chan, Golub and LeVeque 1979.
struct Moments {
  double count = 0;
  double mean = 0;
  double m2 = 0;

  void merge(const Moments& other) noexcept;
  /// Of the population: sqrt(m2 / count); 0 without numbers.
  double deviation() const noexcept;
};

/// Where rows come from: writes the numbers (rows.size(), width) of some rows.
struct RowSource {
  std::size_t width = 0;
  std::function<void(std::span<const std::uint32_t> rows, float* out)> gather;
};

/// Calls use(numbers, count) for blocks of rows, in order. A block is (count, width), row-major.
void for_each_block(const RowSource& source, std::span<const std::uint32_t> rows,
                    const std::function<void(const float*, std::size_t)>& use);

/// Moments of each column over the rows (a row counts as often as it is listed) without its missing
/// numbers. Each block about its own mean in double, blocks merged in their order.
std::vector<Moments> column_moments(const RowSource& source, std::span<const std::uint32_t> rows);

/// Calls use(position, numbers) with each column's numbers, ascending, without the missing ones.
/// Columns are taken some at a time, so that no more than about 32 MiB are held.
void for_each_sorted_column(const RowSource& source, std::span<const std::uint32_t> rows,
                            std::span<const std::uint32_t> positions,
                            const std::function<void(std::uint32_t, std::span<const float>)>& use);

/// Quantile `share` of ascending numbers, linear between neighbours (type 7 of Hyndman and Fan
/// 1996). Expects at least one number.
double sorted_quantile(std::span<const float> sorted, double share) noexcept;

/// The most frequent of ascending numbers, the smallest of several. Expects at least one number.
double sorted_mode(std::span<const float> sorted) noexcept;

}  // namespace jury
