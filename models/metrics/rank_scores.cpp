// Scores of an order: how well larger numbers go with what is looked for.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "models/metrics/score_functions.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

struct Case {
  float score;
  double weight;
  bool positive;
};

// Rows that were predicted and weigh something, in their order.
std::vector<std::size_t> scored_rows(const Truth& truth, Predictions predictions) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < truth.num_rows(); ++row)
    if (truth.weight(row) > 0 && is_predicted(row_of(predictions, row, truth.width()))) rows.push_back(row);
  return rows;
}

// Rows by their probability of a class, and whether it is theirs.
std::vector<Case> cases_of(const Truth& truth, Predictions probabilities, const std::vector<std::size_t>& rows,
                           std::size_t c) {
  std::vector<Case> cases;
  cases.reserve(rows.size());
  for (const std::size_t row : rows)
    cases.push_back({probabilities[row * truth.num_outputs + c], truth.weight(row),
                     static_cast<std::size_t>(truth.labels[row]) == c});
  return cases;
}

// Weights of a run of equal scores, from the largest score down.
struct Tie {
  double positive = 0, negative = 0;
};

std::vector<Tie> ties_of(std::vector<Case> cases) {
  std::ranges::stable_sort(cases, [](const Case& a, const Case& b) { return a.score > b.score; });
  std::vector<Tie> ties;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (i == 0 || cases[i].score < cases[i - 1].score) ties.emplace_back();
    (cases[i].positive ? ties.back().positive : ties.back().negative) += cases[i].weight;
  }
  return ties;
}

double area_under_roc(std::vector<Case> cases) {
  double area = 0, positive = 0, negative = 0;
  for (const Tie& tie : ties_of(std::move(cases))) {
    area += tie.negative * (positive + 0.5 * tie.positive);
    positive += tie.positive;
    negative += tie.negative;
  }
  return positive > 0 && negative > 0 ? area / positive / negative : kNaN;
}

double mean_precision(std::vector<Case> cases) {
  double sum = 0, positive = 0, said = 0;
  for (const Tie& tie : ties_of(std::move(cases))) {
    positive += tie.positive;
    said += tie.positive + tie.negative;
    sum += tie.positive * (positive / said);
  }
  return positive > 0 ? sum / positive : kNaN;
}

// Mean over classes of a measure of each against the rest; those where it is NaN are left out.
template <class Measure>
double mean_over_classes(const Truth& truth, Predictions probabilities, Measure&& measure) {
  const std::vector<std::size_t> rows = scored_rows(truth, probabilities);
  double sum = 0;
  int count = 0;
  for (std::size_t c = 0; c < truth.num_outputs; ++c) {
    const double value = measure(cases_of(truth, probabilities, rows, c));
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / count : kNaN;
}

// Middle ranks, a row of weight w counting as w rows.
template <class Number>
std::vector<double> ranks_of(const std::vector<Number>& values, const std::vector<double>& weights) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  double before = 0;
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    double tied = 0;
    for (; last < order.size() && values[order[last]] == values[order[first]]; ++last) tied += weights[order[last]];
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = before + 0.5 * tied;
    before += tied;
  }
  return ranks;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b, const std::vector<double>& weights) {
  double total = 0, mean_a = 0, mean_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    total += weights[i];
    mean_a += (a[i] - mean_a) * (weights[i] / total);
    mean_b += (b[i] - mean_b) * (weights[i] / total);
  }
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += weights[i] * (a[i] - mean_a) * (a[i] - mean_a);
    bb += weights[i] * (b[i] - mean_b) * (b[i] - mean_b);
    ab += weights[i] * (a[i] - mean_a) * (b[i] - mean_b);
  }
  return std::clamp(ab / std::sqrt(aa) / std::sqrt(bb), -1.0, 1.0);
}

}  // namespace

double roc_auc(const Truth& truth, Predictions probabilities) {
  return area_under_roc(cases_of(truth, probabilities, scored_rows(truth, probabilities), 1));
}

double roc_auc_one_vs_rest(const Truth& truth, Predictions probabilities) {
  return mean_over_classes(truth, probabilities, area_under_roc);
}

double roc_auc_one_vs_one(const Truth& truth, Predictions probabilities) {
  std::vector<std::vector<std::size_t>> of_class(truth.num_outputs);
  for (const std::size_t row : scored_rows(truth, probabilities))
    of_class[static_cast<std::size_t>(truth.labels[row])].push_back(row);
  double sum = 0;
  int pairs = 0;
  for (std::size_t a = 0; a < of_class.size(); ++a) {
    for (std::size_t b = a + 1; b < of_class.size(); ++b) {
      if (of_class[a].empty() || of_class[b].empty()) continue;
      std::vector<std::size_t> rows = of_class[a];
      rows.insert(rows.end(), of_class[b].begin(), of_class[b].end());
      sum += 0.5 * (area_under_roc(cases_of(truth, probabilities, rows, a)) +
                    area_under_roc(cases_of(truth, probabilities, rows, b)));
      ++pairs;
    }
  }
  return pairs > 0 ? sum / pairs : kNaN;
}

double average_precision(const Truth& truth, Predictions probabilities) {
  if (truth.num_outputs != 2) return mean_over_classes(truth, probabilities, mean_precision);
  return mean_precision(cases_of(truth, probabilities, scored_rows(truth, probabilities), 1));
}

double spearman(const Truth& truth, Predictions values) {
  const std::vector<std::size_t> rows = scored_rows(truth, values);
  std::vector<double> weights;
  for (const std::size_t row : rows) weights.push_back(truth.weight(row));
  double sum = 0;
  for (std::size_t k = 0; k < truth.num_outputs; ++k) {
    std::vector<double> y;
    std::vector<float> f;
    for (const std::size_t row : rows) {
      y.push_back(truth.values[row * truth.num_outputs + k]);
      f.push_back(values[row * truth.width() + k]);
    }
    const std::vector<double> of_y = ranks_of(y, weights), of_f = ranks_of(f, weights);
    sum += correlation(of_y, of_f, weights);
  }
  return sum / static_cast<double>(truth.num_outputs);
}

}  // namespace jury
