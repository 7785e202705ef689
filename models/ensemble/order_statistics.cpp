#include "models/ensemble/order_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "models/ensemble/combine.hpp"
#include "models/ensemble/weighted_combination.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// What one member says of one output of one row.
struct Said {
  double value;
  double weight;
};

bool is_lower(const Said& a, const Said& b) noexcept { return a.value < b.value; }

// The middle of what was said, which is reordered; the mean of the middle two of an even number.
double median_of(std::vector<Said>& said) {
  const auto middle = said.begin() + static_cast<std::ptrdiff_t>(said.size() / 2);
  std::nth_element(said.begin(), middle, said.end(), is_lower);
  if (said.size() % 2 == 1) return middle->value;
  return 0.5 * (std::max_element(said.begin(), middle, is_lower)->value + middle->value);
}

double trimmed_mean_of(std::vector<Said>& said, double trim) {
  // A hair more, because trim * n may fall a rounding short of a whole number.
  const auto wanted = static_cast<std::size_t>(trim * static_cast<double>(said.size()) + 1e-9);
  const std::size_t cut = std::min(wanted, (said.size() - 1) / 2);
  std::ranges::sort(said, is_lower);
  double sum = 0;
  for (std::size_t i = cut; i < said.size() - cut; ++i) sum += said[i].value;
  return sum / static_cast<double>(said.size() - 2 * cut);
}

double weighted_median_of(std::vector<Said>& said) {
  std::ranges::stable_sort(said, is_lower);  // equal predictions stay in member order: the sums have one order
  double total = 0;
  for (const Said& one : said) total += one.weight;
  double below = 0;
  for (const Said& one : said)
    if ((below += one.weight) >= 0.5 * total) return one.value;
  return said.back().value;
}

// Divides a row's classes by their sum; they are equal when there is nothing to divide.
struct Members {
  const CombinationShape& shape;
  Predictions predictions;
  std::span<const double> weights = {};  // empty: each weighs 1

  std::size_t cells() const { return shape.num_rows * shape.width(); }
  std::size_t count() const { return predictions.size() / cells(); }
  double weight(std::size_t member, std::size_t row) const {
    if (weights.empty()) return 1.0;
    return weights.size() == count() ? weights[member] : weights[member * shape.num_rows + row];
  }
  std::vector<double> weights_of(std::size_t member) const {
    std::vector<double> all;
    for (std::size_t r = 0; r < shape.num_rows; ++r) all.push_back(weight(member, r));
    return all;
  }
  Predictions row(std::size_t member, std::size_t row) const {
    return predictions.subspan(member * cells() + row * shape.width(), shape.width());
  }
};

// The variances of the mixture of all members, in their places in `result`.
void fill_variances(const Members& members, std::vector<float>& result) {
  WeightedCombination mixture(members.shape);
  for (std::size_t m = 0; m < members.count(); ++m)
    mixture.add(members.predictions.subspan(m * members.cells(), members.cells()), members.weights_of(m));
  const std::vector<float> mean = mixture.mean();
  for (std::size_t i = 0; i < result.size(); ++i)
    if (i % members.shape.width() >= members.shape.num_outputs) result[i] = mean[i];
}

// middle_of(what the members that predicted a row say of an output), for every row and output.
template <class MiddleOf>
std::vector<float> combined(const Members& members, MiddleOf&& middle_of) {
  const CombinationShape& shape = members.shape;
  if (members.cells() == 0) return {};
  JURY_EXPECTS(members.predictions.size() % members.cells() == 0);
  std::vector<float> result(members.cells(), kFloatNaN);
  std::vector<std::size_t> present;
  std::vector<Said> said;
  std::vector<double> middle(shape.num_outputs);
  for (std::size_t row = 0; row < shape.num_rows; ++row) {
    present.clear();
    for (std::size_t m = 0; m < members.count(); ++m)
      if (takes_part(members.weight(m, row)) && is_predicted(members.row(m, row))) present.push_back(m);
    if (present.empty()) continue;
    for (std::size_t k = 0; k < shape.num_outputs; ++k) {
      said.clear();
      for (const std::size_t m : present)
        said.push_back({static_cast<double>(members.row(m, row)[k]), members.weight(m, row)});
      middle[k] = middle_of(said);
    }
    if (shape.outcome == Outcome::classes) normalise(middle);
    for (std::size_t k = 0; k < shape.num_outputs; ++k) result[row * shape.width() + k] = static_cast<float>(middle[k]);
  }
  if (shape.width() > shape.num_outputs) fill_variances(members, result);
  return result;
}

}  // namespace

std::vector<float> median(const CombinationShape& shape, Predictions members) {
  return combined({.shape = shape, .predictions = members}, median_of);
}

std::vector<float> trimmed_mean(const CombinationShape& shape, Predictions members, double trim) {
  JURY_EXPECTS(trim >= 0 && trim < 0.5);
  return combined({.shape = shape, .predictions = members},
                  [&](std::vector<Said>& said) { return trimmed_mean_of(said, trim); });
}

std::vector<float> weighted_median(const CombinationShape& shape, Predictions members,
                                   std::span<const double> weights) {
  JURY_EXPECTS(shape.outcome == Outcome::values);
  JURY_EXPECTS(weights.size() * shape.num_rows * shape.width() == members.size() ||
               weights.size() * shape.width() == members.size());
  return combined({.shape = shape, .predictions = members, .weights = weights}, weighted_median_of);
}

}  // namespace jury
