#include "models/data/generators.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/data/load.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

Dataset draw(const char* name, std::int64_t rows, DataOptions options = {}) {
  options.generator = name;
  options.rows = rows;
  return Dataset::own(load_dataset(options, 20260101));
}

// Share of rows in which the most probable class is not the drawn one: the Bayes error.
double bayes_error(const Dataset& data) {
  std::size_t wrong = 0;
  const std::size_t classes = data.num_classes();
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const auto p = data.posterior().subspan(row * classes, classes);
    wrong += std::max_element(p.begin(), p.end()) - p.begin() != data.labels()[row] ? 1U : 0U;
  }
  return static_cast<double>(wrong) / static_cast<double>(data.rows());
}

// Bayes errors of the published definitions; 20,000 rows leave three standard errors of 0.007 at most.
TEST(Generators, TheOptimalRuleHasThePublishedError) {
  EXPECT_NEAR(bayes_error(draw("twonorm", 20000)), 0.0228, 0.0032);
  EXPECT_NEAR(bayes_error(draw("threenorm", 20000)), 0.104, 0.0065);
  EXPECT_NEAR(bayes_error(draw("ringnorm", 20000)), 0.0148, 0.0026);
  EXPECT_NEAR(bayes_error(draw("ringnorm", 20000, {.a = 0.44721359549995793})), 0.0125, 0.0024);
  EXPECT_NEAR(bayes_error(draw("waveform", 20000)), 0.134, 0.0073);
}

// Of the rows with P(c|x) near p, a share of about p is of class c: the posterior is calibrated.
TEST(Generators, PosteriorsAreTheFrequenciesOfTheClasses) {
  for (const char* name : {"twonorm", "threenorm", "ringnorm", "waveform"}) {
    const Dataset data = draw(name, 20000);
    double gap = 0, sum = 0;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      const auto p = data.posterior().subspan(row * data.num_classes(), data.num_classes());
      double total = 0;
      for (const double value : p) total += value;
      EXPECT_NEAR(total, 1, 1e-12);
      if (p[0] < 0.1 || p[0] > 0.9) continue;
      gap += p[0] - (data.labels()[row] == 0 ? 1 : 0);
      sum += p[0] * (1 - p[0]);
    }
    EXPECT_LT(std::abs(gap), 4 * std::sqrt(sum)) << name;
  }
}

// |x - u a - (1-u) b|^2 is a parabola in u, so its integral has a closed form in the error function.
TEST(Generators, WaveformPosteriorsAgreeWithTheClosedForm) {
  const Dataset data = draw("waveform", 200);
  const auto triangle = [](double center, std::size_t i) {
    return std::max(6 - std::abs(static_cast<double>(i + 1) - center), 0.0);
  };
  const double centers[3][2] = {{11, 15}, {11, 7}, {15, 7}};
  for (std::size_t row = 0; row < data.rows(); ++row) {
    double density[3], total = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      double constant = 0, linear = 0, square = 0;
      for (std::size_t i = 0; i < 21; ++i) {
        const double rest = static_cast<double>(data.numeric()[row * 21 + i]) - triangle(centers[c][1], i);
        const double slope = triangle(centers[c][0], i) - triangle(centers[c][1], i);
        constant += rest * rest;
        linear += rest * slope;
        square += slope * slope;
      }
      const double mean = linear / square, sd = 1 / std::sqrt(square);
      const double mass = 0.5 * (std::erfc((mean - 1) / sd / std::sqrt(2.0)) - std::erfc(mean / sd / std::sqrt(2.0)));
      density[c] = std::exp(-0.5 * (constant - linear * linear / square)) * sd * mass;
      total += density[c];
    }
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(data.posterior()[row * 3 + c], density[c] / total, 1e-8);
  }
}

