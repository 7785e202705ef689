// Predictions of values: against the truth, what is left over, and whether intervals hold what they promise.
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "runtime/base/numbers.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostTargets = 4;

// Truth and prediction of one target, rows that were predicted.
struct Pairs {
  std::vector<double> truth, predicted, id, variance;
};

Pairs pairs_of(const ComparedRows& rows, std::size_t width, std::size_t target) {
  Pairs pairs;
  for (std::size_t row = 0; row < rows.ids.size(); ++row) {
    const double predicted = static_cast<double>(rows.predictions[row * width + target]),
                 truth = rows.values[row * width + target];
    if (!std::isfinite(predicted) || !std::isfinite(truth)) continue;
    pairs.truth.push_back(truth);
    pairs.predicted.push_back(predicted);
    pairs.id.push_back(static_cast<double>(rows.ids[row]));
    if (!rows.variances.empty()) pairs.variance.push_back(static_cast<double>(rows.variances[row * width + target]));
  }
  return pairs;
}

PointPlot against_truth(const Pairs& pairs, const std::string& target, std::size_t most) {
  PointPlot plot{.x = {"predicted " + target},
                 .y = {"true " + target},
                 .clouds = {{.name = "rows"}},
                 .guide = PointPlot::Guide::diagonal};
  for (const std::size_t i : thinned(pairs.truth.size(), most)) {
    plot.clouds[0].x.push_back(pairs.predicted[i]);
    plot.clouds[0].y.push_back(pairs.truth[i]);
    plot.clouds[0].labels.push_back(fmt::format("row {:.0f}", pairs.id[i]));
  }
  return plot;
}

PointPlot residuals(const Pairs& pairs, const std::string& target, std::size_t most) {
  PointPlot plot = against_truth(pairs, target, most);
  plot.y.name = "true - predicted";
  plot.guide = PointPlot::Guide::zero;
  for (std::size_t i = 0; i < plot.clouds[0].x.size(); ++i) plot.clouds[0].y[i] -= plot.clouds[0].x[i];
  return plot;
}

BarPlot histogram(const Pairs& pairs) {
  constexpr std::size_t kBars = 40;
  BarPlot plot{.x = {"true - predicted"}, .y = {"rows"}, .categories = {}, .values = {}};
  double low = kInfinity, high = -kInfinity;
  for (std::size_t i = 0; i < pairs.truth.size(); ++i) {
    low = std::min(low, pairs.truth[i] - pairs.predicted[i]);
    high = std::max(high, pairs.truth[i] - pairs.predicted[i]);
  }
  const double width = high > low ? (high - low) / kBars : 1;
  plot.values.assign(kBars, 0);
  for (std::size_t b = 0; b < kBars; ++b)
    plot.categories.push_back(brief(low + (static_cast<double>(b) + 0.5) * width, 3));
  for (std::size_t i = 0; i < pairs.truth.size(); ++i)
    plot.values[std::min(static_cast<std::size_t>((pairs.truth[i] - pairs.predicted[i] - low) / width), kBars - 1)] +=
        1;
  return plot;
}

// Residuals at some quantiles, for those without scripts.
void add_line(ReportTable& table, const Pairs& pairs, const std::string& source, const std::string& target) {
  std::vector<double> left;
  for (std::size_t i = 0; i < pairs.truth.size(); ++i) left.push_back(pairs.truth[i] - pairs.predicted[i]);
  std::ranges::sort(left);
  const auto quantile = [&](double share) {
    return brief(left[static_cast<std::size_t>(share * static_cast<double>(left.size() - 1))], 3);
  };
  table.rows.push_back({source_name(source), target, std::to_string(left.size()), quantile(0), quantile(0.05),
                        quantile(0.25), quantile(0.5), quantile(0.75), quantile(0.95), quantile(1)});
}

// Share of truths within the central interval of the normal density that is predicted, for promised shares.
LinePlot coverage_of(const Pairs& pairs) {
  LinePlot plot{.x = {"promised share"},
                .y = {"share met"},
                .lines = {{.name = "predicted density"}},
                .shape = LinePlot::Shape::square};
  for (int percent = 5; percent <= 99; percent += percent < 95 ? 5 : 2) {
    const double promised = percent / 100.0, z = boost::math::quantile(boost::math::normal(), 0.5 + promised / 2);
    double within = 0;
    for (std::size_t i = 0; i < pairs.truth.size(); ++i)
      within += std::abs(pairs.truth[i] - pairs.predicted[i]) <= z * std::sqrt(pairs.variance[i]) ? 1 : 0;
    plot.lines[0].x.push_back(promised);
    plot.lines[0].y.push_back(within / static_cast<double>(pairs.truth.size()));
  }
  plot.lines.push_back({.name = "as it should be", .x = {0, 1}, .y = {0, 1}, .style = PlotLine::Style::dashed});
  return plot;
}

