#include "models/data/row_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace jury {
namespace {

constexpr std::size_t kBlockRows = 128;
constexpr std::size_t kSortedNumbers = std::size_t{2} << 20;  // 8 MiB at a time, on every rank

}  // namespace

void Moments::merge(const Moments& other) noexcept {
  if (other.count == 0) return;
  const double total = count + other.count;
  const double delta = other.mean - mean;
  mean += delta * (other.count / total);
  m2 += other.m2 + delta * delta * (count * other.count / total);
  count = total;
}

double Moments::deviation() const noexcept { return count > 0 ? std::sqrt(m2 / count) : 0; }

void for_each_block(const RowSource& source, std::span<const std::uint32_t> rows,
                    const std::function<void(const float*, std::size_t)>& use) {
  std::vector<float> block(kBlockRows * source.width);
  for (std::size_t at = 0; at < rows.size(); at += kBlockRows) {
    const auto some = rows.subspan(at, std::min(kBlockRows, rows.size() - at));
    source.gather(some, block.data());
    use(block.data(), some.size());
  }
}

std::vector<Moments> column_moments(const RowSource& source, std::span<const std::uint32_t> rows) {
  const std::size_t width = source.width;
  std::vector<Moments> total(width);
  std::vector<double> count(width), sum(width), squares(width);
  for_each_block(source, rows, [&](const float* block, std::size_t num_rows) {
    std::fill(count.begin(), count.end(), 0);
    std::fill(sum.begin(), sum.end(), 0);
    std::fill(squares.begin(), squares.end(), 0);
    for (std::size_t i = 0; i < num_rows; ++i) {
      const float* const row = block + i * width;
      for (std::size_t j = 0; j < width; ++j) {
        const bool given = row[j] == row[j];
        count[j] += given ? 1.0 : 0.0;
        sum[j] += given ? static_cast<double>(row[j]) : 0.0;
      }
    }
    for (std::size_t j = 0; j < width; ++j) sum[j] = count[j] > 0 ? sum[j] / count[j] : 0;
    for (std::size_t i = 0; i < num_rows; ++i) {
      const float* const row = block + i * width;
      for (std::size_t j = 0; j < width; ++j) {
        const double delta = row[j] == row[j] ? static_cast<double>(row[j]) - sum[j] : 0.0;
        squares[j] += delta * delta;
      }
    }
    for (std::size_t j = 0; j < width; ++j) total[j].merge({count[j], sum[j], squares[j]});
  });
  return total;
}

void for_each_sorted_column(const RowSource& source, std::span<const std::uint32_t> rows,
                            std::span<const std::uint32_t> positions,
                            const std::function<void(std::uint32_t, std::span<const float>)>& use) {
  const std::size_t at_once = std::max<std::size_t>(1, kSortedNumbers / std::max<std::size_t>(1, rows.size()));
  for (std::size_t first = 0; first < positions.size(); first += at_once) {
    const auto some = positions.subspan(first, std::min(at_once, positions.size() - first));
    std::vector<std::vector<float>> columns(some.size());
    for (auto& column : columns) column.reserve(rows.size());
    for_each_block(source, rows, [&](const float* block, std::size_t num_rows) {
      for (std::size_t i = 0; i < num_rows; ++i)
        for (std::size_t c = 0; c < some.size(); ++c) {
          const float number = block[i * source.width + some[c]];
          if (!std::isnan(number)) columns[c].push_back(number);
        }
    });
    for (std::size_t c = 0; c < some.size(); ++c) {
      std::sort(columns[c].begin(), columns[c].end());
      use(some[c], columns[c]);
    }
  }
}

double sorted_quantile(std::span<const float> sorted, double share) noexcept {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double low = static_cast<double>(sorted[below]), high = static_cast<double>(sorted[above]);
  return low + (place - static_cast<double>(below)) * (high - low);
}

double sorted_mode(std::span<const float> sorted) noexcept {
  std::size_t best = 0, best_length = 0;
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    if (end - begin <= best_length) continue;
    best = begin;
    best_length = end - begin;
  }
  return static_cast<double>(sorted[best]);
}

}  // namespace jury
