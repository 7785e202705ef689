// How training went: curves with bands over folds, and the scores of each fold.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "runtime/base/numbers.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

// A mean that grows.
struct Mean {
  double sum = 0;
  std::size_t count = 0;
  void add(double value) {
    if (!std::isfinite(value)) return;
    sum += value;
    ++count;
  }
  double value() const { return count == 0 ? kNaN : sum / static_cast<double>(count); }
};

// Rows of a table of fits that are of the chosen trial and of no replicate, outer fold or base: those of its folds, or
// where it has none those of the final fit.
std::vector<std::size_t> rows_of_chosen(const ReportRun& run, const ReportColumns& table) {
  const auto trial = table.numbers("trial"), outer = table.numbers("outer"), replicate = table.numbers("replicate"),
             inner = table.numbers("inner"), fold = table.numbers("fold");
  std::vector<std::size_t> folds, final;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (trial[row] != static_cast<double>(run.chosen) || outer[row] >= 0 || replicate[row] >= 0 || inner[row] >= 0)
      continue;
    (fold[row] >= 0 ? folds : final).push_back(row);
  }
  return folds.empty() ? final : folds;
}

// Which fold a row is of; where there are no folds each member stands for one.
std::vector<std::size_t> group_of(const ReportColumns& table, const std::vector<std::size_t>& rows,
                                  std::size_t& num_groups) {
  const auto repeat = table.numbers("repeat"), fold = table.numbers("fold"), member = table.numbers("member"),
             base = table.numbers("base");
  std::map<std::vector<double>, std::size_t> groups;
  std::vector<std::size_t> of;
  for (const std::size_t row : rows) {
    const std::vector<double> key =
        fold[row] >= 0 ? std::vector{repeat[row], fold[row]} : std::vector{base[row], member[row]};
    of.push_back(groups.try_emplace(key, groups.size()).first->second);
  }
  num_groups = groups.size();
  return of;
}

// One column: mean over the members of each fold, then mean, lowest and highest over folds, by epoch.
PlotLine curve_of(const std::vector<double>& column, const std::vector<double>& epoch,
                  const std::vector<std::size_t>& rows, const std::vector<std::size_t>& groups,
                  std::size_t num_groups) {
  std::map<double, std::vector<Mean>> by_epoch;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!std::isfinite(column[rows[i]]) || !std::isfinite(epoch[rows[i]])) continue;
    auto& means = by_epoch[epoch[rows[i]]];
    means.resize(num_groups);
    means[groups[i]].add(column[rows[i]]);
  }
  PlotLine line{.name = ""};
  for (const auto& [at, means] : by_epoch) {
    Mean over;
    double low = kInfinity, high = -kInfinity;
    for (const Mean& mean : means) {
      if (mean.count == 0) continue;
      over.add(mean.value());
      low = std::min(low, mean.value());
      high = std::max(high, mean.value());
    }
    line.x.push_back(at);
    line.y.push_back(over.value());
    line.low.push_back(low);
    line.high.push_back(high);
  }
  return line;
}

ReportTable last_epochs(const std::vector<PlotLine>& lines) {
  ReportTable table{.caption = "At the first, the best and the last epoch",
                    .header = {"curve", "first", "lowest", "at epoch", "last", "epochs"},
                    .role = ReportTable::Role::without_scripts};
  for (const PlotLine& line : lines) {
    if (line.y.empty()) continue;
    const auto least = std::ranges::min_element(line.y) - line.y.begin();
    table.rows.push_back({line.name, brief(line.y.front()), brief(line.y[static_cast<std::size_t>(least)]),
                          brief(line.x[static_cast<std::size_t>(least)], 6), brief(line.y.back()),
                          brief(line.x.back(), 6)});
  }
  return table;
}

}  // namespace

