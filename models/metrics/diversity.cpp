// Measures of right and wrong. Those of values are in error_diversity.cpp.
#include "models/metrics/diversity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// One bit per member and row.
class BitMatrix {
 public:
  BitMatrix(std::size_t members, std::size_t rows) : words_((rows + 63) / 64), bits_(members * words_) {}
  void clear() { std::ranges::fill(bits_, 0U); }
  void set(std::size_t member, std::size_t row) { bits_[member * words_ + row / 64] |= std::uint64_t{1} << (row % 64); }
  std::span<const std::uint64_t> of(std::size_t member) const {
    return std::span(bits_).subspan(member * words_, words_);
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

// Bits set in both. Sums of bytes, added up before a byte could overflow: plain loops that every compiler vectorises,
// where the instruction that counts bits may not be assumed.
double count_common(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  std::uint64_t total = 0;
  for (std::size_t first = 0; first < a.size(); first += 31) {  // 31 * 8 < 256
    const std::size_t last = std::min(a.size(), first + 31);
    std::uint64_t bytes = 0;
    for (std::size_t i = first; i < last; ++i) {
      std::uint64_t x = a[i] & b[i];
      x -= (x >> 1) & 0x5555555555555555U;
      x = (x & 0x3333333333333333U) + ((x >> 2) & 0x3333333333333333U);
      bytes += (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0FU;
    }
    const std::uint64_t pairs = (bytes & 0x00FF00FF00FF00FFU) + ((bytes >> 8) & 0x00FF00FF00FF00FFU);
    total += (pairs * 0x0001000100010001U) >> 48;
  }
  return static_cast<double>(total);
}

[[maybe_unused]] bool agrees(const MemberLabels& members) {
  const auto inside = [&](std::int32_t label, std::int32_t lowest) {
    return label >= lowest && label < static_cast<std::int32_t>(members.num_classes);
  };
  return members.labels.size() == members.num_members() * members.truth.size() &&
         std::ranges::all_of(members.truth, [&](std::int32_t label) { return inside(label, 0); }) &&
         std::ranges::all_of(members.labels, [&](std::int32_t label) { return inside(label, -1); });
}

// Marks (member, row) wherever test(label, row).
template <class Test>
void mark(BitMatrix& bits, const MemberLabels& members, Test&& test) {
  const std::size_t rows = members.truth.size();
  for (std::size_t i = 0; i < members.labels.size(); ++i)
    if (test(members.labels[i], i % rows)) bits.set(i / rows, i % rows);
}

// The marks of each member, and how many of them lie in the rows that another one predicted.
struct Marks {
  const BitMatrix& bits;
  const BitMatrix& present;
  std::vector<double> totals;
  std::vector<bool> complete;  // members that predicted every row

  Marks(const BitMatrix& marks, const BitMatrix& predicted, const MemberLabels& members)
      : bits(marks), present(predicted) {
    for (std::size_t m = 0; m < members.num_members(); ++m) {
      totals.push_back(count_common(bits.of(m), bits.of(m)));
      complete.push_back(count_common(present.of(m), present.of(m)) == static_cast<double>(members.truth.size()));
    }
  }
  double both(std::size_t i, std::size_t j) const { return count_common(bits.of(i), bits.of(j)); }
  double within(std::size_t i, std::size_t j) const {  // of i, in the rows of j
    return complete[j] || totals[i] == 0 ? totals[i] : count_common(bits.of(i), present.of(j));
  }
};

template <class Function>
void for_each_pair(std::size_t members, Function&& function) {
  for (std::size_t i = 0; i < members; ++i)
    for (std::size_t j = i; j < members; ++j) function(i, j);
}

// Sums over the classes of what a pair's contingency table is needed for: its diagonal and its margins.
void fill_kappa(PairwiseDiversity& result, const MemberLabels& members, const BitMatrix& present) {
  const std::size_t m = result.num_members;
  std::vector<double> agreement(m * m);  // n a
  std::vector<double> chance(m * m);     // n^2 e
  BitMatrix bits(m, members.truth.size());
  for (std::size_t c = 0; c < members.num_classes; ++c) {
    bits.clear();
    mark(bits, members, [&](std::int32_t label, std::size_t) { return label == static_cast<std::int32_t>(c); });
    const Marks marks(bits, present, members);
    for_each_pair(m, [&](std::size_t i, std::size_t j) {
      if (marks.totals[i] == 0 || marks.totals[j] == 0) return;
      agreement[i * m + j] += marks.both(i, j);
      chance[i * m + j] += marks.within(i, j) * marks.within(j, i);
    });
  }
  for_each_pair(m, [&](std::size_t i, std::size_t j) {
    const double n = result.rows[i * m + j];
    const double e = chance[i * m + j];
    // Whole numbers, so that 1 - e is 0 exactly where both always say the same class.
    result.kappa[i * m + j] = result.kappa[j * m + i] = (n * agreement[i * m + j] - e) / (n * n - e);
  });
}

}  // namespace

PairwiseDiversity pairwise_diversity(const MemberLabels& members) {
  JURY_EXPECTS(agrees(members));
  const std::size_t m = members.num_members();
  BitMatrix present(m, members.truth.size());
  BitMatrix right(m, members.truth.size());
  mark(present, members, [](std::int32_t label, std::size_t) { return label >= 0; });
  mark(right, members, [&](std::int32_t label, std::size_t row) { return label == members.truth[row]; });

  PairwiseDiversity result{.num_members = m,
                           .rows = std::vector<std::int32_t>(m * m),
                           .disagreement = {},
                           .double_fault = {},
                           .q = {},
                           .correlation = {},
                           .kappa = {},
                           .mean_error = {}};
  for (const auto matrix : {&PairwiseDiversity::disagreement, &PairwiseDiversity::double_fault, &PairwiseDiversity::q,
                            &PairwiseDiversity::correlation, &PairwiseDiversity::kappa, &PairwiseDiversity::mean_error})
    (result.*matrix).resize(m * m);

  const Marks seen(present, present, members);
  const Marks marks(right, present, members);
  for_each_pair(m, [&](std::size_t i, std::size_t j) {
    const double n = seen.within(i, j);
    const double first = marks.within(i, j);
    const double second = marks.within(j, i);
    const double n11 = marks.both(i, j);
    const double n10 = first - n11;
    const double n01 = second - n11;
    const double n00 = n - n11 - n10 - n01;
    const double excess = n11 * n00 - n10 * n01;
    const auto put = [&](std::vector<double>& matrix, double value) { matrix[i * m + j] = matrix[j * m + i] = value; };
    result.rows[i * m + j] = result.rows[j * m + i] = static_cast<std::int32_t>(n);
    put(result.disagreement, (n10 + n01) / n);
    put(result.double_fault, n00 / n);
    put(result.mean_error, (n10 + n01 + 2 * n00) / (2 * n));
    put(result.q, excess / (n11 * n00 + n10 * n01));
    put(result.correlation, excess / (std::sqrt(first * (n - first)) * std::sqrt(second * (n - second))));
  });
  fill_kappa(result, members, present);
  return result;
}

MeanDiversity mean_over_pairs(const PairwiseDiversity& pairs) noexcept {
  const auto mean = [&](const std::vector<double>& matrix) {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < pairs.num_members; ++i)
      for (std::size_t j = i + 1; j < pairs.num_members; ++j)
        if (const double value = matrix[i * pairs.num_members + j]; !std::isnan(value)) {
          sum += value;
          ++count;
        }
    return sum / count;  // NaN of nothing
  };
  return {mean(pairs.disagreement), mean(pairs.double_fault), mean(pairs.q),
          mean(pairs.correlation),  mean(pairs.kappa),        mean(pairs.mean_error)};
}

LabelCounts::LabelCounts(std::size_t num_classes, std::span<const std::int32_t> truth)
    : num_classes_(num_classes), truth_(truth), counts_(truth.size() * num_classes) {}

void LabelCounts::add(std::span<const std::int32_t> labels) {
  JURY_EXPECTS(labels.size() == truth_.size());
  for (std::size_t row = 0; row < labels.size(); ++row) {
    JURY_EXPECTS(labels[row] >= -1 && labels[row] < static_cast<std::int32_t>(num_classes_));
    if (labels[row] >= 0) ++counts_[row * num_classes_ + static_cast<std::size_t>(labels[row])];
  }
}

OverallDiversity LabelCounts::diversity() const {
  const std::size_t num_rows = truth_.size();
  OverallDiversity sums = {};
  double votes = 0, right_votes = 0, within = 0;  // within: sum l (L - l) / L
  double failures = 0, double_failures = 0, failing_rows = 0, mean_share = 0, spread = 0;
  for (std::size_t row = 0; row < num_rows; ++row) {
    const auto counts = std::span(counts_).subspan(row * num_classes_, num_classes_);
    const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));  // L
    if (all < 2) continue;
    const double right = counts[static_cast<std::size_t>(truth_[row])];  // l
    const double wrong = all - right;
    ++sums.rows;
    votes += all;
    right_votes += right;
    within += right * wrong / all;
    sums.entropy += std::min(right, wrong) / std::floor(all / 2);
    for (const double count : counts)
      if (count > 0) sums.label_entropy -= count / all * std::log(count / all);
    sums.kohavi_wolpert += right * wrong / (all * all);
    failures += wrong / all;
    double_failures += wrong * (wrong - 1) / (all * (all - 1));
    if (wrong > 0) {
      ++failing_rows;
      sums.coincident_failure += right / (all - 1);
    }
    const double delta = right / all - mean_share;
    mean_share += delta / static_cast<double>(sums.rows);
    spread += delta * (right / all - mean_share);
  }
  const auto rows = static_cast<double>(sums.rows);
  const double p = right_votes / votes;
  return {.rows = sums.rows,
          .mean_accuracy = p,
          .entropy = sums.entropy / rows,
          .label_entropy = sums.label_entropy / rows,
          .kohavi_wolpert = sums.kohavi_wolpert / rows,
          .interrater_kappa = 1 - within / ((votes - rows) * p * (1 - p)),
          .generalised_diversity = 1 - double_failures / failures,
          .coincident_failure = failing_rows > 0 ? sums.coincident_failure / failing_rows
                                : sums.rows > 0  ? 0.0
                                                 : kNaN,
          .difficulty = spread / rows};
}

OverallDiversity overall_diversity(const MemberLabels& members) {
  JURY_EXPECTS(agrees(members));
  LabelCounts counts(members.num_classes, members.truth);
  const std::size_t num_rows = members.truth.size();
  for (std::size_t m = 0; m < members.num_members(); ++m) counts.add(members.labels.subspan(m * num_rows, num_rows));
  return counts.diversity();
}

}  // namespace jury
