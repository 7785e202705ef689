#include "models/metrics/diversity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Both sides NaN, or near.
void expect_same(double a, double b, const char* what, double tolerance = 1e-12) {
  if (std::isnan(b)) {
    EXPECT_TRUE(std::isnan(a)) << what << " is " << a;
  } else {
    EXPECT_NEAR(a, b, tolerance) << what;
  }
}

struct Jury {
  std::size_t classes;
  std::vector<std::int32_t> truth;
  std::vector<std::int32_t> labels;

  MemberLabels members() const { return {.num_classes = classes, .truth = truth, .labels = labels}; }
};

// Members of several skills; each misses a row with the chance given.
Jury random_jury(std::size_t members, std::size_t rows, std::size_t classes, double missing) {
  Rng rng(members * 1000 + rows * 10 + classes);
  Jury jury{.classes = classes, .truth = {}, .labels = {}};
  for (std::size_t row = 0; row < rows; ++row) jury.truth.push_back(static_cast<std::int32_t>(rng.below(classes)));
  for (std::size_t m = 0; m < members; ++m) {
    const double skill = rng.uniform();
    for (std::size_t row = 0; row < rows; ++row) {
      const auto guess = static_cast<std::int32_t>(rng.below(classes));
      const std::int32_t label = rng.uniform() < skill ? jury.truth[row] : guess;
      jury.labels.push_back(rng.uniform() < missing ? -1 : label);
    }
  }
  return jury;
}

// A second look at a pair: through its contingency tables, row by row.
void expect_pair(const Jury& jury, const PairwiseDiversity& all, std::size_t i, std::size_t j) {
  const std::size_t rows = jury.truth.size(), k = jury.classes;
  std::vector<double> table(k * k);
  double n = 0, right[2][2] = {};
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int32_t a = jury.labels[i * rows + row], b = jury.labels[j * rows + row];
    if (a < 0 || b < 0) continue;
    ++n;
    ++right[a == jury.truth[row]][b == jury.truth[row]];
    ++table[static_cast<std::size_t>(a) * k + static_cast<std::size_t>(b)];
  }
  double agreement = 0, chance = 0;
  for (std::size_t c = 0; c < k; ++c) {
    double first = 0, second = 0;
    for (std::size_t d = 0; d < k; ++d) {
      first += table[c * k + d];
      second += table[d * k + c];
    }
    agreement += table[c * k + c] / n;
    chance += first / n * second / n;
  }
  const double ad = right[1][1] * right[0][0], bc = right[1][0] * right[0][1];
  const double product = (right[1][1] + right[1][0]) * (right[0][1] + right[0][0]) * (right[1][1] + right[0][1]) *
                         (right[1][0] + right[0][0]);
  for (const std::size_t at : {i * all.num_members + j, j * all.num_members + i}) {
    EXPECT_EQ(all.rows[at], static_cast<std::int32_t>(n));
    expect_same(all.disagreement[at], (right[1][0] + right[0][1]) / n, "disagreement");
    expect_same(all.double_fault[at], right[0][0] / n, "double fault");
    expect_same(all.q[at], (ad - bc) / (ad + bc), "q");
    expect_same(all.correlation[at], (ad - bc) / std::sqrt(product), "correlation");
    if (std::abs(1 - chance) > 1e-12) expect_same(all.kappa[at], (agreement - chance) / (1 - chance), "kappa");
    expect_same(all.mean_error[at], ((right[1][0] + right[0][1]) / 2 + right[0][0]) / n, "mean error");
  }
}

