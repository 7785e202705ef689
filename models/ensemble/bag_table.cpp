#include "models/ensemble/bag_table.hpp"

#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
BagTable::BagTable(std::size_t num_training_rows, const CombinationShape& shape)
    : num_training_rows_(num_training_rows), shape_(shape), num_without_(num_training_rows) {
  JURY_EXPECTS(num_training_rows > 0 && shape.num_rows > 0 && shape.num_outputs > 0);
}

void BagTable::add(std::span<const std::uint32_t> bag_counts, Predictions member) {
  JURY_EXPECTS(bag_counts.size() == num_training_rows_);
  JURY_EXPECTS(member.size() == shape_.num_rows * shape_.width());
  ++num_members_;
  for (std::size_t i = 0; i < num_training_rows_; ++i) {
    JURY_EXPECTS(bag_counts[i] <= std::numeric_limits<std::uint16_t>::max());
    counts_.push_back(static_cast<std::uint16_t>(bag_counts[i]));
    if (bag_counts[i] == 0) ++num_without_[i];
  }
  for (std::size_t row = 0; row < shape_.num_rows; ++row) {
    const Predictions f = row_of(member, row, shape_.width());
    for (std::size_t k = 0; k < shape_.num_outputs; ++k)
      predictions_.push_back(is_predicted(f) ? f[k] : std::numeric_limits<float>::quiet_NaN());
  }
}

double BagTable::mean_draws() const noexcept {
  JURY_EXPECTS(num_members_ > 0);
  std::uint64_t draws = 0;
  for (const std::uint16_t count : counts_) draws += count;
  return static_cast<double>(draws) / static_cast<double>(num_members_);
}

BagTable::Cell BagTable::cell(std::size_t row, std::size_t output) const {
  JURY_EXPECTS(row < shape_.num_rows && output < shape_.num_outputs);
  Cell cell;
  for (std::size_t b = 0; b < num_members_; ++b) {
    const auto value = static_cast<double>(predictions_[b * num_cells() + row * shape_.num_outputs + output]);
    cell.centred.push_back(value);
    if (!std::isnan(value)) cell.mean += (value - cell.mean) / static_cast<double>(++cell.count);
  }
  if (cell.count == 0) cell.mean = cell.variance = kNaN;
  for (double& value : cell.centred) {
    value -= cell.mean;
    if (!std::isnan(value)) cell.variance += value * value / static_cast<double>(cell.count);
  }
  return cell;
}

std::vector<double> BagTable::departures(const Cell& cell) const {
  std::vector<double> sums(num_training_rows_);
  std::vector<std::uint32_t> without = num_without_;
  for (std::size_t b = 0; b < num_members_; ++b) {
    const auto counts = counts_of(b);
    const double value = cell.centred[b];
    if (std::isnan(value)) {
      for (std::size_t i = 0; i < sums.size(); ++i) without[i] -= counts[i] == 0 ? 1U : 0U;
      continue;
    }
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts[i] == 0 ? value : 0.0;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = without[i] > 0 ? sums[i] / without[i] : kNaN;
  return sums;
}

std::vector<double> BagTable::covariances(const Cell& cell) const {
  std::vector<double> sums(num_training_rows_);
  for (std::size_t b = 0; b < num_members_; ++b) {
    const auto counts = counts_of(b);
    const double value = cell.centred[b];
    if (std::isnan(value)) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts[i] * value;
  }
  for (double& sum : sums) sum = cell.count > 0 ? sum / static_cast<double>(cell.count) : kNaN;
  return sums;
}

}  // namespace jury
