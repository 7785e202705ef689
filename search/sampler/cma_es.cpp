#include "search/sampler/cma_es.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::size_t default_population(Index n) { return 4 + static_cast<std::size_t>(3 * std::log(static_cast<double>(n))); }

// ln((lambda + 1) / 2) - ln i for the better half, sum 1.
std::vector<double> recombination_weights(std::size_t population) {
  std::vector<double> weights(std::max<std::size_t>(population / 2, 1));
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = std::log(0.5 * static_cast<double>(population + 1)) - std::log(static_cast<double>(i + 1));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

double effective(std::span<const double> weights) {
  double squares = 0;
  for (const double weight : weights) squares += weight * weight;
  return 1 / squares;
}

// Into [0, 1], as a ball between two walls.
double reflected(double x) {
  const double folded = std::fmod(std::abs(x), 2.0);
  return folded > 1 ? 2 - folded : folded;
}

}  // namespace

CmaEs::CmaEs(Options options)
    : n_(options.mean.size()),
      population_(options.population > 0 ? options.population : default_population(n_)),
      weights_(recombination_weights(population_)),
      mu_effective_(effective(weights_)),
      mean_(std::move(options.mean)),
      sigma_(options.sigma),
      least_deviation_(options.least_deviation.size() > 0 ? std::move(options.least_deviation) : VectorXd::Zero(n_)),
      covariance_(MatrixXd::Identity(n_, n_)),
      path_covariance_(VectorXd::Zero(n_)),
      path_sigma_(VectorXd::Zero(n_)) {
  JURY_EXPECTS(n_ > 0 && least_deviation_.size() == n_);
  hold_up();
  decompose();
}

VectorXd CmaEs::draw(Rng& rng) const {
  VectorXd z(n_);
  for (double& entry : z) entry = rng.normal();
  const VectorXd point = mean_ + sigma_ * (axes_ * scales_.cwiseProduct(z));
  return point.unaryExpr(&reflected);
}

// (x - mean) / sigma, shortened where a draw would hardly ever be so long.
VectorXd CmaEs::step(const VectorXd& point) const {
  const VectorXd step = (point - mean_) / sigma_;
  const VectorXd whitened = (axes_.transpose() * step).cwiseQuotient(scales_);
  const auto n = static_cast<double>(n_);
  const double longest = std::sqrt(n) + 2 * n / (n + 2);
  return step * std::min(1.0, longest / std::max(whitened.norm(), 1e-300));
}

void CmaEs::update(std::span<const VectorXd> ranked) {
  if (ranked.empty()) return;
  const std::size_t mu = std::min(weights_.size(), ranked.size());
  std::vector<double> weights(weights_.begin(), weights_.begin() + static_cast<std::ptrdiff_t>(mu));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  VectorXd mean_step = VectorXd::Zero(n_);
  MatrixXd rank_mu = MatrixXd::Zero(n_, n_);
  for (std::size_t i = 0; i < mu; ++i) {
    const VectorXd y = step(ranked[i]);
    mean_step += weights[i] / sum * y;
    rank_mu += weights[i] / sum * y * y.transpose();
  }

  const auto n = static_cast<double>(n_);
  const double mu_eff = mu_effective_;
  const double c_sigma = (mu_eff + 2) / (n + mu_eff + 5);
  const double damping = 1 + 2 * std::max(0.0, std::sqrt((mu_eff - 1) / (n + 1)) - 1) + c_sigma;
  const double c_path = (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n);
  const double c_one = 2 / ((n + 1.3) * (n + 1.3) + mu_eff);
  const double c_mu = std::min(1 - c_one, 2 * (mu_eff - 2 + 1 / mu_eff) / ((n + 2) * (n + 2) + mu_eff));
  const double expected_norm = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));

  ++generation_;
  mean_ += sigma_ * mean_step;
  const VectorXd whitened = axes_ * (axes_.transpose() * mean_step).cwiseQuotient(scales_);
  path_sigma_ = (1 - c_sigma) * path_sigma_ + std::sqrt(c_sigma * (2 - c_sigma) * mu_eff) * whitened;
  const double length = path_sigma_.norm() / std::sqrt(1 - std::pow(1 - c_sigma, 2 * generation_)) / expected_norm;
  const double on = length < 1.4 + 2 / (n + 1) ? 1 : 0;  // the path stands still while sigma grows fast
  path_covariance_ = (1 - c_path) * path_covariance_ + on * std::sqrt(c_path * (2 - c_path) * mu_eff) * mean_step;
  const double kept = 1 - c_one - c_mu + (1 - on) * c_one * c_path * (2 - c_path);
  covariance_ = kept * covariance_ + c_one * path_covariance_ * path_covariance_.transpose() + c_mu * rank_mu;
  sigma_ = std::min(sigma_ * std::exp(c_sigma / damping * (path_sigma_.norm() / expected_norm - 1)), 1.0);
  hold_up();
  decompose();
}

void CmaEs::hold_up() {
  for (Index k = 0; k < n_; ++k) {
    const double least = least_deviation_[k] / sigma_;
    covariance_(k, k) = std::max(covariance_(k, k), least * least);
  }
}

void CmaEs::decompose() {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(covariance_);
  axes_ = solver.eigenvectors();
  scales_ = solver.eigenvalues().cwiseMax(1e-30).cwiseSqrt();
}

bool CmaEs::is_stuck() const {
  double widest = 0;
  for (Index k = 0; k < n_; ++k)
    if (least_deviation_[k] == 0) widest = std::max(widest, sigma_ * std::sqrt(covariance_(k, k)));
  const bool narrow = widest < 1e-6 && (least_deviation_.array() == 0).any();
  return narrow || scales_.maxCoeff() > 1e7 * scales_.minCoeff();
}

}  // namespace jury
