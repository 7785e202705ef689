#include "models/ensemble/uncertainty.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// -sum p log p of p divided by its sum; 0 log 0 = 0.
template <class Number>
double entropy(std::span<const Number> p) noexcept {
  double sum = 0, mixed = 0;
  for (const Number number : p) {
    const auto value = static_cast<double>(number);
    sum += value;
    if (value > 0) mixed += value * std::log(value);
  }
  return sum > 0 ? std::log(sum) - mixed / sum : 0;
}

// (counts.size(), columns): value(row, column) where somebody predicted the row, else NaN.
template <class Value>
std::vector<float> filled(std::span<const std::int32_t> counts, std::size_t columns, Value&& value) {
  std::vector<float> result;
  result.reserve(counts.size() * columns);
  for (std::size_t row = 0; row < counts.size(); ++row)
    for (std::size_t k = 0; k < columns; ++k)
      result.push_back(static_cast<float>(counts[row] > 0 ? value(row, k) : kNaN));
  return result;
}

}  // namespace

Uncertainty::Uncertainty(const CombinationShape& shape)
    : shape_(shape),
      counts_(shape.num_rows),
      mean_(shape.num_rows * shape.width()),
      spread_(shape.outcome == Outcome::values ? shape.num_rows * shape.num_outputs : 0),
      entropy_(shape.outcome == Outcome::classes ? shape.num_rows : 0) {
  JURY_EXPECTS(shape.num_outputs >= 1);
}

void Uncertainty::add(Predictions member) {
  JURY_EXPECTS(member.size() == mean_.size());
  for (std::size_t row = 0; row < shape_.num_rows; ++row) {
    const Predictions f = row_of(member, row, shape_.width());
    if (!is_predicted(f)) continue;
    const double share = 1.0 / ++counts_[row];
    double sum = 1;
    if (shape_.outcome == Outcome::classes) {
      sum = 0;
      for (const float p : f) sum += static_cast<double>(p);
      if (!(sum > 0)) sum = 1;
      entropy_[row] += (entropy(f) - entropy_[row]) * share;
    }
    for (std::size_t k = 0; k < f.size(); ++k) {
      double& mean = mean_[row * f.size() + k];
      const double value = static_cast<double>(f[k]) / sum, delta = value - mean;
      mean += delta * share;
      if (shape_.outcome == Outcome::values && k < shape_.num_outputs)
        spread_[row * shape_.num_outputs + k] += delta * (value - mean);
    }
  }
}

double Uncertainty::total_entropy(std::size_t row) const noexcept {
  return entropy(std::span(mean_).subspan(row * shape_.num_outputs, shape_.num_outputs));
}

std::vector<float> Uncertainty::total() const {
  if (shape_.outcome == Outcome::classes)
    return filled(counts_, 1, [&](std::size_t row, std::size_t) { return total_entropy(row); });
  if (!has_variances()) return {};
  return filled(counts_, shape_.num_outputs, [&](std::size_t row, std::size_t k) {
    return mean_[row * shape_.width() + shape_.num_outputs + k] + spread_[row * shape_.num_outputs + k] / counts_[row];
  });
}

std::vector<float> Uncertainty::aleatoric() const {
  if (shape_.outcome == Outcome::classes)
    return filled(counts_, 1, [&](std::size_t row, std::size_t) { return entropy_[row]; });
  if (!has_variances()) return {};
  return filled(counts_, shape_.num_outputs,
                [&](std::size_t row, std::size_t k) { return mean_[row * shape_.width() + shape_.num_outputs + k]; });
}

std::vector<float> Uncertainty::epistemic() const {
  if (shape_.outcome == Outcome::values)
    return filled(counts_, shape_.num_outputs,
                  [&](std::size_t row, std::size_t k) { return spread_[row * shape_.num_outputs + k] / counts_[row]; });
  return filled(counts_, 1, [&](std::size_t row, std::size_t) {
    return std::max(total_entropy(row) - entropy_[row], 0.0);  // rounding may leave less than nothing
  });
}

}  // namespace jury
