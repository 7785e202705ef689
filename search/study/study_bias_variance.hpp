// Bias and variance of a study: its replicates and its out-of-bag members, decomposed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/metrics/bias_variance.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// One predictor's decompositions over a set of rows.
struct StudyDecomposition {
  std::string predictor;  ///< single, or ensemble
  std::string estimator;  ///< replicate: retrained on other training sets; oob: members of one bagged run
  std::int32_t members = 1;
  std::size_t num_replicates = 0;
  std::vector<std::uint32_t> rows;  ///< of the dataset
  std::vector<Decomposition> parts;
  double train_size = 0;      ///< of by_train_size: share of the training rows that is drawn
  std::size_t num_train = 0;  ///< and how many draws that is
};

struct StudyBiasVariance {
  std::vector<StudyDecomposition> overall;
  std::vector<StudyDecomposition>
      by_size;  ///< ensembles of the first members; without points where those would be many
  std::vector<StudyDecomposition> by_train_size;  ///< the learning curve: see decompose_train_sizes()
  /// Predictions of every replicate, (replicate, predictor, row, width): predictor 0 is the single
  /// model, 1 the ensemble.
  std::vector<float> replicate_predictions;

  /// The largest identity residual of all that was decomposed; NaN when nothing was.
  double largest_residual() const noexcept;
};

/// Decomposes what is there: replicates on the test set for the single model and the ensemble, and
/// the out-of-bag members of a final bag on the training rows. Replicates of which any fit did not
/// complete are left out.
StudyBiasVariance decompose_study(const StudyPlan& plan, const Trained& trained, const Scoring& scoring);

}  // namespace jury
