#include "models/ensemble/least_squares.hpp"

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

constexpr double kGradientTolerance = 1e-10;

// One right hand side at a time: Eigen works through several in blocks, whose size, and with it the last
// bits, follows the processor's cache.
VectorXd least_norm(const MatrixXd& x, const VectorXd& y) {
  Eigen::CompleteOrthogonalDecomposition<MatrixXd> qr;
  qr.setThreshold(kRankTolerance);
  qr.compute(x);
  return qr.solve(y);
}

// A problem of as many rows as columns with the same solutions: x = Q R, so |x b - y| = |R b - Q^T y| + const.
struct Reduced {
  MatrixXd x;
  VectorXd y;
};

Reduced reduced(const MatrixXd& x, const VectorXd& y) {
  const Eigen::ColPivHouseholderQR<MatrixXd> qr(x);
  const Index rows = std::min(x.rows(), x.cols());
  const MatrixXd r = qr.matrixQR().topRows(rows).template triangularView<Eigen::Upper>();
  VectorXd turned = y;
  turned.applyOnTheLeft(qr.householderQ().adjoint());
  return {.x = r * qr.colsPermutation().transpose(), .y = turned.head(rows)};
}

// Lawson and Hanson's algorithm. Used columns may have positive coefficients, the others have 0.
class ActiveSet {
 public:
  explicit ActiveSet(const Reduced& problem) : problem_(problem), b_(VectorXd::Zero(problem.x.cols())) {}

  // Lets the column in that the residual asks for most, the first of equals; false when none is asked for.
  bool enter() {
    const VectorXd gradient = problem_.x.transpose() * (problem_.y - problem_.x * b_);
    entered_ = -1;
    for (Index j = 0; j < b_.size(); ++j) {
      const double least = kGradientTolerance * problem_.x.col(j).norm() * problem_.y.norm();
      const bool asked = gradient(j) > least && !std::ranges::binary_search(used_, j) &&
                         std::ranges::find(refused_, j) == refused_.end();
      // Gradients of equal columns differ by rounding: a later one has to be larger by more than that.
      if (asked && (entered_ < 0 || gradient(j) > (1 + kGradientTolerance) * gradient(entered_))) entered_ = j;
    }
    if (entered_ < 0) return false;
    used_.insert(std::ranges::upper_bound(used_, entered_), entered_);
    return true;
  }

  // Goes from b towards the free solution over the used columns as far as no coefficient turns negative,
  // drops the columns that stop it, and goes on. A column that would leave as it came (its gradient was
  // rounding) is refused until b has changed.
  void settle() {
    VectorXd free = free_solution();
    if (free(entered_) <= 0) {
      std::erase(used_, entered_);
      refused_.push_back(entered_);
      return;
    }
    refused_.clear();
    for (; !used_.empty(); free = free_solution()) {
      double step = 1;
      for (const Index j : used_) step = std::min(step, share_until_zero(j, free));
      const bool whole = step >= 1;
      for (const Index j : used_) {
        const bool stops = !whole && share_until_zero(j, free) <= step;
        b_(j) = stops ? 0 : std::max(b_(j) + step * (free(j) - b_(j)), 0.0);
      }
      if (whole) return;
      std::erase_if(used_, [&](Index j) { return b_(j) <= 0; });
    }
  }

  const VectorXd& solution() const { return b_; }

 private:
  // Least squares over the used columns, 0 elsewhere.
  VectorXd free_solution() const {
    VectorXd free = VectorXd::Zero(b_.size());
    free(used_) = least_norm(problem_.x(Eigen::all, used_), problem_.y);
    return free;
  }

  // Share of the way to `free` on which the coefficient stays above 0.
  double share_until_zero(Index j, const VectorXd& free) const {
    if (free(j) > 0) return 1;
    return b_(j) > 0 ? b_(j) / (b_(j) - free(j)) : 0;
  }

  const Reduced& problem_;
  VectorXd b_;
  Index entered_ = -1;
  std::vector<Index> used_;  // ascending
  std::vector<Index> refused_;
};

}  // namespace

VectorXd least_squares(const MatrixXd& x, const VectorXd& y, double ridge) {
  JURY_EXPECTS(x.rows() == y.size() && ridge >= 0);
  if (x.cols() == 0) return {};
  if (ridge <= 0) return least_norm(x, y);
  MatrixXd taller(x.rows() + x.cols(), x.cols());
  taller << x, MatrixXd::Identity(x.cols(), x.cols()) * std::sqrt(ridge);
  VectorXd longer(taller.rows());
  longer << y, VectorXd::Zero(x.cols());
  return least_norm(taller, longer);
}

VectorXd nonnegative_least_squares(const MatrixXd& x, const VectorXd& y) {
  JURY_EXPECTS(x.rows() == y.size());
  const Reduced problem = reduced(x, y);
  ActiveSet active(problem);
  // In exact arithmetic no set comes twice; rounding is stopped by a number of rounds far above the usual.
  for (Index rounds = 10 * x.cols() + 10; rounds > 0 && active.enter(); --rounds) active.settle();
  return active.solution();
}

}  // namespace jury
