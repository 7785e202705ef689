#include "search/sampler/gp_acquisition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "search/sampler/spaces.hpp"

namespace jury {
namespace {

// A model of a space from random points, the value being f(unit).
template <class F>
GpModel model_of(const Space& space, const GpFeatures& features, Eigen::Index n, const F& f) {
  Rng rng(2);
  GpData data{.x = Eigen::MatrixXd(n, features.num_columns()), .y = Eigen::VectorXd(n), .scale = features.scale()};
  for (Eigen::Index i = 0; i < n; ++i) {
    std::vector<double> unit(space.size());
    for (double& u : unit) u = rng.uniform();
    unit = space.unit_vector(space.assign(unit), std::nan(""));
    data.x.row(i) = features.encode(unit).transpose();
    data.y[i] = f(unit);
  }
  return GpModel(data, GpScales::prior(features.num_scales()));
}

TEST(GpFeatures, OrderedParametersAreCoordinatesAndLevelsAreOneApart) {
  const Space space =
      space_of({{"a", "loguniform(1, 100)"}, {"b", "choice('x', 'y', 'z')"}, {"c", "const(1)"}, {"d", "int(1, 4)"}});
  const GpFeatures features(space);
  EXPECT_EQ(features.num_columns(), 5);
  EXPECT_EQ(features.num_scales(), 3);
  const auto encoded = [&](double b) {
    return features.encode(space.unit_vector(space.assign(std::vector<double>{0.5, b, 0.5, 0.5}), std::nan("")));
  };
  EXPECT_EQ(encoded(0.1)[0], 0.5);
  EXPECT_EQ(encoded(0.1)[4], 0.625);
  EXPECT_NEAR((encoded(0.1) - encoded(0.5)).norm(), 1, 1e-12);
  EXPECT_NEAR((encoded(0.1) - encoded(0.9)).norm(), 1, 1e-12);
}

TEST(GpFeatures, WhatIsNotActiveIsInTheMiddle) {
  const GpFeatures features(conditional_space());
  const Eigen::VectorXd none = features.encode(std::vector<double>(7, std::nan("")));
  EXPECT_EQ(none[0], 0.5);
  EXPECT_EQ(none[2], 0);
}

TEST(Acquisition, ItsSlopesAreThoseOfFiniteDifferences) {
  const Space space = space_of({{"a", "uniform(0, 1)"}, {"b", "choice('x', 'y')"}, {"c", "uniform(0, 1)"}});
  const GpFeatures features(space);
  const GpModel model =
      model_of(space, features, 15, [](const std::vector<double>& u) { return std::sin(5 * u[0]) + u[2]; });
  const Acquisition acquisition{.space = space, .features = features, .model = model, .best = -0.5};
  std::vector<double> slopes;
  acquisition.at(std::vector<double>{0.4, 0.25, 0.7}, &slopes);
  const auto value = [&](double a, double c) { return acquisition.at(std::vector<double>{a, 0.25, c}, nullptr); };
  EXPECT_NEAR(slopes[0], (value(0.4 + 1e-5, 0.7) - value(0.4 - 1e-5, 0.7)) / 2e-5, 1e-5);
  EXPECT_NEAR(slopes[2], (value(0.4, 0.7 + 1e-5) - value(0.4, 0.7 - 1e-5)) / 2e-5, 1e-5);
}

// Few candidates, so that climbing has to do the work; a fine grid as the naive second look.
TEST(Maximize, FindsWhatAFineGridFinds) {
  const Space space = space_of({{"a", "uniform(0, 1)"},
                                {"b", "choice('x', 'y', 'z')"},
                                {"k", "int(1, 40)"},
                                {"c", "uniform(0, 1) when b == 'y'"}});
  const GpFeatures features(space);
  const GpModel model = model_of(space, features, 25, [](const std::vector<double>& u) {
    return std::abs(u[0] - 0.3) + (u[1] > 0.4 && u[1] < 0.6 ? -0.5 + std::abs(u[2] - 0.7) : 0) + std::abs(u[3] - 0.6);
  });
  const Acquisition acquisition{.space = space, .features = features, .model = model, .best = -0.5};
  double best = -std::numeric_limits<double>::infinity();
  for (double a = 0; a <= 1; a += 0.05)
    for (double b : {0.1, 0.5, 0.9})
      for (double c = 0; c <= 1; c += 0.05)
        for (double k = 0.0125; k < 1; k += 0.025)
          best = std::max(best, acquisition.at(space.assign(std::vector<double>{a, b, c, k})));
  Rng rng(9);
  const auto found = maximize(acquisition, {.candidates = 100, .refine = 4}, rng);
  ASSERT_TRUE(found);
  EXPECT_GE(acquisition.at(*found), best - 1e-9);
}

TEST(Maximize, ProposesNothingThatIsRefused) {
  const Space space = space_of({{"k", "int(1, 6)"}});
  const GpFeatures features(space);
  const GpModel model = model_of(space, features, 4, [](const std::vector<double>& u) { return u[0]; });
  const Acquisition acquisition{.space = space, .features = features, .model = model, .best = 0};
  Rng rng(1);
  const auto refused = [&](const Assignment& point) { return point.settings[0].value != Config(std::int64_t{5}); };
  EXPECT_EQ(maximize(acquisition, {.candidates = 200, .refine = 3, .refused = refused}, rng)->settings[0].value,
            Config(std::int64_t{5}));
  EXPECT_FALSE(
      maximize(acquisition, {.candidates = 20, .refine = 3, .refused = [](const Assignment&) { return true; }}, rng));
}

}  // namespace
}  // namespace jury
