// Who worked when: tasks of each rank, and how much of the time ranks were busy.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

struct Tasks {
  std::vector<double> rank, started, duration, trial, replicate, fold;
  std::vector<std::string> host;
  std::vector<double> ranks = {};  // distinct, in order
  double span = 0;
};

Tasks read_tasks(const ReportRun& run) {
  const ReportColumns table(run.results, "/timing/tasks");
  Tasks tasks{.rank = table.numbers("rank"),
              .started = table.numbers("started"),
              .duration = table.numbers("duration"),
              .trial = table.numbers("trial"),
              .replicate = table.numbers("replicate"),
              .fold = table.numbers("fold"),
              .host = table.texts("host")};
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (std::isfinite(tasks.started[i]) && std::isfinite(tasks.duration[i]))
      tasks.span = std::max(tasks.span, tasks.started[i] + tasks.duration[i]);
    tasks.ranks.push_back(tasks.rank[i]);
  }
  std::ranges::sort(tasks.ranks);
  tasks.ranks.erase(std::unique(tasks.ranks.begin(), tasks.ranks.end()), tasks.ranks.end());
  return tasks;
}

std::string kind_of(const Tasks& tasks, std::size_t i) {
  if (tasks.replicate[i] >= 0) return "replicates";
  return tasks.fold[i] >= 0 ? "folds" : "final";
}

// Every task a bar.
Json bars_json(const Tasks& tasks) {
  const std::vector<std::string> kinds = {"folds", "final", "replicates"};
  std::vector<std::size_t> order(tasks.rank.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return tasks.started[a] < tasks.started[b]; });
  Json json = {{"kind", "timeline"}, {"ranks", brief_json(tasks.ranks)}, {"kinds", kinds}, {"bars", Json::array()}};
  for (const std::size_t i : order) {
    const auto lane = std::ranges::lower_bound(tasks.ranks, tasks.rank[i]) - tasks.ranks.begin();
    const auto kind = std::ranges::find(kinds, kind_of(tasks, i)) - kinds.begin();
    json["bars"].push_back(
        {lane, brief_json(tasks.started[i]), brief_json(tasks.duration[i]), kind, brief_json(tasks.trial[i])});
  }
  return json;
}

// Share of each slice of time that lanes of ranks were busy: (lanes, slices).
std::vector<double> busy_shares(const Tasks& tasks, std::size_t lanes, std::size_t slices) {
  std::vector<double> busy(lanes * slices, 0);
  const double width = tasks.span / static_cast<double>(slices);
  for (std::size_t i = 0; i < tasks.rank.size(); ++i) {
    if (!(tasks.duration[i] > 0) || !(tasks.started[i] >= 0)) continue;
    const auto place =
        static_cast<std::size_t>(std::ranges::lower_bound(tasks.ranks, tasks.rank[i]) - tasks.ranks.begin());
    const std::size_t lane = place * lanes / tasks.ranks.size();
    const double end = tasks.started[i] + tasks.duration[i];
    for (auto s = static_cast<std::size_t>(tasks.started[i] / width);
         s < slices && static_cast<double>(s) * width < end; ++s)
      busy[lane * slices + s] += std::min(end, static_cast<double>(s + 1) * width) -
                                 std::max(tasks.started[i], static_cast<double>(s) * width);
  }
  const double capacity = width * static_cast<double>(tasks.ranks.size()) / static_cast<double>(lanes);
  for (double& share : busy) share = std::min(share / capacity, 1.0);
  return busy;
}

MatrixPlot matrix_of(const Tasks& tasks, std::size_t most) {
  constexpr std::size_t kSlices = 100;
  const std::size_t lanes = std::min(tasks.ranks.size(), most);
  MatrixPlot plot{.x = {"s"}, .y = {"rank"}, .values = busy_shares(tasks, lanes, kSlices), .name = "share of the time"};
  for (std::size_t lane = 0; lane < lanes; ++lane)
    plot.rows.push_back(brief(tasks.ranks[lane * tasks.ranks.size() / lanes], 6));
  for (std::size_t s = 0; s < kSlices; ++s)
    plot.columns.push_back(brief(static_cast<double>(s) * tasks.span / kSlices, 3));
  return plot;
}

LinePlot utilisation_plot(const Tasks& tasks) {
  constexpr std::size_t kSlices = 100;
  LinePlot plot{.x = {"s"},
                .y = {"share of ranks that train"},
                .lines = {{.name = "utilisation", .style = PlotLine::Style::steps}}};
  const auto shares = busy_shares(tasks, 1, kSlices);
  for (std::size_t s = 0; s < kSlices; ++s) {
    plot.lines[0].x.push_back((static_cast<double>(s) + 0.5) * tasks.span / kSlices);
    plot.lines[0].y.push_back(shares[s]);
  }
  return plot;
}

ReportTable ranks_table(const Tasks& tasks, std::size_t most) {
  struct Line {
    std::string host;
    std::size_t count = 0;
    double busy = 0;
  };
  std::map<double, Line> lines;
  for (std::size_t i = 0; i < tasks.rank.size(); ++i) {
    Line& line = lines[tasks.rank[i]];
    line.host = tasks.host[i];
    ++line.count;
    if (tasks.duration[i] > 0) line.busy += tasks.duration[i];
  }
  ReportTable table{.header = {"rank", "host", "tasks", "busy", "utilisation"}};
  for (const auto& [rank, line] : lines) {
    if (table.rows.size() == most) break;
    table.rows.push_back({brief(rank, 6), line.host, std::to_string(line.count), format_duration(line.busy),
                          fmt::format("{:.0f} %", 100 * line.busy / tasks.span)});
  }
  if (table.rows.size() < lines.size())
    table.caption = fmt::format("The first {} of {} ranks", table.rows.size(), lines.size());
  return table;
}

}  // namespace

ReportPart timeline_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "timeline", .title = "Timeline", .lead = ""};
  const Tasks tasks = read_tasks(run);
  if (tasks.rank.empty() || !(tasks.span > 0)) return part;
  double busy = 0;
  for (const double seconds : tasks.duration)
    if (seconds > 0) busy += seconds;
  const std::size_t sessions = ReportColumns(run.results, "/provenance/sessions").size();
  part.lead =
      fmt::format("{} in {} by {}: {}.", counted(tasks.rank.size(), "task"), format_duration(tasks.span),
                  counted(tasks.ranks.size(), "rank"),
                  sessions > 1 ? fmt::format("{} sessions, drawn one over the other, each from its own start", sessions)
                               : fmt::format("{:.0f} % of the time was training",
                                             100 * busy / tasks.span / static_cast<double>(tasks.ranks.size())));
  std::vector<ReportChoice> choices;
  if (tasks.rank.size() <= limits.tasks && tasks.ranks.size() <= limits.matrix)
    choices.push_back({"tasks", bars_json(tasks)});
  choices.push_back({"busy ranks", to_json(matrix_of(tasks, limits.matrix))});
  choices.push_back({"utilisation", to_json(utilisation_plot(tasks))});
  part.blocks.emplace_back(
      ReportFigure{.id = "timeline", .caption = "Timeline of the ranks.", .choices = std::move(choices)});
  part.blocks.emplace_back(ranks_table(tasks, limits.table_rows));
  return part;
}

}  // namespace jury
