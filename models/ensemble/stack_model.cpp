#include "models/ensemble/stack_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/ensemble/combine.hpp"
#include "models/ensemble/logistic.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

double bounded(const StackModel& model, double score) {
  if (model.outcome == Outcome::classes && model.meta == "nnls") return std::max(score, 0.0);
  if (model.outcome == Outcome::classes || model.kind == ValueKind::probabilities) return std::clamp(score, 0.0, 1.0);
  return model.kind == ValueKind::rates ? std::max(score, kSmallestProbability) : score;
}

// What every base says of one row.
class Row {
 public:
  Row(const StackModel& model, std::span<const Predictions> bases, std::size_t row)
      : model_(model), bases_(bases), begin_(row * model.width()) {}

  bool is_finite() const {
    for (std::size_t b = 0; b < model_.num_bases; ++b)
      for (std::size_t k = 0; k < model_.width(); ++k)
        if (!std::isfinite(bases_[b][begin_ + k])) return false;
    return true;
  }

  double said(std::size_t base, std::size_t k) const { return static_cast<double>(bases_[base][begin_ + k]); }

  double score(std::size_t output) const {
    const bool logs = model_.meta == "logistic";
    double sum = model_.intercepts[output];
    for (std::size_t b = 0; b < model_.num_bases; ++b)
      sum += model_.coefficient(b, output) *
             (logs ? std::log(std::max(said(b, output), kSmallestProbability)) : said(b, output));
    return sum;
  }

  double variance(std::size_t output, double mean) const {
    double positive = 0;
    for (std::size_t b = 0; b < model_.num_bases; ++b) positive += std::max(model_.coefficient(b, output), 0.0);
    double sum = 0;
    for (std::size_t b = 0; b < model_.num_bases; ++b) {
      const double share = positive > 0 ? std::max(model_.coefficient(b, output), 0.0) / positive
                                        : 1.0 / static_cast<double>(model_.num_bases);
      const double away = said(b, output) - mean;
      sum += share * (said(b, model_.num_outputs + output) + away * away);
    }
    return sum;
  }

 private:
  const StackModel& model_;
  std::span<const Predictions> bases_;
  std::size_t begin_;
};

// Bounded scores divided by their sum; equal when there is nothing to divide.
}  // namespace

std::span<const StackMeta> stack_metas() noexcept {
  static constexpr StackMeta table[] = {
      {"linear", "least squares with an intercept", true, true},
      {"ridge", "least squares with an intercept and an L2 penalty", true, true},
      {"nnls", "least squares with coefficients of at least 0", true, true},
      {"logistic", "logistic regression on log-probabilities with an L2 penalty", true, false},
  };
  return table;
}

std::vector<float> predict_stack(const StackModel& model, std::span<const Predictions> bases) {
  JURY_EXPECTS(bases.size() == model.num_bases && !bases.empty());
  JURY_EXPECTS(std::ranges::all_of(bases, [&](Predictions base) { return base.size() == bases[0].size(); }));
  JURY_EXPECTS(bases[0].size() % model.width() == 0);
  std::vector<float> result(bases[0].size(), std::numeric_limits<float>::quiet_NaN());
  std::vector<double> scores(model.num_outputs);
  for (std::size_t row = 0; row < result.size() / model.width(); ++row) {
    const Row said(model, bases, row);
    if (!said.is_finite()) continue;
    const auto out = std::span(result).subspan(row * model.width(), model.width());
    for (std::size_t k = 0; k < scores.size(); ++k) scores[k] = said.score(k);
    if (model.meta == "logistic") {
      softmax_in_place(scores);
    } else {
      for (double& score : scores) score = bounded(model, score);
      if (model.outcome == Outcome::classes) normalise(scores);
    }
    for (std::size_t k = 0; k < scores.size(); ++k) out[k] = static_cast<float>(scores[k]);
    for (std::size_t k = scores.size(); k < out.size(); ++k)
      out[k] = static_cast<float>(said.variance(k - scores.size(), scores[k - scores.size()]));
  }
  return result;
}

void StackModel::save(ByteWriter& writer) const {
  writer.add(meta).add(outcome == Outcome::classes ? std::uint8_t{1} : std::uint8_t{0}).add(kind);
  writer.add(std::uint64_t{num_bases}).add(std::uint64_t{num_outputs}).add(coefficients).add(intercepts);
  writer.add(std::uint64_t{num_rows}).add(converged ? std::uint8_t{1} : std::uint8_t{0});
}

StackModel StackModel::load(ByteReader& reader) {
  StackModel model{.meta = reader.text()};
  model.outcome = reader.read<std::uint8_t>() == 1 ? Outcome::classes : Outcome::values;
  model.kind = reader.read<ValueKind>();
  model.num_bases = static_cast<std::size_t>(reader.read<std::uint64_t>());
  model.num_outputs = static_cast<std::size_t>(reader.read<std::uint64_t>());
  model.coefficients = reader.vector<double>();
  model.intercepts = reader.vector<double>();
  model.num_rows = static_cast<std::size_t>(reader.read<std::uint64_t>());
  model.converged = reader.read<std::uint8_t>() == 1;
  if (std::ranges::find(stack_metas(), model.meta, &StackMeta::name) == stack_metas().end())
    throw DataError("stack model is damaged (there is no such meta model)");
  const std::size_t outputs = model.num_outputs;
  if (outputs == 0 || model.intercepts.size() != outputs || model.num_bases == 0 ||
      model.coefficients.size() % outputs != 0 || model.coefficients.size() / outputs != model.num_bases)
    throw DataError("stack model is damaged (its coefficients are not one for each base and output)");
  if (model.kind > ValueKind::quantiles || (model.outcome == Outcome::classes && model.kind != ValueKind::values))
    throw DataError("stack model is damaged (no such kind of predictions)");
  return model;
}

}  // namespace jury