ReportPart curves_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "curves", .title = "Learning curves"};
  const ReportColumns curves(run.results, "/curves");
  const auto rows = rows_of_chosen(run, curves);
  if (rows.empty()) return part;
  std::size_t num_groups = 0;
  const auto groups = group_of(curves, rows, num_groups);
  const auto epoch = curves.numbers("epoch");
  const bool folds = curves.numbers("fold")[rows.front()] >= 0;
  LinePlot losses{.x = {"epoch"},
                  .y = {"loss"},
                  .lines = {},
                  .band = folds ? "lowest to highest fold" : "lowest to highest member"};
  std::vector<ReportChoice> others;
  std::vector<PlotLine> all;
  for (const std::string& prefix : {std::string("train."), std::string("valid.")})
    for (const std::string& name : curves.names_after(prefix)) {
      PlotLine line =
          thinned(curve_of(curves.numbers(prefix + name), epoch, rows, groups, num_groups), limits.line_points);
      if (line.x.empty()) continue;
      line.name = prefix + name;
      all.push_back(line);
      if (name == "loss")
        losses.lines.push_back(std::move(line));
      else if (others.size() + 2 < limits.choices)
        others.push_back(
            {prefix + name,
             to_json(LinePlot{.x = {"epoch"}, .y = {name}, .lines = {std::move(line)}, .band = losses.band})});
    }
  if (losses.lines.empty()) return part;
  std::vector<ReportChoice> choices = {{"loss", to_json(losses)}};
  for (ReportChoice& choice : others) choices.push_back(std::move(choice));
  if (const PlotLine lr = thinned(curve_of(curves.numbers("lr"), epoch, rows, groups, num_groups), limits.line_points);
      !lr.y.empty() && std::ranges::max(lr.y) > std::ranges::min(lr.y))
    choices.push_back(
        {"learning rate",
         to_json(LinePlot{.x = {"epoch"}, .y = {"learning rate"}, .lines = {{.name = "lr", .x = lr.x, .y = lr.y}}})});
  part.lead = fmt::format(
      "Mean over {} {}{}; the band goes from the lowest to the highest. A training that ended early is in the mean "
      "until its last epoch.",
      num_groups, folds ? "folds" : "members", folds ? ", each the mean over its members" : "");
  part.blocks.emplace_back(ReportFigure{.id = "curves",
                                        .caption = "Learning curves of the chosen configuration.",
                                        .choices = std::move(choices),
                                        .svg = to_svg(losses, "Learning curves")});
  part.blocks.emplace_back(last_epochs(all));
  return part;
}

ReportPart folds_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "folds", .title = "Folds", .lead = "Each fold by itself: its members, and the jury they make."};
  const ReportColumns folds(run.results, "/ensemble/folds");
  if (folds.empty()) return part;
  const auto repeat = folds.numbers("repeat"), fold = folds.numbers("fold");
  const auto names = folds.names_after("member_mean.");
  const auto rows = rows_of_chosen(run, run.fits);
  const auto fit_repeat = run.fits.numbers("repeat"), fit_fold = run.fits.numbers("fold"),
             fit_member = run.fits.numbers("member");
  const bool repeats = std::ranges::any_of(repeat, [](double r) { return r > 0; });
  const auto shown = thinned(folds.size(), limits.line_points / 2);
  ReportTable table{.header = repeats ? std::vector<std::string>{"repeat", "fold", "rows"}
                                      : std::vector<std::string>{"fold", "rows"}};
  std::vector<ReportChoice> choices;
  std::vector<std::string> labels;
  for (const std::size_t i : shown)
    labels.push_back(repeats ? fmt::format("{:.0f}.{:.0f}", repeat[i], fold[i]) : fmt::format("{:.0f}", fold[i]));
  for (const std::string& name : names) {
    const auto jury = folds.numbers(name), members = run.fits.numbers("valid." + name);
    const bool scored = std::ranges::any_of(jury, [](double score) { return std::isfinite(score); });
    if (!scored || choices.size() == limits.choices) continue;
    table.header.push_back(name);
    table.header.push_back(name + ", mean member");
    PointPlot plot{
        .x = {repeats ? "repeat.fold" : "fold"}, .y = {name}, .clouds = {{.name = "members"}, {.name = "ensemble"}}};
    for (std::size_t k = 0; k < shown.size(); ++k) {
      const std::size_t i = shown[k];
      for (const std::size_t row : rows) {
        if (fit_repeat[row] != repeat[i] || fit_fold[row] != fold[i] || plot.clouds[0].x.size() >= 2 * limits.points)
          continue;
        plot.clouds[0].x.push_back(static_cast<double>(k));
        plot.clouds[0].y.push_back(members[row]);
        plot.clouds[0].labels.push_back(fmt::format("member {:.0f}", fit_member[row]));
      }
      plot.clouds[1].x.push_back(static_cast<double>(k));
      plot.clouds[1].y.push_back(jury[i]);
    }
    Json strips = to_json(plot);
    strips["kind"] = "strips";
    strips["categories"] = labels;
    choices.push_back({name, std::move(strips)});
  }
  if (choices.empty()) return part;
  const auto num_rows = folds.texts("rows");
  for (const std::size_t i : thinned(folds.size(), limits.table_rows)) {
    table.rows.push_back(repeats ? std::vector{brief(repeat[i]), brief(fold[i], 6), num_rows[i]}
                                 : std::vector{brief(fold[i], 6), num_rows[i]});
    for (std::size_t k = 0; k < choices.size(); ++k)
      for (const std::string prefix : {"", "member_mean."})
        table.rows.back().push_back(brief(folds.numbers(prefix + choices[k].label)[i]));
  }
  if (table.rows.size() < folds.size()) table.caption = fmt::format("{} of {} folds", table.rows.size(), folds.size());
  part.blocks.emplace_back(
      ReportFigure{.id = "folds",
                   .caption = "Scores on each fold's own rows: members as points, the ensemble as a diamond.",
                   .choices = std::move(choices)});
  part.blocks.emplace_back(std::move(table));
  return part;
}

}  // namespace jury
