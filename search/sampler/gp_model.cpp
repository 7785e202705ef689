#include "search/sampler/gp_model.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "runtime/base/error.hpp"
#include "search/sampler/nlopt_minimize.hpp"

namespace jury {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

const double kSqrt5 = std::sqrt(5.0);

// Log-normal priors: mean and deviation of the logarithm, and the box that is searched.
struct LogPrior {
  double mean;
  double deviation;
  double low;
  double high;
  double density(double x) const { return -0.5 * (x - mean) * (x - mean) / (deviation * deviation); }
  double slope(double x) const { return -(x - mean) / (deviation * deviation); }
};

// Of entry k of the packed scales.
LogPrior prior_of(Index k, Index num_scales) {
  if (k < num_scales)
    return {std::log(0.5 * std::sqrt(static_cast<double>(num_scales) / 2)), 1, std::log(0.01), std::log(100)};
  if (k == num_scales) return {0, 1, std::log(0.01), std::log(100)};
  return {std::log(1e-4), 3, std::log(1e-8), std::log(1)};
}

// The lower factor of K, column after column; nothing where K is not positive definite.
std::optional<MatrixXd> cholesky(MatrixXd k) {
  const Index n = k.rows();
  for (Index j = 0; j < n; ++j) {
    const VectorXd row = k.row(j).head(j);
    k.col(j).tail(n - j) -= k.block(j, 0, n - j, j) * row;
    if (!(k(j, j) > 0)) return std::nullopt;
    k.col(j).tail(n - j) /= std::sqrt(k(j, j));
    k.col(j).head(j).setZero();
  }
  return k;
}

// L^-1, one column at a time.
MatrixXd inverse_of(const MatrixXd& factor) {
  const Index n = factor.rows();
  MatrixXd inverse = MatrixXd::Zero(n, n);
  for (Index j = 0; j < n; ++j) {
    VectorXd column = VectorXd::Unit(n - j, 0);
    factor.bottomRightCorner(n - j, n - j).triangularView<Eigen::Lower>().solveInPlace(column);
    inverse.col(j).tail(n - j) = column;
  }
  return inverse;
}

VectorXd inverse_squares(const GpData& data, const GpScales& scales) {
  VectorXd out(data.x.cols());
  for (Index c = 0; c < out.size(); ++c)
    out[c] = std::exp(-2 * scales.log_lengths[data.scale[static_cast<std::size_t>(c)]]);
  return out;
}

// Pairs i > j in the order (1,0), (2,0), (2,1), ...: squared differences, summed over the columns of a scale.
MatrixXd squared_differences(const GpData& data, Index num_scales) {
  const Index n = data.x.rows();
  MatrixXd squares = MatrixXd::Zero(n * (n - 1) / 2, num_scales);
  Index pair = 0;
  for (Index i = 1; i < n; ++i)
    for (Index j = 0; j < i; ++j, ++pair)
      for (Index c = 0; c < data.x.cols(); ++c) {
        const double difference = data.x(i, c) - data.x(j, c);
        squares(pair, data.scale[static_cast<std::size_t>(c)]) += difference * difference;
      }
  return squares;
}

MatrixXd kernel_matrix(const ArrayXd& pairs, Index n, double diagonal) {
  MatrixXd k(n, n);
  Index pair = 0;
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < i; ++j, ++pair) k(i, j) = k(j, i) = pairs[pair];
    k(i, i) = diagonal;
  }
  return k;
}

double log_posterior(const GpData& data, const MatrixXd& squares, const GpScales& scales, VectorXd* gradient) {
  const Index n = data.y.size();
  const Index num_scales = scales.log_lengths.size();
  const double signal = std::exp(scales.log_signal);
  const double noise = std::exp(scales.log_noise);
  const VectorXd precision = (-2 * scales.log_lengths.array()).exp();
  const ArrayXd r = (squares * precision).array().sqrt();
  const ArrayXd decay = (-kSqrt5 * r).exp();
  const ArrayXd kernel = signal * (1 + kSqrt5 * r + 5.0 / 3 * r.square()) * decay;
  const std::optional<MatrixXd> factor = cholesky(kernel_matrix(kernel, n, signal + noise));
  if (!factor) return -std::numeric_limits<double>::infinity();

  const MatrixXd inverse = inverse_of(*factor);
  VectorXd whitened(n);
  for (Index i = 0; i < n; ++i) whitened[i] = inverse.row(i).head(i + 1).dot(data.y.head(i + 1));
  double value = -0.5 * whitened.squaredNorm() - factor->diagonal().array().log().sum();
  const VectorXd packed = scales.packed();
  for (Index k = 0; k < packed.size(); ++k) value += prior_of(k, num_scales).density(packed[k]);
  if (gradient == nullptr) return value;

  // d/dt = 1/2 tr((alpha alpha' - K^-1) dK/dt); pairs count twice.
  const VectorXd alpha = inverse.transpose() * whitened;
  ArrayXd weights(squares.rows());
  double trace = 0;
  Index pair = 0;
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < i; ++j, ++pair)
      weights[pair] = alpha[i] * alpha[j] - inverse.col(i).tail(n - i).dot(inverse.col(j).tail(n - i));
    trace += alpha[i] * alpha[i] - inverse.col(i).tail(n - i).squaredNorm();
  }
  gradient->resize(packed.size());
  const VectorXd slopes = weights * (signal * 5.0 / 3) * (1 + kSqrt5 * r) * decay;
  gradient->head(num_scales) = (squares.transpose() * slopes).cwiseProduct(precision);
  (*gradient)[num_scales] = (weights * kernel).sum() + 0.5 * trace * signal;
  (*gradient)[num_scales + 1] = 0.5 * trace * noise;
  for (Index k = 0; k < packed.size(); ++k) (*gradient)[k] += prior_of(k, num_scales).slope(packed[k]);
  return value;
}

}  // namespace

