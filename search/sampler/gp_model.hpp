// A Gaussian process on a few hundred points.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace jury {

/// Observations: features X (n, columns) and standardised values y (n).
struct GpData {
  Eigen::MatrixXd x;
  Eigen::VectorXd y;
  std::vector<Eigen::Index> scale;  ///< (columns) number of the length scale of each, from 0 without gaps
};

/// What is fitted: logarithms of the length scales, of the signal's variance and of the noise's.
struct GpScales {
  Eigen::VectorXd log_lengths;
  double log_signal = 0;
  double log_noise = 0;

  /// Where a fit begins that knows nothing: the mode of the prior.
  static GpScales prior(Eigen::Index num_scales);
  Eigen::VectorXd packed() const;
  static GpScales unpacked(const Eigen::VectorXd& packed);
};

/// Log of the posterior density of the scales, up to a constant, with its gradient where asked for:
///
///   -1/2 y' K^-1 y - 1/2 log det K + log prior,   K = signal * k(X, X) + noise * I,
///   k(x, z) = (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r),   r^2 = sum_c (x_c - z_c)^2 / length_c^2
///
/// (Matern 5/2 with a length scale for each parameter; Rasmussen, Williams 2006). The priors are log-normal: lengths
/// around 0.5 sqrt(d / 2) within a factor e, signal around 1, noise around 1e-4 within a factor e^3. -inf where K is
/// not positive definite. Sums are in an order of their own, not in Eigen's blocks, which follow the
/// processor's cache. O(n^3).
double gp_log_posterior(const GpData& data, const GpScales& scales, Eigen::VectorXd* gradient);

/// The scales of largest posterior density that L-BFGS finds from these starts; ties go to the first.
GpScales fit_gp(const GpData& data, std::span<const GpScales> starts);

/// Mean and variance of the function (without noise) at a point, and how they change with its features.
struct GpPosterior {
  double mean;
  double variance;
  Eigen::VectorXd d_mean = {};  ///< (columns), empty when not asked for
  Eigen::VectorXd d_variance = {};
};

/// The process given its observations and scales.
class GpModel {
 public:
  /// O(n^3). Adds to the noise, tenfold from 1e-10 on, until K is positive definite.
  GpModel(GpData data, const GpScales& scales);

  enum class Slopes { no, yes };
  /// x: (columns). O(n^2).
  GpPosterior at(const Eigen::VectorXd& x, Slopes slopes = Slopes::no) const;

 private:
  GpData data_;
  Eigen::VectorXd inverse_squares_;  // (columns) 1 / length^2
  double signal_;
  Eigen::MatrixXd inverse_factor_;  // L^-1, K = L L'
  Eigen::VectorXd alpha_;           // K^-1 y
};

}  // namespace jury