TEST(PairwiseDiversity, IsThatOfTheContingencyTables) {
  for (const std::size_t rows : {1U, 2U, 63U, 64U, 65U, 2100U})  // around a word, and more words than a block has
    for (const std::size_t classes : {2U, 3U, 12U})
      for (const double missing : {0.0, 0.4, 1.0}) {
        const Jury jury = random_jury(5, rows, classes, missing);
        const PairwiseDiversity all = pairwise_diversity(jury.members());
        ASSERT_EQ(all.num_members, 5U);
        for (std::size_t i = 0; i < 5; ++i)
          for (std::size_t j = i; j < 5; ++j) {
            SCOPED_TRACE(testing::Message() << rows << " rows, " << classes << " classes, missing " << missing);
            expect_pair(jury, all, i, j);
          }
      }
}

// Right are both 4 times, only the first 2, only the second 1, neither 3. Two classes and truth 0: kappa has agreement
// 0.7 and chance 0.6 * 0.5 + 0.4 * 0.5.
TEST(PairwiseDiversity, KnownAnswer) {
  const Jury jury{.classes = 2, .truth = std::vector<std::int32_t>(10), .labels = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
                                                                                   0, 0, 0, 0, 1, 1, 0, 1, 1, 1}};
  const PairwiseDiversity all = pairwise_diversity(jury.members());
  EXPECT_DOUBLE_EQ(all.disagreement[1], 0.3);
  EXPECT_DOUBLE_EQ(all.double_fault[1], 0.3);
  EXPECT_DOUBLE_EQ(all.q[1], 10.0 / 14);
  EXPECT_DOUBLE_EQ(all.correlation[1], 10 / std::sqrt(600.0));
  EXPECT_DOUBLE_EQ(all.kappa[1], 0.4);
  EXPECT_DOUBLE_EQ(all.mean_error[1], 0.45);
  EXPECT_EQ(all.rows[1], 10);
  const MeanDiversity mean = mean_over_pairs(all);
  EXPECT_EQ(mean.kappa, all.kappa[1]);
  EXPECT_EQ(mean.double_fault, all.double_fault[1]);
}

// Table [[2, 1, 0], [0, 2, 1], [1, 0, 3]]: agreement 7 / 10, chance (3 * 3 + 3 * 3 + 4 * 4) / 100.
TEST(PairwiseDiversity, KappaOfThreeClassesIsOfTheLabelsNotOfTheTruth) {
  Jury jury{.classes = 3, .truth = {0, 0, 0, 1, 1, 1, 2, 2, 2, 2}, .labels = {0, 0, 0, 1, 1, 1, 2, 2, 2, 2,
                                                                              0, 0, 1, 1, 1, 2, 0, 2, 2, 2}};
  EXPECT_DOUBLE_EQ(pairwise_diversity(jury.members()).kappa[1], (0.7 - 0.34) / 0.66);
  std::ranges::fill(jury.truth, 1);
  EXPECT_DOUBLE_EQ(pairwise_diversity(jury.members()).kappa[1], (0.7 - 0.34) / 0.66);
}

TEST(PairwiseDiversity, OfAMemberAndItselfIsNone) {
  const PairwiseDiversity all = pairwise_diversity(random_jury(3, 200, 4, 0.3).members());
  for (const std::size_t at : {0U, 4U, 8U}) {
    EXPECT_EQ(all.disagreement[at], 0);
    EXPECT_EQ(all.q[at], 1);
    EXPECT_NEAR(all.correlation[at], 1, 1e-14);
    EXPECT_EQ(all.kappa[at], 1);
    EXPECT_EQ(all.double_fault[at], all.mean_error[at]);
  }
}

TEST(PairwiseDiversity, WhatIsZeroOverZeroIsNaN) {
  const Jury jury{.classes = 2, .truth = {0, 0, 0}, .labels = {0, 0, 0, 0, 0, 0, -1, -1, -1}};
  const PairwiseDiversity all = pairwise_diversity(jury.members());
  EXPECT_EQ(all.disagreement[1], 0);
  EXPECT_TRUE(std::isnan(all.q[1]) && std::isnan(all.correlation[1]) && std::isnan(all.kappa[1]));
  EXPECT_EQ(all.rows[2], 0);
  EXPECT_TRUE(std::isnan(all.disagreement[2]) && std::isnan(all.kappa[2]) && std::isnan(all.mean_error[2]));
  EXPECT_EQ(mean_over_pairs(all).disagreement, 0);
  EXPECT_EQ(pairwise_diversity({.num_classes = 2}).num_members, 0U);
  EXPECT_TRUE(std::isnan(mean_over_pairs(pairwise_diversity({.num_classes = 2})).q));
}

