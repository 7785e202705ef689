#include "models/ensemble/logistic.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::int32_t kMostIterations = 200;
constexpr int kMostHalvings = 60;
constexpr double kSufficient = 1e-4;    // share of the predicted decrease a step has to reach (Armijo)
constexpr double kInvisible = 1e-10;    // predicted decreases below this share of the loss drown in its rounding
constexpr double kHessianRank = 1e-12;  // relative pivots that are 0

class Loss {
 public:
  explicit Loss(const LogisticProblem& problem)
      : problem_(problem),
        classes_(static_cast<Index>(problem.num_classes)),
        width_(problem.features.cols() / classes_),
        probabilities_(problem.num_classes) {
    for (const double weight : problem.weights) total_weight_ += weight;
  }

  Index size() const { return problem_.features.cols(); }
  double total_weight() const { return total_weight_; }

  double value(const VectorXd& b) {
    double sum = 0;
    for (Index row = 0; row < problem_.features.rows(); ++row) {
      const double logarithm = predict(b, row);
      sum += weight(row) * (logarithm - label_score_);
    }
    return sum + 0.5 * problem_.ridge * penalised(b).squaredNorm();
  }

  // Gradient and Hessian at b. The Hessian does not see a constant added to every intercept, and the
  // gradient has no part along it: a square of their sum keeps the Hessian regular there.
  void derive(const VectorXd& b, VectorXd& gradient, MatrixXd& hessian) {
    gradient = problem_.ridge * penalised(b);
    hessian = MatrixXd::Zero(size(), size());
    VectorXd mixed(size());
    for (Index row = 0; row < problem_.features.rows(); ++row) {
      predict(b, row);
      for (Index c = 0; c < classes_; ++c) {
        const double p = probabilities_[static_cast<std::size_t>(c)], w = weight(row);
        const auto x = problem_.features.row(row).segment(c * width_, width_).transpose();
        mixed.segment(c * width_, width_) = p * x;
        gradient.segment(c * width_, width_) += w * (p - (label(row) == c ? 1.0 : 0.0)) * x;
        auto block = hessian.block(c * width_, c * width_, width_, width_);
        for (Index j = 0; j < width_; ++j) block.col(j).tail(width_ - j) += w * p * x(j) * x.tail(width_ - j);
      }
      for (Index j = 0; j < size(); ++j)
        hessian.col(j).tail(size() - j) -= weight(row) * mixed(j) * mixed.tail(size() - j);
    }
    for (Index j = 0; j < size(); ++j) {
      if (j % width_ != 0) hessian(j, j) += problem_.ridge;
      for (Index i = j; i < size(); ++i)
        if (i % width_ == 0 && j % width_ == 0) hessian(i, j) += total_weight_ / static_cast<double>(classes_);
    }
    hessian.triangularView<Eigen::StrictlyUpper>() = hessian.transpose();
  }

 private:
  // Fills the row's probabilities and the score of its label; the logarithm of the sum of exponentials.
  double predict(const VectorXd& b, Index row) {
    for (Index c = 0; c < classes_; ++c)
      probabilities_[static_cast<std::size_t>(c)] =
          problem_.features.row(row).segment(c * width_, width_).dot(b.segment(c * width_, width_));
    label_score_ = probabilities_[static_cast<std::size_t>(label(row))];
    return softmax_in_place(probabilities_);
  }

  VectorXd penalised(VectorXd b) const {
    for (Index c = 0; c < classes_; ++c) b(c * width_) = 0;
    return b;
  }
  double weight(Index row) const { return problem_.weights[static_cast<std::size_t>(row)]; }
  Index label(Index row) const { return problem_.labels[static_cast<std::size_t>(row)]; }

  const LogisticProblem& problem_;
  Index classes_;
  Index width_;  // of a class: its intercept and its features
  std::vector<double> probabilities_;
  double label_score_ = 0;
  double total_weight_ = 0;
};

VectorXd newton_step(const MatrixXd& hessian, const VectorXd& gradient) {
  Eigen::CompleteOrthogonalDecomposition<MatrixXd> qr;
  qr.setThreshold(kHessianRank);
  qr.compute(hessian);
  return qr.solve(-gradient);
}

}  // namespace

double softmax_in_place(std::span<double> scores) noexcept {
  const double largest = *std::ranges::max_element(scores);
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - largest);
  for (double& score : scores) score /= sum;
  return largest + std::log(sum);
}

LogisticFit fit_logistic(const LogisticProblem& problem) {
  const auto rows = static_cast<std::size_t>(problem.features.rows());
  JURY_EXPECTS(rows > 0 && problem.labels.size() == rows && problem.weights.size() == rows);
  JURY_EXPECTS(static_cast<std::size_t>(problem.features.cols()) % problem.num_classes == 0 && problem.ridge >= 0);
  Loss loss(problem);
  LogisticFit fit{.coefficients = VectorXd::Zero(loss.size())};
  VectorXd& b = fit.coefficients;
  VectorXd gradient;
  MatrixXd hessian;
  for (double value = loss.value(b); fit.iterations < kMostIterations; ++fit.iterations) {
    loss.derive(b, gradient, hessian);
    fit.converged = gradient.cwiseAbs().maxCoeff() <= kLogisticTolerance * loss.total_weight();
    if (fit.converged) break;
    const VectorXd step = newton_step(hessian, gradient);
    const double slope = gradient.dot(step);
    double length = 1;
    double next = loss.value(b + step);
    if (-slope > kInvisible * (loss.total_weight() + value)) {
      int halvings = 0;
      for (; !(next <= value + kSufficient * length * slope) && halvings < kMostHalvings; ++halvings)
        next = loss.value(b + (length *= 0.5) * step);
      if (halvings == kMostHalvings) break;
    }
    b += length * step;
    value = next;
  }
  return fit;
}

}  // namespace jury
