#include "models/nn/initialiser.hpp"

#include <Eigen/Householder>
#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

double gain(Activation activation) noexcept {
  switch (activation) {
    case Activation::relu:
      return std::sqrt(2.0);
    case Activation::tanh:
      return 5.0 / 3.0;
    case Activation::leaky_relu: {
      constexpr auto slope = static_cast<double>(kLeakySlope);
      return std::sqrt(2.0 / (1 + slope * slope));
    }
    case Activation::identity:
    case Activation::sigmoid:
    case Activation::elu:
    case Activation::gelu:
    case Activation::swish:
    case Activation::softplus:
    case Activation::softsign:
      break;
  }
  return 1.0;
}

double kaiming(const FanInOut& fans) noexcept { return gain(fans.activation) / std::sqrt(fans.fan_in); }
double xavier(const FanInOut& fans) noexcept { return std::sqrt(2.0 / (fans.fan_in + fans.fan_out)); }

template <auto deviation>
void normal(std::span<float> weights, const FanInOut& fans, Rng& rng) {
  const double scale = deviation(fans);
  for (float& weight : weights) weight = static_cast<float>(scale * rng.normal());
}

template <auto deviation>
void uniform(std::span<float> weights, const FanInOut& fans, Rng& rng) {
  const double bound = std::sqrt(3.0) * deviation(fans);
  for (float& weight : weights) weight = static_cast<float>(bound * (2.0 * rng.uniform() - 1.0));
}

void uniform_in_range(std::span<float> weights, const FanInOut& fans, Rng& rng) {
  for (float& weight : weights) weight = static_cast<float>(fans.range * (2.0 * rng.uniform() - 1.0));
}

// Q of the QR decomposition of a normal (rows, cols) matrix, rows >= cols, R's diagonal positive: a
// product of reflections. One after the other rather than in blocks, as Eigen's HouseholderQR does them:
// its blocks, and with them the last bits, follow the processor's cache.
Eigen::MatrixXd orthonormal_columns(Eigen::Index rows, Eigen::Index cols, Rng& rng) {
  Eigen::MatrixXd a(rows, cols);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j) a(i, j) = rng.normal();
  Eigen::VectorXd factors(cols), diagonal(cols), workspace(cols);
  for (Eigen::Index k = 0; k < cols; ++k) {
    const Eigen::Index below = rows - k, right = cols - k - 1;
    a.col(k).tail(below).makeHouseholderInPlace(factors(k), diagonal(k));
    a.bottomRightCorner(below, right).applyHouseholderOnTheLeft(a.col(k).tail(below - 1), factors(k), workspace.data());
  }
  Eigen::MatrixXd q = Eigen::MatrixXd::Identity(rows, cols);
  for (Eigen::Index k = cols; k-- > 0;)
    q.bottomRightCorner(rows - k, cols - k)
        .applyHouseholderOnTheLeft(a.col(k).tail(rows - k - 1), factors(k), workspace.data());
  for (Eigen::Index k = 0; k < cols; ++k)
    if (diagonal(k) < 0) q.col(k) = -q.col(k);
  return q;
}

void orthogonal(std::span<float> weights, const FanInOut& fans, Rng& rng) {
  JURY_EXPECTS(weights.size() == fans.rows * fans.cols);
  const bool wide = fans.cols > fans.rows;
  const Eigen::MatrixXd q = orthonormal_columns(static_cast<Eigen::Index>(std::max(fans.rows, fans.cols)),
                                                static_cast<Eigen::Index>(std::min(fans.rows, fans.cols)), rng);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i / fans.cols), col = static_cast<Eigen::Index>(i % fans.cols);
    weights[i] = static_cast<float>(gain(fans.activation) * (wide ? q(col, row) : q(row, col)));
  }
}

}  // namespace

std::span<const Entry<Initialise>> initialisers() noexcept {
  static constexpr Entry<Initialise> table[] = {
      {"kaiming", "the same as kaiming_normal", normal<kaiming>},
      {"kaiming_normal", "normal, gain / sqrt(fan_in)", normal<kaiming>},
      {"kaiming_uniform", "uniform of the same deviation", uniform<kaiming>},
      {"xavier", "the same as xavier_normal", normal<xavier>},
      {"xavier_normal", "normal, sqrt(2 / (fan_in + fan_out))", normal<xavier>},
      {"xavier_uniform", "uniform of the same deviation", uniform<xavier>},
      {"orthogonal", "gain times orthonormal rows or columns", orthogonal},
      {"uniform", "uniform in +-init_range", uniform_in_range},
  };
  return table;
}

std::vector<std::string_view> initialiser_names() { return names(initialisers()); }

}  // namespace jury
