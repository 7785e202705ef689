// Quantiles and principal components.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/data/row_statistics.hpp"
#include "models/data/stage.hpp"
#include "models/data/tables.hpp"

namespace jury {
namespace {

using Floats = std::vector<float>;

TEST(Quantile, TrainingRowsBecomeTheirPlaces) {
  const Dataset data = number_table(1, {10, 1, 1000, 100, 1.5F});
  EXPECT_EQ(fitted_column(data, {{.step = "quantile"}}, 0), (Floats{0.5, 0, 1, 0.75, 0.25}));
}

TEST(Quantile, BeyondTheTrainingRowsItIsFlatAndBetweenThemLinear) {
  const Dataset data = number_table(1, {0, 10, 20, -5, 25, 5});
  const std::vector<PreprocessStep> steps = {{.step = "quantile"}};
  EXPECT_EQ(gathered(*fit_pipeline(data, steps, first_rows(3)), data, {3, 4, 5}), (Floats{0, 1, 0.25}));
}

TEST(Quantile, TiesShareTheMiddleOfTheirPlaces) {
  EXPECT_EQ(fitted_column(number_table(1, {0, 7, 7, 7, 9}), {{.step = "quantile"}}, 0), (Floats{0, 0.5, 0.5, 0.5, 1}));
}

TEST(Quantile, NormalDeviatesAreSymmetricAndFinite) {
  Floats numbers;
  for (int i = 0; i < 1001; ++i) numbers.push_back(std::exp(static_cast<float>(i) / 100));
  const Floats out = fitted_column(number_table(1, numbers), {{.step = "quantile", .with = {"normal"}}}, 0);
  EXPECT_NEAR(out[500], 0, 0.01F);
  EXPECT_NEAR(out[841], 0.9986F, 0.02F);  // the quantile 0.841 of the normal distribution
  EXPECT_EQ(out[0], -out[1000]);
  EXPECT_TRUE(std::isfinite(out[0]));
  EXPECT_TRUE(std::is_sorted(out.begin(), out.end()));
}

TEST(Quantile, MissingStaysMissingUntilImputed) {
  const Dataset data = number_table(1, {1, 2, 3, kNoNumber});
  const Floats column = fitted_column(data, {{.step = "quantile"}, {.step = "impute", .with = {"0.25"}}}, 0);
  EXPECT_THAT(column, testing::Pointwise(testing::FloatEq(), Floats{0, 0.5, 1, 0.25}));
}

TEST(Pca, FindsTheAxisPointsLieOn) {
  Floats numbers;
  for (int i = 0; i < 20; ++i) {
    const auto t = static_cast<float>(i);
    numbers.insert(numbers.end(), {3 * t + 1, 7.0F + t, 4 * t - 2});
  }
  const Dataset data = number_table(3, numbers);
  const std::vector<PreprocessStep> steps = {{.step = "pca", .columns = {"x0", "x2"}, .components = 1}};
  const auto pipeline = fit_pipeline(data, steps, first_rows(20));
  EXPECT_EQ(pipeline->names(), (std::vector<std::string>{"x1", "pca0"}));
  const Floats out = gathered(*pipeline, data, first_rows(20));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(out[static_cast<std::size_t>(2 * i)], 7.0F + static_cast<float>(i));
    EXPECT_NEAR(out[static_cast<std::size_t>(2 * i + 1)], 5 * (static_cast<float>(i) - 9.5F), 1e-4F);
  }
}

// All components are a rotation: they are uncorrelated, in order of variance, and keep the total.
TEST(Pca, AllComponentsKeepTheVariance) {
  Rng rng(41);
  Floats numbers;
  for (int i = 0; i < 300; ++i) {
    const double a = rng.normal(), b = rng.normal(), c = rng.normal();
    for (const double x : {a, a + 0.5 * b, b - c, 2 * c}) numbers.push_back(static_cast<float>(x));
  }
  const Dataset data = number_table(4, numbers);
  const auto rows = first_rows(300);
  const auto pipeline = fit_pipeline(data, std::vector<PreprocessStep>{{.step = "pca"}}, rows);
  const Floats out = gathered(*pipeline, data, rows);
  const auto covariance = [](const Floats& table, std::size_t i, std::size_t j) {
    double mean_i = 0, mean_j = 0, sum = 0;
    for (std::size_t r = 0; r < 300; ++r)
      mean_i += static_cast<double>(table[4 * r + i]) / 300, mean_j += static_cast<double>(table[4 * r + j]) / 300;
    for (std::size_t r = 0; r < 300; ++r)
      sum += (static_cast<double>(table[4 * r + i]) - mean_i) * (static_cast<double>(table[4 * r + j]) - mean_j);
    return sum / 300;
  };
  double before = 0, after = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    before += covariance(numbers, i, i);
    after += covariance(out, i, i);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NEAR(covariance(out, i, j), 0, 1e-5);
      EXPECT_LE(covariance(out, i, i), covariance(out, j, j) + 1e-6);
    }
  }
  EXPECT_NEAR(after, before, 1e-4);
}

TEST(RowStatistics, QuantilesAndModeOfSortedNumbers) {
  const Floats sorted = {1, 2, 2, 4, 4, 10};
  EXPECT_EQ(sorted_quantile(sorted, 0), 1);
  EXPECT_EQ(sorted_quantile(sorted, 0.5), 3);
  EXPECT_EQ(sorted_quantile(sorted, 1), 10);
  EXPECT_EQ(sorted_mode(sorted), 2);
}

// Far from zero, the textbook formula E[x^2] - E[x]^2 has no digits left; blocks about their means do.
TEST(RowStatistics, MomentsKeepTheirDigitsFarFromZero) {
  const RowSource source{1, [](std::span<const std::uint32_t> rows, float* out) {
                           for (std::size_t i = 0; i < rows.size(); ++i)
                             out[i] = 1e6F + static_cast<float>(rows[i] % 4);
                         }};
  const auto moments = column_moments(source, first_rows(1000));
  EXPECT_NEAR(moments[0].mean, 1e6 + 1.5, 1e-6);
  EXPECT_NEAR(moments[0].deviation(), std::sqrt(1.25), 1e-9);
}

}  // namespace
}  // namespace jury
