#include "search/study/study_learning_curve.hpp"

#include "search/study/study_replicates.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

std::vector<StudyDecomposition> decompose_train_sizes(const StudyPlan& plan, const Trained& trained,
                                                      const Scoring& scoring) {
  std::vector<StudyDecomposition> lines;
  const std::vector<std::uint32_t> rows(plan.test_rows().begin(), plan.test_rows().end());
  const TruthOf truth(plan, rows);
  for (std::int32_t rung = 0; rung < plan.num_rungs(); ++rung) {
    BiasVariance single(truth.truth(), truth.noise_free()), ensemble(truth.truth(), truth.noise_free());
    for (std::int32_t b = 0; b < plan.num_replicates(); ++b) {
      const TaskKey predictor{.replicate = b, .rung = rung};
      if (!replicate_is_complete(plan, trained.fits, predictor)) continue;
      const MemberPredictions members = collect_test(plan, trained, predictor);
      single.add_replicate(single_of(plan, trained.fits, predictor, members));
      ensemble.add_replicate(ensemble_of(plan, members, scoring));
    }
    if (single.num_replicates() == 0) continue;
    const auto add = [&](std::string name, std::int32_t members, const BiasVariance& decomposer) {
      lines.push_back({.predictor = std::move(name),
                       .estimator = "replicate",
                       .members = members,
                       .num_replicates = decomposer.num_replicates(),
                       .rows = rows,
                       .parts = decomposer.finish(plan.stream(Purpose::interval, {}), scoring.intervals),
                       .train_size = plan.experiment().bias_variance->train_sizes[static_cast<std::size_t>(rung)],
                       .num_train = plan.num_draws({.replicate = 0, .rung = rung})});
      for (Decomposition& part : lines.back().parts) part.points.clear();
    };
    add("single", 1, single);
    add("ensemble", plan.num_members(), ensemble);
  }
  return lines;
}

}  // namespace jury
