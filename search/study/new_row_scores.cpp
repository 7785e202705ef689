#include "search/study/new_row_scores.hpp"

#include <utility>

#include "search/study/study_calibration.hpp"
#include "search/study/summary.hpp"

namespace jury {
namespace {

// Those rows of a matrix whose row 0 is the dataset's row `first`.
template <class Matrix>
auto chosen_rows(const Matrix& matrix, std::span<const std::uint32_t> rows, std::size_t first, std::size_t width) {
  std::vector<typename Matrix::value_type> some;
  some.reserve(rows.size() * width);
  for (const std::uint32_t row : rows) {
    const auto begin = matrix.begin() + static_cast<std::ptrdiff_t>((row - first) * width);
    some.insert(some.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return some;
}

}  // namespace

NewRowScores::NewRowScores(const StoredEnsemble& ensemble, const Dataset& dataset, std::vector<std::uint32_t> rows,
                           const Scoring& scoring)
    : ensemble_(ensemble),
      num_train_(dataset.num_train()),
      rows_(std::move(rows)),
      truth_(dataset, rows_, forecast_of(ensemble.experiment, dataset.task())),
      scoring_(scoring) {}

std::vector<double> NewRowScores::scores_of(Predictions all) const {
  return score_all(truth_.truth(), chosen_rows(all, rows_, num_train_, combination_shape(ensemble_, 0).width()),
                   scoring_);
}

void NewRowScores::add_member(Predictions all) { members_.push_back(scores_of(all)); }

std::string NewRowScores::coverage(const EnsemblePredictions& predictions) const {
  const auto& conformal = ensemble_.calibration.conformal;
  const std::size_t outputs = predictions.shape.num_outputs;
  Coverage met;
  if (!predictions.sets.empty()) {
    const auto sets = chosen_rows(predictions.sets, rows_, num_train_, outputs);
    met = coverage_of_sets(truth_.truth(), std::vector<std::int8_t>(sets.begin(), sets.end()));
  } else if (!predictions.low.empty()) {
    const auto low = chosen_rows(predictions.low, rows_, num_train_, outputs),
               high = chosen_rows(predictions.high, rows_, num_train_, outputs);
    std::vector<Interval> intervals;
    for (std::size_t i = 0; i < low.size(); ++i)
      intervals.push_back({static_cast<double>(low[i]), static_cast<double>(high[i])});
    met = coverage_of_intervals(truth_.truth(), intervals);
  }
  return met.count == 0 ? "" : coverage_text(conformal->choice, conformal->coverage, met, "the new rows");
}

std::string NewRowScores::text(const EnsemblePredictions& predictions) const {
  JuryScores scores{.source = "new"};
  for (std::size_t i = 0; i < predictions.combines.size(); ++i)
    scores.overall.push_back({predictions.combines[i], scores_of(predictions.combined[i])});
  if (!predictions.calibrated.empty())
    scores.overall.push_back({std::string(kCalibrated), scores_of(predictions.calibrated)});
  for (ScoreLine& line : member_lines(members_, scoring_)) scores.overall.push_back(std::move(line));
  return scores_text(scoring_, {scores}) + coverage(predictions);
}

}  // namespace jury
