#include "search/sampler/gp_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

GpData four_points() {
  GpData data{.x = MatrixXd(4, 2), .y = VectorXd(4), .scale = {0, 1}};
  data.x << 0.1, 0.2, 0.4, 0.9, 0.8, 0.3, 0.55, 0.5;
  data.y << 1.0, -0.5, 0.25, -1.2;
  return data;
}

GpScales known_scales() {
  GpScales scales{.log_lengths = VectorXd(2), .log_signal = std::log(1.5), .log_noise = std::log(0.01)};
  scales.log_lengths << std::log(0.3), std::log(0.7);
  return scales;
}

// n random points in the unit cube, three columns of which the last two share a scale.
GpData random_points(Eigen::Index n) {
  Rng rng(11);
  GpData data{.x = MatrixXd(n, 3), .y = VectorXd(n), .scale = {0, 1, 1}};
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index c = 0; c < 3; ++c) data.x(i, c) = rng.uniform();
    data.y[i] = std::sin(6 * data.x(i, 0)) + 0.05 * rng.normal();
  }
  return data;
}

double log_prior(const GpScales& scales) {
  // The log posterior of no data but one point that is 0: -1/2 log(signal + noise) + log prior.
  const GpData nothing{.x = MatrixXd::Zero(1, scales.log_lengths.size()), .y = VectorXd::Zero(1), .scale = {0, 1}};
  return gp_log_posterior(nothing, scales, nullptr) +
         0.5 * std::log(std::exp(scales.log_signal) + std::exp(scales.log_noise));
}

// scikit-learn 1.2: GaussianProcessRegressor(1.5 * Matern([0.3, 0.7], nu=2.5) +
// WhiteKernel(0.01)).log_marginal_likelihood
TEST(GpModel, HasScikitLearnsLikelihood) {
  const double constant = -2 * std::log(2 * M_PI);
  EXPECT_NEAR(gp_log_posterior(four_points(), known_scales(), nullptr) - log_prior(known_scales()) + constant,
              -5.635025905040406, 1e-10);
}

TEST(GpModel, PredictsAsScikitLearnDoes) {
  const GpModel model(four_points(), known_scales());
  const GpPosterior first = model.at(Eigen::Vector2d(0.35, 0.45));
  EXPECT_NEAR(first.mean, -0.41672974, 1e-8);
  EXPECT_NEAR(first.variance, 0.36080879, 1e-8);
  const GpPosterior second = model.at(Eigen::Vector2d(0.9, 0.9));
  EXPECT_NEAR(second.mean, 0.08503347, 1e-8);
  EXPECT_NEAR(second.variance, 1.00013413, 1e-8);
}

TEST(GpModel, TheGradientOfTheLikelihoodIsThatOfFiniteDifferences) {
  const GpData data = random_points(12);
  const VectorXd at = (VectorXd(4) << -0.7, 0.3, 0.2, -3).finished();
  VectorXd gradient;
  gp_log_posterior(data, GpScales::unpacked(at), &gradient);
  for (Eigen::Index k = 0; k < 4; ++k) {
    const VectorXd step = 1e-5 * VectorXd::Unit(4, k);
    const double slope = (gp_log_posterior(data, GpScales::unpacked(at + step), nullptr) -
                          gp_log_posterior(data, GpScales::unpacked(at - step), nullptr)) /
                         2e-5;
    EXPECT_NEAR(gradient[k], slope, 1e-6) << k;
  }
}

TEST(GpModel, TheSlopesOfThePosteriorAreThoseOfFiniteDifferences) {
  const GpModel model(random_points(20), GpScales::prior(2));
  const VectorXd at = (VectorXd(3) << 0.3, 0.6, 0.45).finished();
  const GpPosterior posterior = model.at(at, GpModel::Slopes::yes);
  for (Eigen::Index c = 0; c < 3; ++c) {
    const VectorXd step = 1e-5 * VectorXd::Unit(3, c);
    EXPECT_NEAR(posterior.d_mean[c], (model.at(at + step).mean - model.at(at - step).mean) / 2e-5, 1e-6);
    EXPECT_NEAR(posterior.d_variance[c], (model.at(at + step).variance - model.at(at - step).variance) / 2e-5, 1e-6);
  }
}

TEST(GpModel, WithoutNoiseGoesThroughThePoints) {
  const GpData data = four_points();
  GpScales scales = known_scales();
  scales.log_noise = std::log(1e-8);
  const GpModel model(data, scales);
  for (Eigen::Index i = 0; i < 4; ++i) {
    EXPECT_NEAR(model.at(data.x.row(i).transpose()).mean, data.y[i], 1e-5);
    EXPECT_NEAR(model.at(data.x.row(i).transpose()).variance, 0, 1e-6);
  }
}

TEST(GpModel, EqualPointsWithoutNoiseAreBorne) {
  GpData data = four_points();
  data.x.row(1) = data.x.row(0);
  GpScales scales = known_scales();
  scales.log_noise = -50;
  EXPECT_TRUE(std::isfinite(GpModel(data, scales).at(Eigen::Vector2d(0.5, 0.5)).mean));
}

TEST(GpModel, FitsALongScaleToWhatDoesNotMatterAndFindsTheNoise) {
  const GpScales fitted = fit_gp(random_points(60), std::vector{GpScales::prior(2)});
  EXPECT_GT(fitted.log_lengths[1], fitted.log_lengths[0] + 1);
  EXPECT_NEAR(std::exp(0.5 * fitted.log_noise), 0.05, 0.02);
}

TEST(GpModel, FitsNeverWorseThanWhereItStarts) {
  const GpData data = random_points(15);
  const std::vector<GpScales> starts = {GpScales::prior(2),
                                        GpScales::unpacked((VectorXd(4) << 2, -2, 1, -8).finished())};
  const double fitted = gp_log_posterior(data, fit_gp(data, starts), nullptr);
  for (const GpScales& start : starts) EXPECT_GE(fitted, gp_log_posterior(data, start, nullptr));
}

}  // namespace
}  // namespace jury
