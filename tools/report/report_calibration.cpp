// Whether probabilities mean what they say, and by how much votes are won.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/base/numbers.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

constexpr std::size_t kBins = 15;

// Bins of the largest probability: how often it is right.
struct Bins {
  std::array<double, kBins> count{}, confidence{}, right{};
};

Bins bins_of(const ComparedRows& rows, std::size_t k) {
  Bins bins;
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    const float* p = rows.predictions.data() + row * k;
    if (std::isnan(p[0])) continue;
    const auto said = static_cast<std::size_t>(std::max_element(p, p + k) - p);
    const double confidence = static_cast<double>(p[said]);
    const auto bin = static_cast<std::size_t>(std::clamp(std::ceil(confidence * kBins) - 1, 0.0, kBins - 1.0));
    bins.count[bin] += 1;
    bins.confidence[bin] += confidence;
    if (static_cast<std::size_t>(rows.labels[row]) == said) bins.right[bin] += 1;
  }
  return bins;
}

PlotLine line_of(const Bins& bins, const std::string& name) {
  PlotLine line{.name = name};
  for (std::size_t b = 0; b < kBins; ++b) {
    if (bins.count[b] == 0) continue;
    line.x.push_back(bins.confidence[b] / bins.count[b]);
    line.y.push_back(bins.right[b] / bins.count[b]);
  }
  return line;
}

// The stored bins of one source and predictor, of the first repeat.
PlotLine stored_line(const ReportColumns& table, const std::string& source, const std::string& predictor) {
  const auto of = table.texts("source"), by = table.texts("predictor");
  const auto repeat = table.numbers("repeat"), confidence = table.numbers("mean_confidence"),
             accuracy = table.numbers("accuracy");
  PlotLine line{.name = predictor};
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (of[i] != source || by[i] != predictor || repeat[i] > 0 || !std::isfinite(accuracy[i])) continue;
    line.x.push_back(confidence[i]);
    line.y.push_back(accuracy[i]);
  }
  return line;
}

// Margin of each row: the share of votes for its class less that of the best other (Schapire et al. 1998).
std::vector<double> vote_margins(const ReportRun& run, const std::string& source, const ComparedRows& rows) {
  const std::string path = "/predictions/" + source + "/votes";
  if (!run.results.has(path)) return {};
  const Hdf5Array votes = run.results.array_at(path, {.count = 1});
  const std::size_t k = run.outputs.size(), n = rows.labels.size();
  if (votes.type == ElementType::text || votes.dims.size() != 3 || votes.size() < n * k)
    run.results.damaged(path + " holds no votes of its rows");
  std::vector<double> margins;
  for (std::size_t row = 0; row < n; ++row) {
    double own = 0, other = 0, all = 0;
    for (std::size_t c = 0; c < k; ++c) {
      const double count = votes.number(row * k + c);
      all += count;
      if (c == static_cast<std::size_t>(rows.labels[row]))
        own = count;
      else
        other = std::max(other, count);
    }
    if (all > 0) margins.push_back((own - other) / all);
  }
  return margins;
}

std::vector<double> probability_margins(const ComparedRows& rows, std::size_t k) {
  std::vector<double> margins;
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    const float* p = rows.predictions.data() + row * k;
    if (std::isnan(p[0])) continue;
    float other = -std::numeric_limits<float>::infinity();
    for (std::size_t c = 0; c < k; ++c)
      if (c != static_cast<std::size_t>(rows.labels[row])) other = std::max(other, p[c]);
    if (k > 1) margins.push_back(static_cast<double>(p[rows.labels[row]]) - static_cast<double>(other));
  }
  return margins;
}

// Share of rows with at most a margin, once for each margin: votes have few.
PlotLine distribution_of(std::vector<double> margins, const std::string& name, std::size_t most) {
  std::ranges::sort(margins);
  PlotLine line{.name = name, .x = {}, .y = {}, .style = PlotLine::Style::steps};
  for (std::size_t i = 0; i < margins.size(); ++i) {
    if (i + 1 < margins.size() && margins[i + 1] == margins[i]) continue;
    line.x.push_back(margins[i]);
    line.y.push_back(static_cast<double>(i + 1) / static_cast<double>(margins.size()));
  }
  return thinned(line, most);
}

}  // namespace

