#include "models/ensemble/adaboost.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr double kChanceMargin = 1e-12;

double sum_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

}  // namespace

BoostAlgorithm resolve_algorithm(const AdaBoostOptions& options, Outcome outcome) {
  const std::string& asked = options.algorithm;
  const bool classes = outcome == Outcome::classes;
  if (classes && asked == "r2")
    throw ConfigError(
        "ensemble.boosting.algorithm = \"r2\" is for values (the target has classes) use \"samme\", \"m1\" or "
        "\"arc_x4\"");
  if (!classes && asked != "r2" && asked != "auto")
    throw ConfigError("ensemble.boosting.algorithm = \"" + asked +
                      "\" is for classes (the targets are numbers) use \"r2\"");
  for (const auto& [key, value] : {std::pair("weak", &options.weak), std::pair("perfect", &options.perfect)})
    if (!classes && *value == "restart")
      throw ConfigError(
          "ensemble.boosting." + std::string(key) +
          " = \"restart\" does not go with algorithm \"r2\" (it is defined for m1 and samme) leave it out");
  if (!classes) return BoostAlgorithm::r2;
  return asked == "m1" ? BoostAlgorithm::m1 : asked == "arc_x4" ? BoostAlgorithm::arc_x4 : BoostAlgorithm::samme;
}

const char* name(BoostOutcome outcome) noexcept {
  switch (outcome) {
    case BoostOutcome::kept:
      return "kept";
    case BoostOutcome::perfect:
      return "perfect";
    case BoostOutcome::perfect_restart:
      return "perfect_restart";
    case BoostOutcome::weak_stop:
      return "weak_stop";
    case BoostOutcome::weak_restart:
      return "weak_restart";
  }
  return "";
}

std::vector<double> vote_weights(std::span<const BoostRound> rounds) {
  std::vector<double> weights;
  for (const BoostRound& round : rounds) weights.push_back(round.weight);
  if (!weights.empty() && std::ranges::all_of(weights, [](double weight) { return weight == 0; })) weights[0] = 1;
  return weights;
}

AdaBoost::AdaBoost(const AdaBoostOptions& options, const Truth& truth)
    : truth_(truth), algorithm_(resolve_algorithm(options, truth.outcome)), options_(options) {
  JURY_EXPECTS(truth.num_rows() > 0 && (truth.weights.empty() || truth.weights.size() == truth.num_rows()));
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    JURY_EXPECTS(truth.weight(row) >= 0 && std::isfinite(truth.weight(row)));
    weights_.push_back(truth.weight(row));
  }
  if (!(sum_of(weights_) > 0))
    throw DataError("all training rows have weight 0 (boosting starts from data.weight) give some of them more");
  normalise();
  first_weights_ = weights_;
  if (algorithm_ == BoostAlgorithm::arc_x4) misses_.resize(weights_.size());
}

void AdaBoost::normalise() noexcept {
  const double sum = sum_of(weights_);
  for (double& weight : weights_) weight /= sum;
}

std::vector<std::uint32_t> AdaBoost::draw(Rng& rng) const {
  std::vector<double> cumulated(weights_.size());
  std::partial_sum(weights_.begin(), weights_.end(), cumulated.begin());
  // A row of weight 0 ends where the one before does, so none is the first to end beyond a number; and the
  // product below may round up to the whole sum, where the last row of any weight ends.
  const auto last = std::ranges::lower_bound(cumulated, cumulated.back());
  std::vector<std::uint32_t> drawn(weights_.size());
  for (std::uint32_t& position : drawn) {
    const double where = rng.uniform() * cumulated.back();
    position = static_cast<std::uint32_t>(std::upper_bound(cumulated.begin(), last, where) - cumulated.begin());
  }
  std::ranges::sort(drawn);
  return drawn;
}

// (rows) how far the values are from the truth; NaN or infinite where they are none.
std::vector<double> AdaBoost::distances(Predictions predictions) const {
  std::vector<double> distances;
  for (std::size_t row = 0; row < weights_.size(); ++row) {
    double squares = 0;
    for (std::size_t k = 0; k < truth_.num_outputs; ++k) {
      const double error =
          static_cast<double>(predictions[row * truth_.width() + k]) - truth_.values[row * truth_.num_outputs + k];
      squares += error * error;
    }
    distances.push_back(is_predicted(row_of(predictions, row, truth_.width())) ? std::sqrt(squares) : std::nan(""));
  }
  return distances;
}

