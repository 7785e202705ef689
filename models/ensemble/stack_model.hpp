// A stack's meta model: how the predictions of its bases become one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/metrics/truth.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// One line of the table of meta models. The name is the same in TOML, HDF5, CSV, report and code.
struct StackMeta {
  std::string_view name;
  std::string_view summary;
  bool for_classes;
  bool for_values;

  bool applies_to(Outcome outcome) const noexcept { return outcome == Outcome::classes ? for_classes : for_values; }
};

/// Every meta model there is; `auto` stands for logistic with classes and nnls with values. y are values,
/// or of each class the 0 or 1 of its rows; s as in StackModel; w row weights, divided by their mean:
///
///   linear    least sum w (y - s)^2, target by target; of several solutions that of least norm
///   ridge     the same plus ridge * sum of squared coefficients, measured in deviations of the target
///             (one scale for all bases, so a target's unit does not matter); probabilities as they are.
///             Intercepts are not penalised, nor are bases standardised, which would favour faint ones
///   nnls      least sum w (y - s)^2 with coefficients of at least 0 and no intercept (Breiman 1996). A
///             class shares its base's coefficient with the others, so the stack is a mixture of the
///             bases; of equal bases the first counts
///   logistic  least sum w (-log p(y)) + ridge / 2 * sum of squared coefficients, p the softmax of s;
///             classes; by Newton's method: fit_logistic()
std::span<const StackMeta> stack_metas() noexcept;

/// Each class or target c has its own combination of what the bases b say of *it*:
///
///   s(c) = intercept(c) + sum_b coefficient(b, c) f(b, c)
///
/// (Breiman 1996, Ting and Witten 1999; StackingC, Seewald 2002: features of other classes only add
/// variance.) f is the predicted probability or value; of `logistic` the logarithm of the probability,
/// clipped at kSmallestProbability, so that its stacks include every log pool. See fit_stack().
struct StackModel {
  std::string meta;  ///< linear, ridge, nnls or logistic; never auto
  Outcome outcome = Outcome::classes;
  ValueKind kind = ValueKind::values;
  std::size_t num_bases = 0;
  std::size_t num_outputs = 0;
  std::vector<double> coefficients = {};  ///< (num_bases, num_outputs)
  std::vector<double> intercepts = {};    ///< (num_outputs)
  std::size_t num_rows = 0;               ///< it was fitted on: those that every base predicted
  bool converged = true;                  ///< false: logistic stopped short of its tolerance

  std::size_t width() const noexcept { return prediction_width(kind, num_outputs); }
  double coefficient(std::size_t base, std::size_t output) const noexcept {
    return coefficients[base * num_outputs + output];
  }
  void save(ByteWriter& writer) const;
  /// Throws DataError when the bytes are no model.
  static StackModel load(ByteReader& reader);
  bool operator==(const StackModel&) const = default;
};

/// The stack's predictions (rows, width) from those of its bases, each (rows, width), in the order of
/// the fit. NaN where a base's are not all finite.
///
/// Classes: probabilities. Of logistic the softmax of s; of the others s clipped to [0, 1] (of nnls at 0
/// alone: its coefficients may sum to more than 1) and divided by its sum (all equal when that is 0).
/// Values: s; rates are at least kSmallestProbability and probabilities within [0, 1]. Of means and
/// variances the mean m is s of the means; the variance is that of the bases' mixture about m,
/// sum_b q(b) (v(b) + (m(b) - m)^2), with shares q of the target's positive coefficients (equal ones when
/// there is none). Expects the bases' number and sizes to agree.
std::vector<float> predict_stack(const StackModel& model, std::span<const Predictions> bases);

}  // namespace jury
