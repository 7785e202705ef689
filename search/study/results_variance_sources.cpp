// /bias_variance/sources: what each crossed source of variation adds to the variance.
#include "runtime/base/numbers.hpp"
#include "search/study/results_file.hpp"

namespace jury {
namespace {

struct Line {
  const StudyVarianceSources* of;
  std::string effect;
  double plug_in, estimate, share, standard_error = kNaN;
  Interval over_levels{kNaN, kNaN}, over_rows{kNaN, kNaN};
  double total_share = kNaN;
  Interval share_interval{kNaN, kNaN}, total_interval{kNaN, kNaN};
  double degrees = kNaN;
};

std::vector<Line> lines_of(const StudyVarianceSources& of, const std::vector<std::string>& names) {
  std::vector<Line> lines;
  for (const VarianceComponent& c : of.found.components)
    lines.push_back({.of = &of,
                     .effect = name_of(c.sources, names),
                     .plug_in = c.plug_in,
                     .estimate = c.estimate,
                     .share = c.share,
                     .standard_error = c.standard_error,
                     .over_levels = c.over_levels,
                     .over_rows = c.over_rows,
                     .degrees = c.degrees_of_freedom});
  for (std::size_t s = 0; s < of.found.shares.size(); ++s) {
    Line& main = lines[(std::size_t{1} << s) - 1];
    const SourceShare& share = of.found.shares[s];
    main.total_share = share.total;
    main.share_interval = share.first_order_interval;
    main.total_interval = share.total_interval;
  }
  lines.push_back({.of = &of,
                   .effect = "total",
                   .plug_in = of.found.total_plug_in,
                   .estimate = of.found.total_estimate,
                   .share = 1});
  return lines;
}

}  // namespace

void write_variance_sources(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  if (results.variance_sources.empty()) return;
  const BiasVarianceOptions& options = *plan.experiment().bias_variance;
  std::vector<Line> lines;
  for (const StudyVarianceSources& of : results.variance_sources)
    for (Line& line : lines_of(of, options.sources)) lines.push_back(std::move(line));
  std::vector<std::string> predictor, quantity, effect;
  std::vector<double> residual;
  for (const Line& line : lines) {
    predictor.push_back(line.of->predictor);
    quantity.push_back(line.of->quantity);
    effect.push_back(line.effect);
    residual.push_back(line.of->found.residual);
  }
  const Hdf5Group group = file.group("bias_variance/sources");
  group.attribute("levels", std::int64_t{options.levels});
  group.attribute("metric", results.scoring.metrics.front()->name);
  TableWriter table(group, "row", lines.size());
  const auto column = [&](const char* name, const char* help, auto&& number) {
    std::vector<double> values;
    for (const Line& line : lines) values.push_back(number(line));
    table.column(name, values, {.help = help});
  };
  table.column("predictor", predictor).column("quantity", quantity).column("effect", effect);
  column("share", "of the summed estimates, those below 0 as 0", [](const Line& line) { return line.share; });
  column("total_share", "of the source alone and with others", [](const Line& line) { return line.total_share; });
  column("estimate", "unbiased estimate of the variance component", [](const Line& line) { return line.estimate; });
  column("standard_error", "of the estimate, over levels", [](const Line& line) { return line.standard_error; });
  column("plug_in", "mean square of the effects in this design", [](const Line& line) { return line.plug_in; });
  column("degrees_of_freedom", "", [](const Line& line) { return line.degrees; });
  column("ci_low", "95 % interval of the estimate over levels", [](const Line& line) { return line.over_levels.low; });
  column("ci_high", "", [](const Line& line) { return line.over_levels.high; });
  column("rows_ci_low", "95 % interval of the estimate over test rows",
         [](const Line& line) { return line.over_rows.low; });
  column("rows_ci_high", "", [](const Line& line) { return line.over_rows.high; });
  column("share_ci_low", "95 % interval over levels", [](const Line& line) { return line.share_interval.low; });
  column("share_ci_high", "", [](const Line& line) { return line.share_interval.high; });
  column("total_share_ci_low", "95 % interval over levels", [](const Line& line) { return line.total_interval.low; });
  column("total_share_ci_high", "", [](const Line& line) { return line.total_interval.high; });
  table.column("residual", residual,
               {.help = "largest relative difference between the variance and the sum of its parts"});
}

}  // namespace jury
