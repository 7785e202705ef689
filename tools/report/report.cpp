#include "tools/report/report.hpp"

#include <fmt/format.h>

#include "runtime/base/error.hpp"
#include "tools/report/html.hpp"
#include "tools/report/report_comparison.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

// Each part less detailed until the page is small enough. What does not shrink (the scripts, a few tables of bounded
// size) is far smaller.
template <class Make>
std::string within_bounds(const Make& make) {
  ReportLimits limits;
  std::string html = to_html(make(limits));
  for (int halvings = 0; html.size() > kMostReportBytes && halvings < 12; ++halvings) {
    limits = limits.halved();
    html = to_html(make(limits));
  }
  return html;
}

std::vector<std::string> warnings_of(const ReportRun& run) {
  std::vector<std::string> warnings;
  if (!run.results.complete()) warnings.emplace_back("This run is not finished: shown is what it has so far.");
  std::size_t failed = 0;
  for (const std::string& state : run.fits.texts("state")) failed += state == "complete" ? 0U : 1U;
  if (failed > 0) warnings.push_back(fmt::format("{} of {} fits did not complete.", failed, run.fits.size()));
  if (run.results.number(run.results.root(), "deterministic") == 0)
    warnings.emplace_back("A limit by the clock ended tasks of this run: it would not give the same bytes again.");
  return warnings;
}

ReportPage page_of(const ReportRun& run, const ReportLimits& limits) {
  ReportPage page{.title = cut_text(run.name, 80),
                  .subtitle = "run " + run.hash + (run.metric.empty() ? "" : ", " + run.metric_and_source()),
                  .warnings = warnings_of(run),
                  .cards = header_cards(run)};
  page.parts.push_back(summary_part(run, limits));
  page.parts.push_back(search_part(run, limits, page.trials));
  page.parts.push_back(importance_part(run, limits));
  for (const auto part : {by_size_part, bias_variance_part, points_part, diversity_part, curves_part, folds_part,
                          classes_part, calibration_part, margins_part, values_part, intervals_part, suspects_part,
                          timeline_part, settings_part, reproduce_part})
    page.parts.push_back(part(run, limits));
  return page;
}

}  // namespace

std::string report_of_run(const ReportRun& run) {
  return within_bounds([&](const ReportLimits& limits) { return page_of(run, limits); });
}

std::string report_of_runs(std::span<const ReportRun> runs) {
  JURY_EXPECTS(runs.size() >= 2);
  return within_bounds([&](const ReportLimits& limits) { return comparison_page(runs, limits); });
}

}  // namespace jury