// Intervals of the test set by their middle, and where the truth is.
std::optional<Json> interval_chart(const ReportRun& run, std::size_t target, const ReportLimits& limits) {
  const ComparedRows* rows = run.rows("test");
  if (rows == nullptr || !run.results.has("/conformal/test/low") || !run.results.has("/conformal/test/high"))
    return std::nullopt;
  const auto low = as_doubles(run.results.array_at("/conformal/test/low")),
             high = as_doubles(run.results.array_at("/conformal/test/high"));
  const std::size_t width = run.outputs.size();
  if (low.size() != rows->ids.size() * width || high.size() != low.size())
    run.results.damaged("/conformal/test does not fit its rows");
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < rows->ids.size(); ++row)
    if (std::isfinite(low[row * width + target]) && std::isfinite(high[row * width + target])) order.push_back(row);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return low[a * width + target] + high[a * width + target] < low[b * width + target] + high[b * width + target];
  });
  std::vector<double> from, to, truth, id;
  for (const std::size_t i : thinned(order.size(), limits.line_points)) {
    from.push_back(low[order[i] * width + target]);
    to.push_back(high[order[i] * width + target]);
    truth.push_back(rows->values[order[i] * width + target]);
    id.push_back(static_cast<double>(rows->ids[order[i]]));
  }
  if (from.empty()) return std::nullopt;
  return Json{{"kind", "intervals"},
              {"x", {{"name", "test rows by the middle of their interval"}}},
              {"y", {{"name", run.outputs[target]}}},
              {"low", brief_json(from)},
              {"high", brief_json(to)},
              {"truth", brief_json(truth)},
              {"id", id}};
}

ReportTable coverage_table(const ReportRun& run) {
  const ReportColumns table(run.results, "/conformal/coverage");
  ReportTable said{.header = {"source", "rows", "coverage asked", "coverage met",
                              run.outcome == Outcome::classes ? "classes in a set" : "mean width"}};
  const auto source = table.texts("source"), count = table.texts("count");
  const auto asked = table.numbers("coverage_asked"), met = table.numbers("coverage"),
             size = table.numbers("mean_size");
  for (std::size_t i = 0; i < table.size() && i < 50; ++i)
    said.rows.push_back({source_name(source[i]), count[i], brief(asked[i]), brief(met[i]), brief(size[i])});
  return said;
}

}  // namespace

ReportPart values_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "values",
                  .title = "Predictions",
                  .lead = "Predictions of rows no member was trained on (the first repeat), and what is left over."};
  if (run.outcome != Outcome::values) return part;
  std::vector<ReportChoice> truths, left, bars;
  ReportTable table{.caption = "Quantiles of true - predicted",
                    .header = {"source", "target", "rows", "least", "5 %", "25 %", "median", "75 %", "95 %", "most"},
                    .role = ReportTable::Role::without_scripts};
  for (const std::string source : {"oof", "test", "oob"}) {
    const ComparedRows* rows = run.rows(source);
    for (std::size_t target = 0; rows != nullptr && target < std::min(run.outputs.size(), kMostTargets); ++target) {
      const Pairs pairs = pairs_of(*rows, run.outputs.size(), target);
      if (pairs.truth.empty() || truths.size() == limits.choices) continue;
      const std::string name = cut_text(run.outputs[target], 40);
      const std::string label =
          run.outputs.size() > 1 ? fmt::format("{}, {}", name, source_name(source)) : source_name(source);
      truths.push_back({label, to_json(against_truth(pairs, name, limits.points))});
      left.push_back({label, to_json(residuals(pairs, name, limits.points))});
      bars.push_back({"histogram, " + label, to_json(histogram(pairs))});
      add_line(table, pairs, source, name);
    }
  }
  if (truths.empty()) return part;
  for (ReportChoice& choice : bars) left.push_back(std::move(choice));
  part.blocks.emplace_back(
      ReportFigure{.id = "truth", .caption = "Predicted against true.", .choices = std::move(truths)});
  part.blocks.emplace_back(ReportFigure{.id = "residuals", .caption = "Residuals.", .choices = std::move(left)});
  part.blocks.emplace_back(std::move(table));
  return part;
}

ReportPart intervals_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "intervals",
                  .title = run.outcome == Outcome::classes ? "Prediction sets" : "Intervals",
                  .lead = "Whether intervals and sets hold the truth as often as they promise."};
  std::vector<ReportChoice> choices;
  for (std::size_t target = 0; run.outcome == Outcome::values && target < std::min(run.outputs.size(), kMostTargets);
       ++target)
    if (auto chart = interval_chart(run, target, limits))
      choices.push_back(
          {"conformal intervals" + (run.outputs.size() > 1 ? ", " + cut_text(run.outputs[target], 40) : ""),
           std::move(*chart)});
  for (const std::string source : {"oof", "test", "oob"}) {
    const ComparedRows* rows = run.outcome == Outcome::values ? run.rows(source) : nullptr;
    if (rows == nullptr || rows->variances.empty()) continue;
    for (std::size_t target = 0; target < std::min(run.outputs.size(), kMostTargets); ++target) {
      const Pairs pairs = pairs_of(*rows, run.outputs.size(), target);
      if (!pairs.truth.empty() && choices.size() < limits.choices)
        choices.push_back({fmt::format("coverage of {}, {}", cut_text(run.outputs[target], 40), source_name(source)),
                           to_json(coverage_of(pairs))});
    }
  }
  if (!choices.empty())
    part.blocks.emplace_back(
        ReportFigure{.id = "intervals", .caption = "Interval coverage.", .choices = std::move(choices)});
  if (ReportTable table = coverage_table(run); !table.rows.empty()) part.blocks.emplace_back(std::move(table));
  return part;
}

}  // namespace jury
