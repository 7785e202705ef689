// Scores of predictions of new rows whose targets are known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "search/study/ensemble_predictions.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

/// Collects the members' scores, and makes the table of a run. All it is given must outlive it.
class NewRowScores {
 public:
  /// `rows` of the dataset are those with a target; its training rows come first.
  NewRowScores(const StoredEnsemble& ensemble, const Dataset& dataset, std::vector<std::uint32_t> rows,
               const Scoring& scoring);

  /// Predictions of all new rows, (rows, width), by one member.
  void add_member(Predictions all);

  /// A line for each way to join, the calibrated line after them, those of the members; then how many truths the
  /// conformal sets or intervals hold.
  std::string text(const EnsemblePredictions& predictions) const;

 private:
  std::vector<double> scores_of(Predictions all) const;
  std::string coverage(const EnsemblePredictions& predictions) const;

  const StoredEnsemble& ensemble_;
  std::size_t num_train_;
  std::vector<std::uint32_t> rows_;
  TruthOf truth_;
  const Scoring& scoring_;
  std::vector<std::vector<double>> members_;
};

}  // namespace jury