TEST(Generators, TruthIsThePublishedFormula) {
  const Dataset one = draw("friedman1", 50), two = draw("friedman2", 50), three = draw("friedman3", 50);
  const double pi = std::acos(-1.0);
  for (std::size_t row = 0; row < 50; ++row) {
    const auto x = [&](const Dataset& data, std::size_t j) {
      return static_cast<double>(data.numeric()[row * data.num_numeric() + j - 1]);
    };
    EXPECT_NEAR(
        one.truth()[row],
        10 * std::sin(pi * x(one, 1) * x(one, 2)) + 20 * std::pow(x(one, 3) - 0.5, 2) + 10 * x(one, 4) + 5 * x(one, 5),
        1e-9);
    const auto circuit = [&](const Dataset& data) { return x(data, 2) * x(data, 3) - 1 / (x(data, 2) * x(data, 4)); };
    EXPECT_NEAR(two.truth()[row], std::hypot(x(two, 1), circuit(two)), 1e-9);
    EXPECT_NEAR(three.truth()[row], std::atan(circuit(three) / x(three, 1)), 1e-9);
  }
}

TEST(Generators, NoiseHasThePublishedDeviation) {
  const struct {
    const char* name;
    double deviation;
  } cases[] = {{"friedman1", 1}, {"friedman2", 125}, {"friedman3", 0.1}};
  for (const auto& c : cases) {
    const Dataset data = draw(c.name, 4000);
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      const double noise = data.targets()[row] - data.truth()[row];
      sum += noise;
      squares += noise * noise;
    }
    EXPECT_LT(std::abs(sum / 4000), 4 * c.deviation / std::sqrt(4000.0)) << c.name;
    EXPECT_NEAR(std::sqrt(squares / 4000) / c.deviation, 1, 0.05) << c.name;
  }
  const Dataset exact = draw("friedman1", 100, {.noise = 0});
  for (std::size_t row = 0; row < 100; ++row) EXPECT_EQ(exact.targets()[row], exact.truth()[row]);
}

TEST(Generators, FeaturesStayInTheirRanges) {
  const Dataset data = draw("friedman2", 2000);
  const float low[] = {0, 125.6F, 0, 1}, high[] = {100, 1759.4F, 1, 11};
  for (std::size_t i = 0; i < data.numeric().size(); ++i) {
    EXPECT_GE(data.numeric()[i], low[i % 4]);
    EXPECT_LE(data.numeric()[i], high[i % 4]);
  }
}

TEST(Generators, TrainingAndTestRowsAreOtherDraws) {
  const DataOptions options{.generator = "twonorm", .rows = 50, .test_rows = 50};
  const Dataset data = Dataset::own(load_dataset(options, 3));
  EXPECT_EQ(data.num_train(), 50U);
  EXPECT_EQ(data.num_test(), 50U);
  EXPECT_NE(data.numeric()[0], data.numeric()[50 * 20]);
  // More test rows leave the training rows as they are.
  DataOptions more = options;
  more.test_rows = 80;
  const Dataset longer = Dataset::own(load_dataset(more, 3));
  EXPECT_TRUE(std::equal(data.numeric().begin(), data.numeric().end(), longer.numeric().begin()));
}

TEST(Generators, AReplicateIsADrawOfItsOwn) {
  const DataOptions options{.generator = "friedman1", .rows = 40, .test_rows = 10};
  const Dataset a = Dataset::own(generate_replicate(options, 7)), b = Dataset::own(generate_replicate(options, 8));
  EXPECT_EQ(a.num_train(), 40U);
  EXPECT_EQ(a.num_test(), 0U);
  EXPECT_NE(a.domain(), b.domain());
  EXPECT_EQ(a.hash(), Dataset::own(generate_replicate(options, 7)).hash());
}

// Bits must not change with compiler or library: a change here changes everybody's results.
TEST(Generators, DrawTheSameNumbersAsEver) {
  const Dataset data = draw("friedman1", 2);
  EXPECT_EQ(data.numeric()[0], draw("friedman1", 300).numeric()[0]);
  for (const Generator& generator : generators()) EXPECT_EQ(&find_generator(generator.name), &generator);
  EXPECT_THROW(find_generator("nothing"), ConfigError);
}

}  // namespace
}  // namespace jury
