// Literals computed with scipy.stats 1.10.
#include "models/metrics/distributions.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// Relative to the expected number: tails matter as much as the middle.
void expect_close(double value, double expected, double tolerance = 1e-11) {
  EXPECT_NEAR(value, expected, tolerance * std::abs(expected));
}

TEST(Distributions, TailsAreThoseOfALibrary) {
  expect_close(student_t_two_sided(2.5, 9), 0.03386182768298571);
  expect_close(student_t_two_sided(-0.3, 1), 0.8144528418445154);
  expect_close(student_t_two_sided(40, 4), 2.3340163226012694e-06);
  expect_close(f_upper(3.69, 3, 39), 0.019744099689488835);
  expect_close(f_upper(4.74, 10, 5), 0.04989578598051561);
  expect_close(f_upper(1e-3, 10, 5), 0.9999999999996293);
  expect_close(chi_squared_upper(9.28, 3), 0.025790724198756772);
  expect_close(chi_squared_upper(200, 1), 2.0884875837625688e-45);
  expect_close(normal_two_sided(-2.54), 0.011085246886165202);
  expect_close(normal_two_sided(30), 9.813427854295816e-198);
}

TEST(Distributions, QuantilesOfStudentAreThoseOfALibrary) {
  expect_close(student_t_quantile(0.975, 9), 2.2621571627409915, 1e-10);  // the library stops its search there
  expect_close(student_t_quantile(0.95, 2), 2.919985580355516, 1e-10);
  EXPECT_EQ(student_t_quantile(0.5, 3), 0);
}

TEST(Distributions, TheSignTestIsExact) {
  expect_close(sign_test(5, 24), 0.006610751152038574);
  expect_close(sign_test(300, 1000), 1.7665678007949568e-37);
  expect_close(sign_test(1, 5), 2 * 6.0 / 32);
  EXPECT_EQ(sign_test(12, 24), 1);
  EXPECT_EQ(sign_test(0, 1), 1);
  EXPECT_EQ(sign_test(0, 0), 1);
}

TEST(Distributions, TheStudentisedRangeIsThatOfALibrary) {
  expect_close(studentised_range_upper(1, 2), 0.4795001221869535);
  expect_close(studentised_range_upper(3.633, 3), 0.02754394557956774);
  expect_close(studentised_range_upper(3.633, 4), 0.0500149789953781);
  expect_close(studentised_range_upper(6, 10), 0.0009215153038775181, 1e-9);
  expect_close(studentised_range_upper(3.633, 50), 0.9210119520476919);
  expect_close(studentised_range_quantile(0.05, 2), 2.771807648699355);
  expect_close(studentised_range_quantile(0.05, 10), 4.474124221725907);
  expect_close(studentised_range_quantile(0.10, 50), 3.7877496141945874 * std::sqrt(2.0));
}

// The formula for k = 2, whose difference is normal, is that of the integral for more.
TEST(Distributions, TheRangeOfThreeIsWiderThanThatOfTwo) {
  for (const double q : {0.1, 1.0, 3.0, 8.0}) {
    EXPECT_GT(studentised_range_upper(q, 3), studentised_range_upper(q, 2));
    EXPECT_LE(studentised_range_upper(q, 3), 3 * studentised_range_upper(q, 2));  // three pairs (Boole)
  }
}

TEST(Distributions, EndsAndNaN) {
  EXPECT_EQ(student_t_two_sided(kInfinity, 3), 0);
  EXPECT_EQ(student_t_two_sided(0, 3), 1);
  EXPECT_EQ(f_upper(kInfinity, 3, 3), 0);
  EXPECT_EQ(f_upper(0, 3, 3), 1);
  EXPECT_EQ(chi_squared_upper(kInfinity, 3), 0);
  EXPECT_EQ(chi_squared_upper(0, 3), 1);
  EXPECT_EQ(studentised_range_upper(0, 3), 1);
  EXPECT_LE(studentised_range_upper(1000, 3), 1e-13);
  EXPECT_TRUE(std::isnan(student_t_two_sided(std::nan(""), 3)));
  EXPECT_TRUE(std::isnan(f_upper(std::nan(""), 3, 3)));
  EXPECT_TRUE(std::isnan(chi_squared_upper(std::nan(""), 3)));
  EXPECT_TRUE(std::isnan(studentised_range_upper(std::nan(""), 3)));
}

#ifdef JURY_CONTRACTS
TEST(DistributionsDeathTest, WhatIsNoProbabilityBreaksTheContract) {
  EXPECT_DEATH(student_t_quantile(1, 3), "contract broken");
  EXPECT_DEATH(studentised_range_quantile(0, 3), "contract broken");
  EXPECT_DEATH(studentised_range_upper(1, 1), "contract broken");
  EXPECT_DEATH(sign_test(2, 3), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
