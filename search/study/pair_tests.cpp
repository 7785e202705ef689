#include "search/study/pair_tests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace jury {
namespace {

struct TestWords {
  std::string_view test, words;
};
constexpr TestWords kWords[] = {{"corrected_t", "corrected t test"},
                                {"5x2cv_f", "5x2cv F test"},
                                {"mcnemar", "McNemar's test"},
                                {"wilcoxon", "Wilcoxon's signed ranks"},
                                {"nemenyi", "Nemenyi's test"}};

std::string_view words_of(std::string_view test) { return std::ranges::find(kWords, test, &TestWords::test)->words; }

}  // namespace

int favoured(double difference, Direction direction) noexcept {
  const double gain = direction == Direction::maximize ? difference : -difference;
  return gain > 0 ? 1 : gain < 0 ? -1 : 0;
}

PairTest to_pair_test(const CorrectedTTest& test, Direction direction) {
  return {.test = "corrected_t",
          .over = {},
          .count = test.count,
          .difference = test.mean_difference,
          .low = test.interval.low,
          .high = test.interval.high,
          .statistic = test.statistic,
          .p = test.p_value,
          .effect = test.effect_size,
          .effect_name = "cohen_d",
          .favours = favoured(test.mean_difference, direction)};
}

PairTest to_pair_test(const FiveByTwoTest& test, Direction direction) {
  return {.test = "5x2cv_f",
          .over = {},
          .count = 10,
          .difference = test.mean_difference,
          .statistic = test.statistic,
          .p = test.p_value,
          .effect = test.effect_size,
          .effect_name = "cohen_d",
          .favours = favoured(test.mean_difference, direction)};
}

PairTest to_pair_test(const McNemarTest& test, std::size_t num_rows) {
  const double difference =
      (static_cast<double>(test.first_only) - static_cast<double>(test.second_only)) / static_cast<double>(num_rows);
  return {.test = "mcnemar",
          .over = {},
          .count = num_rows,
          .difference = difference,
          .statistic = test.statistic,
          .p = test.p_value,
          .effect = test.odds_ratio,
          .effect_name = "odds_ratio",
          .favours = favoured(difference, Direction::maximize)};
}

PairTest to_pair_test(const WilcoxonTest& test, Direction direction) {
  return {.test = "wilcoxon",
          .over = {},
          .count = test.count,
          .statistic = test.statistic,
          .p = test.p_value,
          .effect = test.effect_size,
          .effect_name = "rank_biserial",
          .favours = favoured(test.effect_size, direction)};
}

void correct_for_pairs(std::span<PairComparison> pairs) {
  std::map<std::string, std::vector<PairTest*>> kinds;
  for (PairComparison& pair : pairs)
    for (PairTest& test : pair.tests) kinds[test.test].push_back(&test);
  for (auto& [kind, tests] : kinds) {
    std::vector<double> p;
    for (const PairTest* test : tests) p.push_back(test->p);
    if (kind != "nemenyi") p = holm_adjusted(p);
    for (std::size_t i = 0; i < p.size(); ++i) tests[i]->p_holm = p[i];
  }
}

std::string verdict_of(const PairComparison& pair, const VerdictOptions& options) {
  const std::string &first = options.labels[pair.first], &second = options.labels[pair.second];
  const auto test = std::ranges::find_if(pair.tests, [](const PairTest& one) { return !std::isnan(one.p); });
  if (test == pair.tests.end()) return fmt::format("{} and {} could not be tested", first, second);
  const std::string by =
      fmt::format("(p = {:.2g}, {} over {}{})", test->p_holm, words_of(test->test), test->over, test->scope);
  if (test->p_holm > options.alpha || test->favours == 0)
    return fmt::format("no difference shown between {} and {} {}", first, second, by);
  // McNemar's rows count right and wrong, whatever the metric; signed ranks may disagree with a mean.
  const std::string amount = std::isnan(test->difference)
                                 ? ""
                                 : fmt::format(" by {:.4g} of {}", std::abs(test->difference),
                                               test->test == "mcnemar" ? "accuracy" : options.metric);
  return fmt::format("{} is better than {}{} {}", test->favours > 0 ? first : second,
                     test->favours > 0 ? second : first, amount, by);
}

}  // namespace jury