GpScales GpScales::prior(Index num_scales) {
  VectorXd packed(num_scales + 2);
  for (Index k = 0; k < packed.size(); ++k) packed[k] = prior_of(k, num_scales).mean;
  return unpacked(packed);
}

VectorXd GpScales::packed() const {
  VectorXd packed(log_lengths.size() + 2);
  packed << log_lengths, log_signal, log_noise;
  return packed;
}

GpScales GpScales::unpacked(const VectorXd& packed) {
  const Index d = packed.size() - 2;
  return {.log_lengths = packed.head(d), .log_signal = packed[d], .log_noise = packed[d + 1]};
}

double gp_log_posterior(const GpData& data, const GpScales& scales, VectorXd* gradient) {
  return log_posterior(data, squared_differences(data, scales.log_lengths.size()), scales, gradient);
}

GpScales fit_gp(const GpData& data, std::span<const GpScales> starts) {
  JURY_EXPECTS(!starts.empty());
  const Index num_scales = starts.front().log_lengths.size();
  const MatrixXd squares = squared_differences(data, num_scales);
  VectorXd low(num_scales + 2);
  VectorXd high(num_scales + 2);
  for (Index k = 0; k < low.size(); ++k) {
    low[k] = prior_of(k, num_scales).low;
    high[k] = prior_of(k, num_scales).high;
  }
  const auto loss = [&](const VectorXd& packed, VectorXd* gradient) {
    const double value = log_posterior(data, squares, GpScales::unpacked(packed), gradient);
    if (gradient != nullptr) *gradient = -*gradient;
    return -value;
  };
  BoxMinimum best{starts.front().packed(), std::numeric_limits<double>::infinity()};
  for (const GpScales& start : starts) {
    const VectorXd inside = start.packed().cwiseMax(low).cwiseMin(high);
    BoxMinimum found = minimize(loss, inside, low, high, {.max_evaluations = 60, .tolerance = 1e-6});
    if (found.value < best.value) best = std::move(found);
  }
  return GpScales::unpacked(best.x);
}

GpModel::GpModel(GpData data, const GpScales& scales)
    : data_(std::move(data)), inverse_squares_(inverse_squares(data_, scales)), signal_(std::exp(scales.log_signal)) {
  const Index n = data_.y.size();
  const MatrixXd squares = squared_differences(data_, scales.log_lengths.size());
  const VectorXd precision = (-2 * scales.log_lengths.array()).exp();
  const ArrayXd r = (squares * precision).array().sqrt();
  const ArrayXd kernel = signal_ * (1 + kSqrt5 * r + 5.0 / 3 * r.square()) * (-kSqrt5 * r).exp();
  std::optional<MatrixXd> factor;
  for (double extra = 0; !factor; extra = extra == 0 ? 1e-10 : 10 * extra)
    factor = cholesky(kernel_matrix(kernel, n, signal_ + std::exp(scales.log_noise) + extra * signal_));
  inverse_factor_ = inverse_of(*factor);
  const VectorXd whitened = inverse_factor_ * data_.y;
  alpha_ = inverse_factor_.transpose() * whitened;
}

GpPosterior GpModel::at(const VectorXd& x, Slopes slopes) const {
  const Index n = data_.y.size();
  VectorXd squares = VectorXd::Zero(n);
  for (Index c = 0; c < x.size(); ++c)
    squares.array() += (data_.x.col(c).array() - x[c]).square() * inverse_squares_[c];
  const ArrayXd r = squares.array().sqrt();
  const ArrayXd decay = (-kSqrt5 * r).exp();
  const VectorXd k = signal_ * (1 + kSqrt5 * r + 5.0 / 3 * r.square()) * decay;
  const VectorXd whitened = inverse_factor_ * k;
  GpPosterior out{.mean = k.dot(alpha_), .variance = std::max(signal_ - whitened.squaredNorm(), 1e-12 * signal_)};
  if (slopes == Slopes::no) return out;
  const VectorXd solved = inverse_factor_.transpose() * whitened;
  const ArrayXd pull = signal_ * 5.0 / 3 * (1 + kSqrt5 * r) * decay;  // dk/dx = pull * (X - x) / length^2
  out.d_mean.resize(x.size());
  out.d_variance.resize(x.size());
  for (Index c = 0; c < x.size(); ++c) {
    const ArrayXd slope = pull * (data_.x.col(c).array() - x[c]) * inverse_squares_[c];
    out.d_mean[c] = (slope * alpha_.array()).sum();
    out.d_variance[c] = -2 * (slope * solved.array()).sum();
  }
  return out;
}

}  // namespace jury
