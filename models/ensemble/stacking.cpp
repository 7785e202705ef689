#include "models/ensemble/stacking.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/ensemble/least_squares.hpp"
#include "models/ensemble/logistic.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index index(std::size_t i) { return static_cast<Index>(i); }

// The rows that count, with what is known and predicted of them.
class StackRows {
 public:
  StackRows(const Truth& truth, std::span<const Predictions> bases) : truth_(truth), bases_(bases) {
    double total = 0;
    for (std::size_t row = 0; row < truth.num_rows(); ++row) {
      if (truth.weight(row) <= 0 || !is_finite(row)) continue;
      rows_.push_back(row);
      weights_.push_back(truth.weight(row));
      total += truth.weight(row);
    }
    for (double& weight : weights_) weight *= static_cast<double>(rows_.size()) / total;
  }

  std::size_t size() const { return rows_.size(); }
  std::size_t num_bases() const { return bases_.size(); }
  std::size_t num_outputs() const { return truth_.num_outputs; }
  std::span<const double> weights() const { return weights_; }
  std::int32_t label(std::size_t i) const { return truth_.labels[rows_[i]]; }
  double said(std::size_t i, std::size_t base, std::size_t output) const {
    return static_cast<double>(bases_[base][rows_[i] * truth_.width() + output]);
  }

  // (size, bases) of one output, and its truth.
  MatrixXd predictions(std::size_t output) const {
    MatrixXd x(index(size()), index(num_bases()));
    for (std::size_t b = 0; b < num_bases(); ++b)
      for (std::size_t i = 0; i < size(); ++i) x(index(i), index(b)) = said(i, b, output);
    return x;
  }
  VectorXd truth(std::size_t output) const {
    VectorXd y(index(size()));
    for (std::size_t i = 0; i < size(); ++i)
      y(index(i)) = truth_.outcome == Outcome::values ? truth_.values[rows_[i] * num_outputs() + output]
                                                      : (label(i) == static_cast<std::int32_t>(output) ? 1.0 : 0.0);
    return y;
  }
  VectorXd root_weights() const {
    VectorXd roots(index(size()));
    for (std::size_t i = 0; i < size(); ++i) roots(index(i)) = std::sqrt(weights_[i]);
    return roots;
  }

 private:
  bool is_finite(std::size_t row) const {
    return std::ranges::all_of(bases_, [&](Predictions base) {
      return std::ranges::all_of(row_of(base, row, truth_.width()), [](float f) { return std::isfinite(f); });
    });
  }

  const Truth& truth_;
  std::span<const Predictions> bases_;
  std::vector<std::size_t> rows_;
  std::vector<double> weights_;  // of mean 1
};

void set_coefficients(StackModel& model, std::size_t output, const VectorXd& coefficients) {
  for (std::size_t b = 0; b < model.num_bases; ++b)
    model.coefficients[b * model.num_outputs + output] = coefficients(index(b));
}

// Centred columns leave the intercept out of the penalty, and a large offset of a target costs no digits.
void fit_ridge(StackModel& model, const StackRows& rows, double ridge) {
  const VectorXd roots = rows.root_weights();
  const VectorXd shares = roots.array().square() / static_cast<double>(rows.size());
  for (std::size_t output = 0; output < rows.num_outputs(); ++output) {
    MatrixXd x = rows.predictions(output);
    VectorXd y = rows.truth(output);
    const VectorXd centre = x.transpose() * shares;
    const double mean = y.dot(shares);
    for (Index b = 0; b < x.cols(); ++b) x.col(b) = (x.col(b).array() - centre(b)) * roots.array();
    y = (y.array() - mean) * roots.array();
    const double variance = y.squaredNorm() / static_cast<double>(rows.size());
    const double unit = model.outcome == Outcome::values && variance > 0 ? variance : 1;
    const VectorXd coefficients = least_squares(x, y, ridge * unit);
    set_coefficients(model, output, coefficients);
    model.intercepts[output] = mean - centre.dot(coefficients);
  }
}

void fit_linear(StackModel& model, const StackRows& rows, double) { fit_ridge(model, rows, 0); }