// Of three members 3, 2, 1 and 0 are right.
TEST(OverallDiversity, KnownAnswer) {
  const Jury jury{.classes = 2, .truth = std::vector<std::int32_t>(4), .labels = {0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1}};
  const OverallDiversity all = overall_diversity(jury.members());
  EXPECT_EQ(all.rows, 4U);
  EXPECT_DOUBLE_EQ(all.mean_accuracy, 0.5);
  EXPECT_DOUBLE_EQ(all.entropy, 0.5);
  EXPECT_DOUBLE_EQ(all.label_entropy, (std::log(3.0) / 3 + 2 * std::log(1.5) / 3) / 2);
  EXPECT_DOUBLE_EQ(all.kohavi_wolpert, 1.0 / 9);
  EXPECT_DOUBLE_EQ(all.interrater_kappa, 1.0 / 3);
  EXPECT_DOUBLE_EQ(all.generalised_diversity, 1.0 / 3);  // p(1) = 1/2, p(2) = (1/3 + 1) / 4
  EXPECT_DOUBLE_EQ(all.coincident_failure, 0.5);         // (1 * 1/4 + 1/2 * 1/4) / (1 - 1/4)
  EXPECT_DOUBLE_EQ(all.difficulty, 1.25 / 9);
}

// The relations of Kuncheva and Whitaker 2003.
TEST(OverallDiversity, FollowsFromTheMeanDisagreement) {
  for (const std::size_t members : {2U, 3U, 10U, 25U})
    for (const std::size_t classes : {2U, 5U}) {
      const Jury jury = random_jury(members, 301, classes, 0);
      const double disagreement = mean_over_pairs(pairwise_diversity(jury.members())).disagreement;
      const OverallDiversity all = overall_diversity(jury.members());
      const auto size = static_cast<double>(members);
      EXPECT_NEAR(all.kohavi_wolpert, (size - 1) / (2 * size) * disagreement, 1e-13);
      const double p = all.mean_accuracy;
      EXPECT_NEAR(all.interrater_kappa, 1 - disagreement / (2 * p * (1 - p)), 1e-12);
      EXPECT_NEAR(all.kohavi_wolpert, p * (1 - p) - all.difficulty, 1e-13);  // the law of total variance
    }
}

TEST(OverallDiversity, LeavesOutRowsThatFewerThanTwoPredicted) {
  Jury jury = random_jury(4, 50, 3, 0);
  const OverallDiversity plain = overall_diversity(jury.members());
  Jury more{.classes = 3, .truth = jury.truth, .labels = {}};
  more.truth.insert(more.truth.end(), {0, 1});
  for (std::size_t m = 0; m < 4; ++m) {
    const auto begin = jury.labels.begin() + static_cast<std::ptrdiff_t>(m * 50);
    more.labels.insert(more.labels.end(), begin, begin + 50);
    more.labels.insert(more.labels.end(), {-1, m == 2 ? 1 : -1});
  }
  const OverallDiversity all = overall_diversity(more.members());
  EXPECT_EQ(all.rows, 50U);
  EXPECT_EQ(all.mean_accuracy, plain.mean_accuracy);
  EXPECT_EQ(all.interrater_kappa, plain.interrater_kappa);
  EXPECT_EQ(all.difficulty, plain.difficulty);
}

