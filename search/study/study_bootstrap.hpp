// What a study with cv.method = "bootstrap_632" or "632plus" reports.
#pragma once

#include <string>
#include <vector>

#include "models/metrics/bootstrap_estimate.hpp"
#include "search/study/jury_scores.hpp"

namespace jury {

/// One way to join the members, or a line of the members themselves.
struct BootstrapLine {
  std::string predictor;
  std::vector<BootstrapScores> scores;       ///< of each metric of Scoring
  std::vector<BootstrapEstimate> estimates;  ///< of each metric
};

/// Empty without such a method, and while nothing was trained on all rows.
struct StudyBootstrap {
  std::string method;
  std::vector<BootstrapLine> lines = {};  ///< in the order of JuryScores::overall
};

/// Joins the scores of rows left out, means over the repeats of `juries`, with the apparent score of a predictor of its
/// own (StudyPlan::apparent_predictor()), which is trained on all rows and predicts them too. Those predictions
/// (FitResult::apparent) are read here and nowhere else: no other score, stack, calibration or selection may see them.
///
/// The no-information score is that of the reported way to join, by the apparent predictions; the overfitting and the
/// weight it gives count for all lines. `key`: a stream_key of Purpose::interval.
StudyBootstrap estimate_bootstrap(const StudyPlan& plan, const Trained& trained, const Scoring& scoring,
                                  const std::vector<JuryScores>& juries, std::uint64_t key);

}  // namespace jury
