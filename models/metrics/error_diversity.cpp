// Covariances of the members' errors of values.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "models/metrics/diversity.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// What rounding leaves of a spread that is none, relative to the numbers it was taken from.
constexpr double kRounding = 1e-12;

// The errors of all members at one target, less the member's own mean: over the rows of a pair their means are then
// small beside the deviations, and sums of squares keep their digits.
struct Errors {
  std::size_t rows = 0;
  std::vector<double> of = {};       // (members, rows); 0 where not predicted
  std::vector<double> weights = {};  // (members, rows); 0 where not predicted
  bool complete = true;
};

// Subtracts the weighted mean; exact zeros where nothing but rounding is left.
void center(std::span<double> errors, std::span<const double> weights) {
  double total = 0, mean = 0, largest = 0;
  for (std::size_t row = 0; row < errors.size(); ++row) {
    if (weights[row] <= 0) continue;
    total += weights[row];
    mean += (errors[row] - mean) * (weights[row] / total);
    largest = std::max(largest, std::abs(errors[row]));
  }
  for (std::size_t row = 0; row < errors.size(); ++row) {
    const double deviation = errors[row] - mean;
    errors[row] = weights[row] > 0 && std::abs(deviation) > kRounding * largest ? deviation : 0.0;
  }
}

Errors errors_at(const Truth& truth, Predictions members, std::size_t target) {
  Errors errors{.rows = truth.num_rows()};
  const std::size_t num_members = members.size() / (errors.rows * truth.width());
  errors.of.resize(num_members * errors.rows);
  errors.weights.resize(errors.of.size());
  for (std::size_t at = 0; at < errors.of.size(); ++at) {
    const std::size_t row = at % errors.rows;
    const Predictions f = row_of(members, at, truth.width());
    if (!is_predicted(f)) {
      errors.complete = false;
      continue;
    }
    errors.of[at] = static_cast<double>(f[target]) - truth.values[row * truth.num_outputs + target];
    errors.weights[at] = truth.weight(row);
  }
  for (std::size_t m = 0; m < num_members; ++m)
    center(std::span(errors.of).subspan(m * errors.rows, errors.rows),
           std::span(errors.weights).subspan(m * errors.rows, errors.rows));
  return errors;
}

// Weighted sums over the rows of a pair, in four lanes of a fixed order, which compilers turn into vectors.
constexpr std::size_t kLanes = 4;
struct Lanes {
  std::array<double, kLanes> of{};
  double sum() const { return (of[0] + of[1]) + (of[2] + of[3]); }
};

template <class Add>
void over_rows(std::size_t rows, Add&& add) {
  std::size_t row = 0;
  for (; row + kLanes <= rows; row += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(row + lane, lane);
  for (std::size_t lane = 0; row < rows; ++row, ++lane) add(row, lane);
}

struct PairMoments {
  double covariance, first_variance, second_variance;
};

// Weighted mean of the products. With all rows predicted it is the covariance, for the weights are everybody's.
double mean_product(const Errors& errors, std::size_t i, std::size_t j) {
  const double* x = errors.of.data() + i * errors.rows;
  const double* y = errors.of.data() + j * errors.rows;
  const double* w = errors.weights.data();
  Lanes product, weight;
  const auto add = [&](std::size_t row, std::size_t lane) {
    product.of[lane] += w[row] * x[row] * y[row];
    weight.of[lane] += w[row];
  };
  over_rows(errors.rows, add);
  return product.sum() / weight.sum();
}

// Of the rows that both predicted.
PairMoments moments_of(const Errors& errors, std::size_t i, std::size_t j) {
  const double* x = errors.of.data() + i * errors.rows;
  const double* y = errors.of.data() + j * errors.rows;
  const double* u = errors.weights.data() + i * errors.rows;
  const double* v = errors.weights.data() + j * errors.rows;
  Lanes weight, sum_x, sum_y, sum_xx, sum_yy, sum_xy;
  over_rows(errors.rows, [&](std::size_t row, std::size_t lane) {
    const double w = std::min(u[row], v[row]);  // 0 where either is missing, else they are equal
    weight.of[lane] += w;
    sum_x.of[lane] += w * x[row];
    sum_y.of[lane] += w * y[row];
    sum_xx.of[lane] += w * x[row] * x[row];
    sum_yy.of[lane] += w * y[row] * y[row];
    sum_xy.of[lane] += w * x[row] * y[row];
  });
  const double total = weight.sum();
  const double mean_x = sum_x.sum() / total;
  const double mean_y = sum_y.sum() / total;
  const auto variance = [&](double squares, double mean) {
    const double value = squares / total - mean * mean;
    return value <= kRounding * squares / total ? 0.0 : value;  // not of NaN
  };
  return {sum_xy.sum() / total - mean_x * mean_y, variance(sum_xx.sum(), mean_x), variance(sum_yy.sum(), mean_y)};
}

// Adds one target's share to both triangles.
void add_target(ErrorDiversity& result, const Errors& errors, double share) {
  const std::size_t m = result.num_members;
  std::vector<double> variances;
  for (std::size_t i = 0; i < m && errors.complete; ++i) variances.push_back(mean_product(errors, i, i));
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = i; j < m; ++j) {
      const PairMoments pair = errors.complete ? PairMoments{mean_product(errors, i, j), variances[i], variances[j]}
                                               : moments_of(errors, i, j);
      result.covariance[i * m + j] += share * pair.covariance;
      result.correlation[i * m + j] +=
          share * (pair.covariance / (std::sqrt(pair.first_variance) * std::sqrt(pair.second_variance)));
      result.covariance[j * m + i] = result.covariance[i * m + j];
      result.correlation[j * m + i] = result.correlation[i * m + j];
    }
}

// Of the pairs of different members, or of the diagonal; NaN is left out.
template <class Chosen>
double mean_of(const std::vector<double>& matrix, std::size_t members, Chosen&& chosen) {
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < members; ++i)
    for (std::size_t j = i; j < members; ++j) {
      const double value = matrix[i * members + j];
      if (!chosen(i, j) || std::isnan(value)) continue;
      sum += value;
      ++count;
    }
  return sum / count;
}

}  // namespace

ErrorDiversity error_diversity(const Truth& truth, Predictions members) {
  JURY_EXPECTS(truth.outcome == Outcome::values && truth.num_outputs > 0);
  const std::size_t size = truth.num_rows() * truth.width();
  JURY_EXPECTS(size > 0 ? members.size() % size == 0 : members.empty());
  const std::size_t m = size > 0 ? members.size() / size : 0;
  ErrorDiversity result{.num_members = m,
                        .covariance = std::vector<double>(m * m),
                        .correlation = std::vector<double>(m * m),
                        .mean_variance = kNaN,
                        .mean_covariance = kNaN,
                        .mean_correlation = kNaN};
  if (m == 0) return result;
  for (std::size_t target = 0; target < truth.num_outputs; ++target)
    add_target(result, errors_at(truth, members, target), 1.0 / static_cast<double>(truth.num_outputs));
  result.mean_variance = mean_of(result.covariance, m, std::equal_to<>());
  result.mean_covariance = mean_of(result.covariance, m, std::not_equal_to<>());
  result.mean_correlation = mean_of(result.correlation, m, std::not_equal_to<>());
  return result;
}

}  // namespace jury