double AdaBoost::loss_of(double share) const noexcept {
  return options_.loss == "square" ? share * share : options_.loss == "exponential" ? -std::expm1(-share) : share;
}

std::vector<double> AdaBoost::losses(Predictions predictions) const {
  std::vector<double> losses;
  if (truth_.outcome == Outcome::classes) {
    for (std::size_t row = 0; row < weights_.size(); ++row) {
      const Predictions of_row = row_of(predictions, row, truth_.width());
      losses.push_back(is_predicted(of_row) && predicted_label(of_row) == truth_.labels[row] ? 0 : 1);
    }
    return losses;
  }
  const std::vector<double> distance = distances(predictions);
  double largest = 0;
  for (std::size_t row = 0; row < distance.size(); ++row)
    if (weights_[row] > 0 && std::isfinite(distance[row])) largest = std::max(largest, distance[row]);
  for (const double d : distance)
    losses.push_back(!std::isfinite(d) ? 1 : largest > 0 ? loss_of(std::min(d / largest, 1.0)) : 0);
  return losses;
}

BoostRound AdaBoost::observe(Predictions predictions) {
  JURY_EXPECTS(!ended_);
  JURY_EXPECTS(predictions.size() == weights_.size() * truth_.width());
  const std::vector<double> losses = this->losses(predictions);
  double wrong = 0, right = 0;  // apart: 1 - e has lost the digits of a small right
  for (std::size_t row = 0; row < losses.size(); ++row) {
    wrong += weights_[row] * losses[row];
    right += weights_[row] * (1 - losses[row]);
  }
  const double error = wrong / (wrong + right);
  if (algorithm_ == BoostAlgorithm::arc_x4) return arc(losses, error);

  const bool samme = algorithm_ == BoostAlgorithm::samme && truth_.num_outputs > 2;
  const double others = samme ? static_cast<double>(truth_.num_outputs - 1) : 1;
  if (wrong == 0) {
    const bool restarts = options_.perfect == "restart";
    ended_ = !restarts;
    if (restarts) weights_ = first_weights_;
    return keep(1 / (static_cast<double>(2 * losses.size() + 1) * others),
                {.outcome = restarts ? BoostOutcome::perfect_restart : BoostOutcome::perfect});
  }
  if (error >= others / (others + 1) - kChanceMargin) return weak(error);
  const double beta = wrong / (right * others);
  for (std::size_t row = 0; row < losses.size(); ++row) weights_[row] *= std::pow(beta, 1 - losses[row]);
  normalise();
  return keep(beta, {.error = error});
}

BoostRound AdaBoost::keep(double beta, BoostRound round) {
  ++num_kept_;
  round.weight = -std::log(beta);
  return round;
}

BoostRound AdaBoost::arc(std::span<const double> losses, double error) {
  for (std::size_t row = 0; row < losses.size(); ++row) {
    misses_[row] += losses[row] > 0 ? 1U : 0U;
    weights_[row] = first_weights_[row] * (1 + std::pow(static_cast<double>(misses_[row]), 4));
  }
  normalise();
  ++num_kept_;
  return {.error = error, .weight = 1};
}

BoostRound AdaBoost::weak(double error) {
  if (options_.weak == "restart") {
    weights_ = first_weights_;
    return {.error = error, .outcome = BoostOutcome::weak_restart};
  }
  ended_ = true;
  return {.error = error, .weight = num_kept_ == 0 ? 1.0 : 0.0, .outcome = BoostOutcome::weak_stop};
}

void AdaBoost::save(ByteWriter& writer) const {
  writer.add(algorithm_).add(num_kept_).add(std::uint8_t{ended_}).add(weights_).add(misses_);
}

void AdaBoost::load(ByteReader& reader) {
  const auto algorithm = reader.read<BoostAlgorithm>();
  const auto num_kept = reader.read<std::uint64_t>();
  const auto ended = reader.read<std::uint8_t>();
  auto weights = reader.vector<double>();
  auto misses = reader.vector<std::uint32_t>();
  if (algorithm != algorithm_ || ended > 1 || weights.size() != weights_.size() || misses.size() != misses_.size())
    throw DataError("boosting record is of other rows or another algorithm");
  // Written so that a NaN is refused.
  if (!std::ranges::all_of(weights, [](double weight) { return weight >= 0; }) ||
      !(std::abs(sum_of(weights) - 1) < 1e-6))
    throw DataError("boosting record is damaged (its weights are none)");
  num_kept_ = num_kept;
  ended_ = ended == 1;
  weights_ = std::move(weights);
  misses_ = std::move(misses);
}

}  // namespace jury