// Row 0 by three members, two right; row 1 by two, one right.
TEST(OverallDiversity, OfRowsWithFewerMembersCountsThose) {
  const Jury jury{.classes = 2, .truth = {0, 0}, .labels = {0, 0, 0, 1, 1, -1}};
  const OverallDiversity all = overall_diversity(jury.members());
  EXPECT_DOUBLE_EQ(all.mean_accuracy, 0.6);
  EXPECT_DOUBLE_EQ(all.entropy, 1);
  EXPECT_DOUBLE_EQ(all.kohavi_wolpert, (2.0 / 9 + 1.0 / 4) / 2);
  EXPECT_DOUBLE_EQ(all.interrater_kappa, 1 - (2.0 / 3 + 1.0 / 2) / (2 * 1.5 * 0.24));
  EXPECT_DOUBLE_EQ(all.generalised_diversity, 1);
  EXPECT_DOUBLE_EQ(all.coincident_failure, 1);
}

TEST(OverallDiversity, OfMembersThatNeverFailAndOfNobody) {
  const Jury perfect{.classes = 2, .truth = {0, 1}, .labels = {0, 1, 0, 1}};
  const OverallDiversity all = overall_diversity(perfect.members());
  EXPECT_EQ(all.entropy, 0);
  EXPECT_EQ(all.coincident_failure, 0);
  EXPECT_TRUE(std::isnan(all.interrater_kappa) && std::isnan(all.generalised_diversity));
  const Jury alone{.classes = 2, .truth = {0, 1}, .labels = {0, 1}};
  EXPECT_EQ(overall_diversity(alone.members()).rows, 0U);
  EXPECT_TRUE(std::isnan(overall_diversity(alone.members()).entropy));
  EXPECT_TRUE(std::isnan(overall_diversity(alone.members()).coincident_failure));
}

struct ValueJury {
  std::size_t targets;
  std::vector<double> values;
  std::vector<float> weights;
  std::vector<float> members;

  Truth truth() const {
    return {.outcome = Outcome::values, .num_outputs = targets, .values = values, .weights = weights};
  }
};

ValueJury random_values(std::size_t members, std::size_t rows, std::size_t targets, double missing) {
  Rng rng(7);
  ValueJury jury{.targets = targets, .values = {}, .weights = {}, .members = {}};
  for (std::size_t i = 0; i < rows * targets; ++i) jury.values.push_back(100 + rng.normal());
  for (std::size_t i = 0; i < rows; ++i) jury.weights.push_back(static_cast<float>(rng.uniform()));
  for (std::size_t m = 0; m < members; ++m)
    for (std::size_t row = 0; row < rows; ++row) {
      const bool missed = rng.uniform() < missing;
      for (std::size_t k = 0; k < targets; ++k)
        jury.members.push_back(missed ? std::numeric_limits<float>::quiet_NaN()
                                      : static_cast<float>(100 + static_cast<double>(m) + 0.5 * rng.normal()));
    }
  return jury;
}

// A second look: two passes over the rows of the pair.
TEST(ErrorDiversity, IsThatOfTwoPasses) {
  for (const double missing : {0.0, 0.3}) {
    const std::size_t rows = 131, targets = 2, members = 4;
    const ValueJury jury = random_values(members, rows, targets, missing);
    const ErrorDiversity all = error_diversity(jury.truth(), jury.members);
    for (std::size_t i = 0; i < members; ++i)
      for (std::size_t j = 0; j < members; ++j) {
        double covariance = 0, correlation = 0;
        for (std::size_t k = 0; k < targets; ++k) {
          double total = 0, mean[2] = {}, moment[3] = {};
          for (const int pass : {0, 1})
            for (std::size_t row = 0; row < rows; ++row) {
              const double y = jury.values[row * targets + k], w = static_cast<double>(jury.weights[row]);
              const double a = static_cast<double>(jury.members[(i * rows + row) * targets + k]) - y;
              const double b = static_cast<double>(jury.members[(j * rows + row) * targets + k]) - y;
              if (std::isnan(a) || std::isnan(b)) continue;
              if (pass == 0) {
                total += w;
                mean[0] += w * a;
                mean[1] += w * b;
                continue;
              }
              const double da = a - mean[0] / total, db = b - mean[1] / total;
              moment[0] += w * da * da / total;
              moment[1] += w * db * db / total;
              moment[2] += w * da * db / total;
            }
          covariance += moment[2] / 2;
          correlation += moment[2] / std::sqrt(moment[0] * moment[1]) / 2;
        }
        EXPECT_NEAR(all.covariance[i * members + j], covariance, 1e-12);
        EXPECT_NEAR(all.correlation[i * members + j], correlation, 1e-12);
      }
  }
}

