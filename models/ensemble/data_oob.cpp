#include "models/ensemble/data_oob.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// How well one prediction meets the truth of its row.
double merit(const Truth& truth, std::size_t row, Predictions f) noexcept {
  if (truth.outcome == Outcome::classes) return predicted_label(f) == truth.labels[row] ? 1 : 0;
  double sum = 0;
  for (std::size_t k = 0; k < truth.num_outputs; ++k) {
    const double error = truth.values[row * truth.num_outputs + k] - static_cast<double>(f[k]);
    sum -= error * error;
  }
  return sum / static_cast<double>(truth.num_outputs);
}

}  // namespace

DataOob::DataOob(const Truth& truth) : truth_(truth), counts_(truth.num_rows()), sums_(truth.num_rows()) {}

void DataOob::add(Predictions member) {
  JURY_EXPECTS(member.size() == counts_.size() * truth_.width());
  for (std::size_t row = 0; row < counts_.size(); ++row) {
    const Predictions f = row_of(member, row, truth_.width());
    if (!is_predicted(f)) continue;
    ++counts_[row];
    sums_[row] += merit(truth_, row, f);
  }
}

std::vector<double> DataOob::values() const {
  std::vector<double> result(sums_.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t row = 0; row < sums_.size(); ++row)
    if (counts_[row] > 0) result[row] = sums_[row] / counts_[row];
  return result;
}

std::vector<std::uint32_t> least_valuable(std::span<const double> values, std::size_t count) {
  std::vector<std::uint32_t> rows;
  for (std::size_t row = 0; row < values.size(); ++row)
    if (!std::isnan(values[row])) rows.push_back(static_cast<std::uint32_t>(row));
  std::ranges::stable_sort(rows, {}, [&](std::uint32_t row) { return values[row]; });
  rows.resize(std::min(count, rows.size()));
  return rows;
}

}  // namespace jury
