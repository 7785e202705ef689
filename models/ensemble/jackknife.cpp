#include "models/ensemble/jackknife.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// (n - 1) / n sum d^2, scaled from the rows that have a departure to all n.
double jackknife_of(const std::vector<double>& departures) noexcept {
  double sum = 0, rows = 0;
  for (const double d : departures) {
    if (std::isnan(d)) continue;
    sum += d * d;
    ++rows;
  }
  return rows > 0 ? (static_cast<double>(departures.size()) - 1) / rows * sum : kNaN;
}

// Less what chance adds, not below 0; NaN stays.
double corrected(double variance, double excess) noexcept {
  return std::isnan(variance) ? variance : std::max(variance - excess, 0.0);
}

}  // namespace

std::vector<JackknifeVariance> jackknife_variances(const BagTable& table) {
  JURY_EXPECTS(table.num_members() > 0);
  const auto n = static_cast<double>(table.num_training_rows());
  const double draws = table.mean_draws();
  std::vector<JackknifeVariance> result;
  for (std::size_t i = 0; i < table.num_cells(); ++i) {
    const BagTable::Cell cell = table.cell(i / table.num_outputs(), i % table.num_outputs());
    JackknifeVariance one{.mean = cell.mean, .jackknife = jackknife_of(table.departures(cell))};
    for (const double c : table.covariances(cell)) one.infinitesimal += c * c;
    const double noise = cell.variance / static_cast<double>(cell.count);
    one.jackknife_corrected = corrected(one.jackknife, std::expm1(draws / n) * n * noise);
    one.infinitesimal_corrected = corrected(one.infinitesimal, draws * noise);
    result.push_back(one);
  }
  return result;
}

}  // namespace jury