TEST(ErrorDiversity, TellsTheVarianceOfTheMeanMember) {
  const std::size_t rows = 90, members = 6;
  const ValueJury jury = random_values(members, rows, 1, 0);
  const ErrorDiversity all = error_diversity(jury.truth(), jury.members);
  double total = 0, mean = 0, squares = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    double error = 0;
    for (std::size_t m = 0; m < members; ++m) error += static_cast<double>(jury.members[m * rows + row]) / 6;
    error -= jury.values[row];
    const double w = static_cast<double>(jury.weights[row]);
    total += w;
    mean += w * error;
    squares += w * error * error;
  }
  EXPECT_NEAR(all.mean_variance / 6 + 5.0 / 6 * all.mean_covariance, squares / total - mean * mean / total / total,
              1e-12);
}

// Errors (1, 2, 3), (2, 4, 6), (3, 2, 1) and one that does not vary.
TEST(ErrorDiversity, KnownAnswer) {
  const std::vector<double> values = {0.1, 0.1, 0.1};
  std::vector<float> members;
  for (const double error : {1, 2, 3, 2, 4, 6, 3, 2, 1, 7, 7, 7}) members.push_back(static_cast<float>(error));
  const ErrorDiversity all = error_diversity({.outcome = Outcome::values, .num_outputs = 1, .values = values}, members);
  EXPECT_NEAR(all.covariance[1], 4.0 / 3, 1e-14);
  EXPECT_NEAR(all.covariance[2], -2.0 / 3, 1e-14);
  EXPECT_NEAR(all.correlation[1], 1, 1e-14);
  EXPECT_NEAR(all.correlation[2], -1, 1e-14);
  EXPECT_EQ(all.covariance[3], 0);
  EXPECT_TRUE(std::isnan(all.correlation[3]));
  EXPECT_NEAR(all.mean_correlation, -1.0 / 3, 1e-14);
}

TEST(ErrorDiversity, OfMeansAndVariancesIsThatOfTheMeansAndOfNobodyNaN) {
  const std::vector<double> values = {0, 0, 0};
  const std::vector<float> wide = {1, 9, 2, 8, 3, 9, 2, 7, 4, 9, 6, 9};
  const ErrorDiversity all = error_diversity(
      {.outcome = Outcome::values, .num_outputs = 1, .values = values, .kind = ValueKind::means_and_variances}, wide);
  EXPECT_EQ(all.num_members, 2U);
  EXPECT_NEAR(all.covariance[1], 4.0 / 3, 1e-14);
  const ErrorDiversity none = error_diversity({.outcome = Outcome::values, .num_outputs = 1, .values = values}, {});
  EXPECT_EQ(none.num_members, 0U);
  EXPECT_TRUE(std::isnan(none.mean_covariance));
}

#ifdef JURY_CONTRACTS
TEST(DiversityDeathTest, WrongShapesAndLabelsBreakTheContract) {
  const Jury jury{.classes = 2, .truth = {0, 1}, .labels = {0, 2}};
  EXPECT_DEATH(pairwise_diversity(jury.members()), "contract broken");
  const Jury half{.classes = 2, .truth = {0, 1}, .labels = {0, 1, 0}};
  EXPECT_DEATH(overall_diversity(half.members()), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