ReportPart calibration_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "calibration",
                  .title = "Reliability",
                  .lead =
                      "Rows by the probability of their most probable class: of those said to be 80 % sure, 80 % "
                      "should be right. Above the diagonal is too modest, below too sure."};
  if (run.outcome != Outcome::classes || run.outputs.empty()) return part;
  const ReportColumns stored(run.results, "/calibration/reliability");
  std::vector<ReportChoice> choices;
  ReportTable table{.caption = "Reliability of " + run.combine,
                    .header = {"source", "confidence", "rows", "accuracy"},
                    .role = ReportTable::Role::without_scripts};
  for (const std::string source : {"oof", "test", "oob"}) {
    const ComparedRows* rows = run.rows(source);
    if (rows == nullptr || choices.size() == limits.choices) continue;
    const Bins bins = bins_of(*rows, run.outputs.size());
    if (std::ranges::max(bins.count) == 0) continue;
    LinePlot plot{.x = {"said probability"}, .y = {"share that is right"}, .lines = {line_of(bins, run.combine)}};
    if (PlotLine calibrated = stored_line(stored, source, "calibrated"); !calibrated.x.empty())
      plot.lines.push_back(std::move(calibrated));
    plot.lines.push_back({.name = "as it should be", .x = {0, 1}, .y = {0, 1}, .style = PlotLine::Style::dashed});
    plot.shape = LinePlot::Shape::square;
    Json chart = to_json(plot);
    chart["markers"] = true;
    choices.push_back({source_name(source), std::move(chart)});
    for (std::size_t b = 0; b < kBins; ++b)
      if (bins.count[b] > 0)
        table.rows.push_back({source_name(source), brief(bins.confidence[b] / bins.count[b], 3),
                              brief(bins.count[b], 9), brief(bins.right[b] / bins.count[b], 3)});
  }
  if (choices.empty()) return part;
  part.blocks.emplace_back(ReportFigure{
      .id = "reliability", .caption = "Reliability diagram, bins of equal width.", .choices = std::move(choices)});
  part.blocks.emplace_back(std::move(table));
  return part;
}

ReportPart margins_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "margins",
                  .title = "Margins",
                  .lead =
                      "By how much rows are won: votes (or probability) for the true class less those for the best "
                      "other (Schapire et al. 1998). Left of 0 are the errors."};
  if (run.outcome != Outcome::classes || run.outputs.size() < 2) return part;
  LinePlot votes{.x = {"margin of votes"}, .y = {"share of rows"}, .lines = {}},
      sure{.x = {"margin of probabilities"}, .y = {"share of rows"}, .lines = {}};
  ReportTable table{.header = {"source", "margin of", "rows", "errors and ties", "lowest tenth at most", "median"},
                    .role = ReportTable::Role::without_scripts};
  const auto add = [&](LinePlot& plot, std::vector<double> margins, const std::string& source, const char* of) {
    if (margins.empty()) return;
    std::ranges::sort(margins);
    const auto lost = static_cast<double>(std::ranges::upper_bound(margins, 0.0) - margins.begin());
    const auto n = static_cast<double>(margins.size());
    table.rows.push_back({source_name(source), of, brief(n, 9), fmt::format("{:.1f} %", 100 * lost / n),
                          brief(margins[margins.size() / 10], 3), brief(margins[margins.size() / 2], 3)});
    plot.lines.push_back(distribution_of(std::move(margins), source_name(source), limits.line_points));
  };
  for (const std::string source : {"oof", "test", "oob"}) {
    const ComparedRows* rows = run.rows(source);
    if (rows == nullptr) continue;
    add(votes, vote_margins(run, source, *rows), source, "votes");
    add(sure, probability_margins(*rows, run.outputs.size()), source, "probabilities");
  }
  std::vector<ReportChoice> choices;
  if (!votes.lines.empty() && run.fits.size() > 1) choices.push_back({"votes", to_json(votes)});
  if (!sure.lines.empty()) choices.push_back({"probabilities", to_json(sure)});
  if (choices.empty()) return part;
  part.blocks.emplace_back(
      ReportFigure{.id = "margins", .caption = "Share of rows with at most a margin.", .choices = std::move(choices)});
  part.blocks.emplace_back(std::move(table));
  return part;
}

}  // namespace jury
