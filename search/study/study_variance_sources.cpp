#include "search/study/study_variance_sources.hpp"

#include <cmath>
#include <limits>

#include "search/study/truth_of.hpp"
#include "search/study/variance_design.hpp"

namespace jury {
namespace {

// The score of each cell, as predictions of one row whose value is 0.
VarianceSources of_scores(const CrossedDesign& design, const Truth& truth, const std::vector<Predictions>& cells,
                          const Metric& metric) {
  std::vector<float> scores;
  for (const Predictions cell : cells) scores.push_back(static_cast<float>(score(metric, truth, cell)));
  std::vector<Predictions> each;
  for (const float& one : scores) each.emplace_back(&one, 1);
  const double zero = 0;
  const Truth nothing{.outcome = Outcome::values, .num_outputs = 1, .values = {&zero, 1}};
  return variance_sources(design, nothing, each, 0, {.resamples = 0});
}

}  // namespace

std::vector<StudyVarianceSources> find_variance_sources(const StudyPlan& plan, const Scoring& scoring,
                                                        const StudyBiasVariance& study) {
  std::vector<StudyVarianceSources> out;
  if (!plan.has_bias_variance()) return out;
  const BiasVarianceOptions& options = *plan.experiment().bias_variance;
  if (!VarianceDesign(options).is_crossed()) return out;
  const CrossedDesign design{
      std::vector<std::size_t>(options.sources.size(), static_cast<std::size_t>(options.levels))};
  const std::size_t size = plan.test_rows().size() * prediction_width(plan);
  const Predictions all(study.replicate_predictions);
  if (all.size() != design.num_cells() * 2 * size) return out;

  const TruthOf owner(plan, plan.test_rows());
  const char* names[] = {"single", "ensemble"};
  for (std::size_t p = 0; p < 2; ++p) {
    std::vector<Predictions> cells;
    for (std::size_t cell = 0; cell < design.num_cells(); ++cell)
      cells.push_back(all.subspan((2 * cell + p) * size, size));
    out.push_back(
        {names[p], "prediction",
         variance_sources(design, owner.truth(), cells, plan.stream(Purpose::interval, {}), scoring.intervals)});
    out.back().found.points.clear();
    out.push_back({names[p], "score", of_scores(design, owner.truth(), cells, *scoring.metrics.front())});
    out.back().found.points.clear();
  }
  return out;
}

double largest_residual(const std::vector<StudyVarianceSources>& sources) noexcept {
  double largest = std::numeric_limits<double>::quiet_NaN();
  for (const StudyVarianceSources& line : sources) largest = std::fmax(largest, line.found.residual);
  return largest;
}

}  // namespace jury
