// Smooth minimisation in a box, by NLopt.
#pragma once

#include <Eigen/Core>
#include <functional>

namespace jury {

/// A value to be minimised and, where `gradient` is not null, its gradient, of the size of x.
using SmoothFunction = std::function<double(const Eigen::VectorXd& x, Eigen::VectorXd* gradient)>;

struct BoxMinimum {
  Eigen::VectorXd x;
  double value;
};

struct MinimizeOptions {
  int max_evaluations = 60;
  double tolerance = 1e-8;  ///< relative change of the value at which it ends
};

/// The least value that L-BFGS (Nocedal 1980, as NLopt's LD_LBFGS has it) meets from `start` in low <= x <= high,
/// at least that at `start`. Infinite values end it; no clock and no random number is in it.
BoxMinimum minimize(const SmoothFunction& function, Eigen::VectorXd start, const Eigen::VectorXd& low,
                    const Eigen::VectorXd& high, const MinimizeOptions& options = {});

}  // namespace jury
