#include "models/ensemble/calibration_curves.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr int kNewtonSteps = 100;
constexpr double kSmallestStep = 1e-10;
constexpr double kRidge = 1e-12;  // keeps the Hessian invertible when all scores are equal
constexpr double kGradient = 1e-10;

// Rows with Platt's targets instead of 0 and 1, weights of mean 1.
std::vector<ScoredRow> smoothed(std::span<const ScoredRow> rows) {
  double weight = 0, of_class = 0;
  for (const ScoredRow& row : rows) {
    weight += row.weight;
    of_class += row.weight * row.target;
  }
  const double scale = static_cast<double>(rows.size()) / weight;
  const double n1 = scale * of_class, n0 = scale * (weight - of_class);
  std::vector<ScoredRow> result(rows.begin(), rows.end());
  for (ScoredRow& row : result) {
    row.target = row.target > 0 ? (n1 + 1) / (n1 + 2) : 1 / (n0 + 2);
    row.weight *= scale;
  }
  return result;
}

// sum w (log(1 + e^z) - t z), z = slope x + offset
double cross_entropy(const SigmoidCurve& curve, std::span<const ScoredRow> rows) noexcept {
  double sum = 0;
  for (const ScoredRow& row : rows) {
    const double z = curve.slope * row.score + curve.offset;
    sum += row.weight * (std::log1p(std::exp(-std::abs(z))) + std::max(z, 0.0) - row.target * z);
  }
  return sum;
}

// First and second derivatives of the cross-entropy by slope (s) and offset (o).
struct Derivatives {
  double s = 0, o = 0, ss = kRidge, so = 0, oo = kRidge;
};

Derivatives derivatives(const SigmoidCurve& curve, std::span<const ScoredRow> rows) noexcept {
  Derivatives d;
  for (const ScoredRow& row : rows) {
    const double p = curve.at(row.score), x = row.score;
    const double first = row.weight * (p - row.target), second = row.weight * p * (1 - p);
    d.s += first * x;
    d.o += first;
    d.ss += second * x * x;
    d.so += second * x;
    d.oo += second;
  }
  return d;
}

// One Newton step, halved until it helps enough (Armijo). False when none does.
bool descend(SigmoidCurve& curve, const Derivatives& d, std::span<const ScoredRow> rows) {
  const double determinant = d.ss * d.oo - d.so * d.so;
  const double slope = -(d.oo * d.s - d.so * d.o) / determinant, offset = -(d.ss * d.o - d.so * d.s) / determinant;
  const double decrease = d.s * slope + d.o * offset, before = cross_entropy(curve, rows);
  for (double step = 1; step >= kSmallestStep; step /= 2) {
    const SigmoidCurve next{curve.slope + step * slope, curve.offset + step * offset};
    if (!(cross_entropy(next, rows) < before + 1e-4 * step * decrease)) continue;
    curve = next;
    return true;
  }
  return false;
}

// Neighbouring rows that share one probability.
struct Pool {
  double first, last;  // scores
  double weight, share;

  void merge(const Pool& next) noexcept {
    last = next.last;
    weight += next.weight;
    share += (next.share - share) * (next.weight / weight);
  }
};

}  // namespace

double SigmoidCurve::at(double score) const noexcept {
  const double z = slope * score + offset, e = std::exp(-std::abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}

SigmoidCurve fit_sigmoid(std::span<const ScoredRow> rows) {
  JURY_EXPECTS(!rows.empty());
  const std::vector<ScoredRow> targets = smoothed(rows);
  double n1 = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) n1 += targets[i].weight * rows[i].target;
  const double n0 = static_cast<double>(rows.size()) - n1;
  SigmoidCurve curve{.slope = 0, .offset = std::log((n1 + 1) / (n0 + 1))};
  for (int step = 0; step < kNewtonSteps; ++step) {
    const Derivatives d = derivatives(curve, targets);
    if (std::max(std::abs(d.s), std::abs(d.o)) < kGradient * static_cast<double>(rows.size())) break;
    if (!descend(curve, d, targets)) break;
  }
  return curve;
}

double IsotonicCurve::at(double score) const noexcept {
  if (score <= scores.front()) return probabilities.front();
  if (score >= scores.back()) return probabilities.back();
  const auto above = static_cast<std::size_t>(std::ranges::upper_bound(scores, score) - scores.begin());
  const double along = (score - scores[above - 1]) / (scores[above] - scores[above - 1]);
  return probabilities[above - 1] + along * (probabilities[above] - probabilities[above - 1]);
}

IsotonicCurve fit_isotonic(std::vector<ScoredRow> rows) {
  JURY_EXPECTS(!rows.empty());
  std::ranges::stable_sort(rows, {}, &ScoredRow::score);
  std::vector<Pool> pools;
  for (const ScoredRow& row : rows) {
    const Pool own{row.score, row.score, row.weight, row.target};
    if (!pools.empty() && pools.back().first == row.score)
      pools.back().merge(own);
    else
      pools.push_back(own);
  }
  std::size_t count = 0;  // pools[0, count) never fall
  for (std::size_t i = 0; i < pools.size(); ++i) {
    Pool pool = pools[i];
    for (; count > 0 && pools[count - 1].share >= pool.share; --count) {
      Pool joined = pools[count - 1];
      joined.merge(pool);
      pool = joined;
    }
    pools[count++] = pool;
  }
  IsotonicCurve curve;
  for (std::size_t i = 0; i < count; ++i) {
    curve.scores.push_back(pools[i].first);
    curve.probabilities.push_back(pools[i].share);
    if (pools[i].last == pools[i].first) continue;
    curve.scores.push_back(pools[i].last);
    curve.probabilities.push_back(pools[i].share);
  }
  return curve;
}

void save(const SigmoidCurve& curve, ByteWriter& writer) { writer.add(curve.slope).add(curve.offset); }

void save(const IsotonicCurve& curve, ByteWriter& writer) { writer.add(curve.scores).add(curve.probabilities); }

SigmoidCurve load_sigmoid(ByteReader& reader) {
  SigmoidCurve curve{reader.read<double>(), reader.read<double>()};
  if (!std::isfinite(curve.slope) || !std::isfinite(curve.offset))
    throw DataError("sigmoid curve is damaged (its numbers are not finite)");
  return curve;
}

IsotonicCurve load_isotonic(ByteReader& reader) {
  IsotonicCurve curve{reader.vector<double>(), reader.vector<double>()};
  const auto& p = curve.probabilities;
  const bool ascends =
      std::ranges::adjacent_find(curve.scores, [](double a, double b) { return !(a < b); }) == curve.scores.end() &&
      std::ranges::adjacent_find(p, [](double a, double b) { return !(a <= b); }) == p.end();
  if (p.empty() || p.size() != curve.scores.size() || !ascends || !(p.front() >= 0 && p.back() <= 1))
    throw DataError("isotonic curve is damaged (its knots do not ascend)");
  return curve;
}

}  // namespace jury