void fit_nnls(StackModel& model, const StackRows& rows, double) {
  const VectorXd roots = rows.root_weights();
  const bool shared = model.outcome == Outcome::classes;
  MatrixXd all(shared ? index(rows.size() * rows.num_outputs()) : 0, index(rows.num_bases()));
  VectorXd truth(all.rows());
  for (std::size_t output = 0; output < rows.num_outputs(); ++output) {
    const MatrixXd x = roots.asDiagonal() * rows.predictions(output);
    const VectorXd y = roots.cwiseProduct(rows.truth(output));
    if (shared) {
      all.middleRows(index(output) * x.rows(), x.rows()) = x;
      truth.segment(index(output) * x.rows(), x.rows()) = y;
    } else {
      set_coefficients(model, output, nonnegative_least_squares(x, y));
    }
  }
  if (!shared) return;
  const VectorXd coefficients = nonnegative_least_squares(all, truth);
  for (std::size_t output = 0; output < rows.num_outputs(); ++output) set_coefficients(model, output, coefficients);
}

void fit_softmax(StackModel& model, const StackRows& rows, double ridge) {
  const Index width = index(rows.num_bases() + 1);
  std::vector<std::int32_t> labels(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) labels[i] = rows.label(i);
  LogisticProblem problem{.features = LogisticProblem::Features(index(rows.size()), index(rows.num_outputs()) * width),
                          .num_classes = rows.num_outputs(),
                          .labels = labels,
                          .weights = rows.weights(),
                          .ridge = ridge};
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t c = 0; c < rows.num_outputs(); ++c) {
      problem.features(index(i), index(c) * width) = 1;
      for (std::size_t b = 0; b < rows.num_bases(); ++b)
        problem.features(index(i), index(c) * width + 1 + index(b)) =
            std::log(std::max(rows.said(i, b, c), kSmallestProbability));
    }
  const LogisticFit fit = fit_logistic(problem);
  model.converged = fit.converged;
  for (std::size_t c = 0; c < rows.num_outputs(); ++c) {
    model.intercepts[c] = fit.coefficients(index(c) * width);
    set_coefficients(model, c, fit.coefficients.segment(index(c) * width + 1, width - 1));
  }
}

using Fit = void (*)(StackModel&, const StackRows&, double ridge);
// In the order of stack_metas().
constexpr Fit kFits[] = {fit_linear, fit_ridge, fit_nnls, fit_softmax};

std::size_t find_meta(std::string_view name, Outcome outcome) {
  if (name == "auto") name = outcome == Outcome::classes ? "logistic" : "nnls";
  std::vector<std::string_view> known;
  const auto metas = stack_metas();
  JURY_EXPECTS(metas.size() == std::size(kFits));
  for (std::size_t i = 0; i < metas.size(); ++i) {
    if (metas[i].name == name && metas[i].applies_to(outcome)) return i;
    if (metas[i].name == name)
      throw ConfigError("ensemble.stack.meta = \"" + std::string(name) + "\" does not apply to " +
                        (outcome == Outcome::classes ? "classification" : "regression (it predicts classes)") +
                        " use auto, linear, ridge or nnls");
    known.push_back(metas[i].name);
  }
  throw ConfigError("there is no meta model '" + std::string(name) + "'" + suggestion(name, known));
}

}  // namespace

void check_stacking(const StackOptions& options, Outcome outcome, ValueKind kind) {
  find_meta(options.meta, outcome);
  if (outcome == Outcome::values && kind == ValueKind::quantiles)
    throw ConfigError(
        "ensemble.method = \"stacking\" does not apply to quantiles (its meta models fit means) use "
        "ensemble.method = \"selection\"");
}

StackModel fit_stack(const StackOptions& options, const Truth& truth, std::span<const Predictions> bases) {
  JURY_EXPECTS(!bases.empty() && truth.num_outputs >= 1 && options.ridge >= 0);
  for ([[maybe_unused]] const Predictions base : bases) JURY_EXPECTS(base.size() == truth.num_rows() * truth.width());
  check_stacking(options, truth.outcome, truth.kind);
  const std::size_t meta = find_meta(options.meta, truth.outcome);
  const StackRows rows(truth, bases);
  if (rows.size() == 0)
    throw DataError(
        "a stack has no row to be fitted on (none was predicted by every base) remove the bases that failed");
  StackModel model{.meta = std::string(stack_metas()[meta].name),
                   .outcome = truth.outcome,
                   .kind = truth.outcome == Outcome::values ? truth.kind : ValueKind::values,
                   .num_bases = bases.size(),
                   .num_outputs = truth.num_outputs,
                   .coefficients = std::vector<double>(bases.size() * truth.num_outputs),
                   .intercepts = std::vector<double>(truth.num_outputs),
                   .num_rows = rows.size()};
  kFits[meta](model, rows, options.ridge);
  return model;
}

}  // namespace jury
