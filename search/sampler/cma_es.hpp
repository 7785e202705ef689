// Covariance matrix adaptation in the unit cube.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {

/// The (mu / mu_w, lambda) evolution strategy with covariance matrix adaptation and the default parameters of
/// Hansen 2016 ("The CMA evolution strategy: a tutorial"), positive weights alone. Points are reflected at the
/// sides of the cube; the update sees the reflected ones. Points drawn by an earlier generation or given from outside
/// are taken in as Hansen 2011 ("Injecting external solutions into CMA-ES") does: steps longer than sqrt(n) + 2n / (n +
/// 2) deviations are shortened to that.
class CmaEs {
 public:
  struct Options {
    Eigen::VectorXd mean;                  ///< (n) where it begins
    double sigma = 0.3;                    ///< first deviation along each axis
    std::size_t population = 0;            ///< lambda; 0: 4 + 3 ln n
    Eigen::VectorXd least_deviation = {};  ///< (n) of each coordinate, or empty: none
  };
  explicit CmaEs(Options options);

  std::size_t population() const noexcept { return population_; }
  /// How much the best, the second best, ... of a generation count.
  const std::vector<double>& weights() const noexcept { return weights_; }
  /// A point of the cube.
  Eigen::VectorXd draw(Rng& rng) const;
  /// The next generation, from the points of this one, best first; failed ones are left out. Of
  /// `population` points the better half counts. Does nothing without points.
  void update(std::span<const Eigen::VectorXd> ranked);
  /// Whether it cannot get on: deviations below 1e-6 of the cube (where not held up), or a condition above 1e14.
  bool is_stuck() const;

 private:
  Eigen::VectorXd step(const Eigen::VectorXd& point) const;
  void hold_up();
  void decompose();

  Eigen::Index n_;
  std::size_t population_;
  std::vector<double> weights_;
  double mu_effective_;
  Eigen::VectorXd mean_;
  double sigma_;
  Eigen::VectorXd least_deviation_;
  Eigen::MatrixXd covariance_;
  Eigen::VectorXd path_covariance_;
  Eigen::VectorXd path_sigma_;
  Eigen::MatrixXd axes_;    // B
  Eigen::VectorXd scales_;  // D, covariance = B D^2 B'
  int generation_ = 0;
};

}  // namespace jury
