#include "search/pruner/drop_test.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

double evidence_of_positive_mean(std::span<const double> x) {
  constexpr double kPriorVariance = 4;  // folds of one data set differ little: large effects are what a race meets
  double sum = 0;
  double squares = 0;
  for (const double each : x) {
    sum += each;
    squares += each * each;
  }
  if (squares == 0) return 1;
  const auto n = static_cast<double>(x.size());
  const double r = sum / std::sqrt(squares);
  const double spread = 1 + kPriorVariance * std::max(n - r * r, 0.0);  // (1 + n g) (1 - v r^2)
  const double all = 1 + n * kPriorVariance;
  const double tail = boost::math::cdf(boost::math::students_t(n), r * std::sqrt(n * kPriorVariance / spread));
  return 2 * tail * std::pow(all / spread, n / 2) / std::sqrt(all);
}

DropTest fold_values_test(double alpha) {
  JURY_EXPECTS(alpha > 0 && alpha < 1);
  return [alpha](const ComparedFolds& folds) {
    std::vector<double> differences;
    for (std::size_t f = 0; f < folds.trial.size(); ++f) differences.push_back(folds.trial[f][0] - folds.best[f][0]);
    if (!std::ranges::all_of(differences, [](double d) { return std::isfinite(d); })) return false;
    return evidence_of_positive_mean(differences) >= 1 / alpha;
  };
}

DropTest row_losses_test(double alpha, std::int32_t bootstraps, std::uint64_t seed) {
  JURY_EXPECTS(alpha > 0 && alpha < 1 && bootstraps > 0);
  return [alpha, bootstraps, seed](const ComparedFolds& folds) {
    std::vector<double> differences;
    for (std::size_t f = 0; f < folds.trial.size(); ++f) {
      JURY_EXPECTS(folds.trial[f].size() > 1 && folds.trial[f].size() == folds.best[f].size());
      for (std::size_t i = 1; i < folds.trial[f].size(); ++i)
        differences.push_back(folds.trial[f][i] - folds.best[f][i]);
    }
    std::int32_t num_worse = 0;
    for (std::int32_t b = 0; b < bootstraps; ++b) {
      Rng rng(stream_key(seed, Purpose::interval, {b}));
      double sum = 0;
      for (std::size_t i = 0; i < differences.size(); ++i) sum += differences[rng.below(differences.size())];
      if (sum > 0) ++num_worse;
    }
    return num_worse >= (1 - alpha) * bootstraps;
  };
}

}  // namespace jury
