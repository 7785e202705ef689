// Scores of the most probable classes: of counts of what is true and what was said.
#include <cmath>
#include <vector>

#include "models/metrics/score_functions.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// Weights of rows, for each class: where it is true, where it was said, and where both.
struct ClassCounts {
  std::vector<double> truth, said, both;
  double total = 0;  // sum of `truth`, in the order of the classes: with one class alone its very number
  double wrong = 0;
};

ClassCounts counts_of(const Truth& truth, Predictions probabilities) {
  const std::vector<double> none(truth.num_outputs);
  ClassCounts counts{.truth = none, .said = none, .both = none};
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions p = row_of(probabilities, row, truth.num_outputs);
    if (!is_predicted(p)) continue;
    const auto label = static_cast<std::size_t>(truth.labels[row]), said = static_cast<std::size_t>(predicted_label(p));
    const double weight = truth.weight(row);
    counts.truth[label] += weight;
    counts.said[said] += weight;
    (label == said ? counts.both[label] : counts.wrong) += weight;
  }
  for (const double weight : counts.truth) counts.total += weight;
  return counts;
}

double ratio_or_zero(double a, double b) noexcept { return b > 0 ? a / b : 0; }

double measure(Found what, double truth, double said, double both) noexcept {
  if (what == Found::precision) return ratio_or_zero(both, said);
  return what == Found::recall ? ratio_or_zero(both, truth) : ratio_or_zero(2 * both, truth + said);
}

// Of all classes together; the classes' sums are those of `total` where every row has one class.
double micro(Found what, const ClassCounts& counts) noexcept {
  double both = 0, said = 0;
  for (const double weight : counts.both) both += weight;
  for (const double weight : counts.said) said += weight;
  return measure(what, counts.total, said, both);
}

}  // namespace

double found(const Truth& truth, Predictions probabilities, Found what, Average average) {
  const ClassCounts counts = counts_of(truth, probabilities);
  if (counts.total <= 0) return kNaN;
  if (average == Average::positive) return measure(what, counts.truth[1], counts.said[1], counts.both[1]);
  if (average == Average::micro) return micro(what, counts);
  double sum = 0, weights = 0;
  for (std::size_t c = 0; c < truth.num_outputs; ++c) {
    if (counts.truth[c] <= 0 && counts.said[c] <= 0) continue;
    const double weight = average == Average::macro ? 1.0 : counts.truth[c];
    sum += weight * measure(what, counts.truth[c], counts.said[c], counts.both[c]);
    weights += weight;
  }
  return sum / weights;
}

double matthews_correlation(const Truth& truth, Predictions probabilities) {
  const ClassCounts counts = counts_of(truth, probabilities);
  if (counts.total <= 0) return kNaN;
  double said = 0;
  for (const double weight : counts.said) said += weight;
  // Alike for all three, so that it is 1 without rounding where every label is right.
  double common = 0, of_truth = 0, of_said = 0;
  for (std::size_t c = 0; c < truth.num_outputs; ++c) {
    common += counts.both[c] * counts.total - counts.truth[c] * counts.said[c];
    of_truth += counts.truth[c] * counts.total - counts.truth[c] * counts.truth[c];
    of_said += counts.said[c] * said - counts.said[c] * counts.said[c];
  }
  return of_truth > 0 && of_said > 0 ? common / std::sqrt(of_truth * of_said) : 0;
}

double cohen_kappa(const Truth& truth, Predictions probabilities) {
  const ClassCounts counts = counts_of(truth, probabilities);
  double said = 0;
  for (const double weight : counts.said) said += weight;
  double by_chance = 0;
  for (std::size_t c = 0; c < truth.num_outputs; ++c) by_chance += counts.truth[c] * (said - counts.said[c]);
  return by_chance > 0 ? 1 - counts.wrong * counts.total / by_chance : kNaN;
}

}  // namespace jury
