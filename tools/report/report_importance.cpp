// Which parameters of a search mattered, and the objective along each.
#include <algorithm>
#include <numeric>

#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"
#include "tools/report/report_trials.hpp"

namespace jury {
namespace {

// Parameters in the order of their importance, then those of which none is known.
std::vector<std::string> most_important_first(const std::vector<std::string>& parameters,
                                              const std::vector<std::string>& names,
                                              const std::vector<std::size_t>& order) {
  std::vector<std::string> sorted;
  for (const std::size_t i : order)
    if (std::ranges::find(parameters, names[i]) != parameters.end()) sorted.push_back(names[i]);
  for (const std::string& path : parameters)
    if (std::ranges::find(sorted, path) == sorted.end()) sorted.push_back(path);
  return sorted;
}

// The most important first.
std::vector<std::size_t> order_of(const std::vector<double>& shares, std::size_t most) {
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
  if (order.size() > most) order.resize(most);
  return order;
}

// What each explains alone, and what pairs explain only together.
void add_shares(const ReportColumns& table, const std::vector<std::size_t>& order, ReportPart& part) {
  const auto names = table.texts("name");
  const auto alone = table.numbers("alone"), spread = table.numbers("alone_sd");
  BarPlot bars{.x = {"share of the variance"}, .direction = BarPlot::Direction::lying};
  ReportTable said{.caption = "Importance",
                   .header = {"parameter", "share", "standard deviation over trees"},
                   .role = ReportTable::Role::without_scripts};
  for (const std::size_t i : order) {
    bars.categories.push_back(cut_text(names[i], 60));
    bars.values.push_back(alone[i]);
    bars.errors.push_back(spread[i]);
    said.rows.push_back({names[i], brief(alone[i], 3), brief(spread[i], 2)});
  }
  std::vector<ReportChoice> choices = {{"alone", to_json(bars)}};
  const Hdf5Array* pairs = table.group().find("pairs");
  if (pairs != nullptr && pairs->type != ElementType::text && pairs->size() == names.size() * names.size() &&
      order.size() > 1) {
    MatrixPlot matrix{.rows = bars.categories, .columns = bars.categories, .name = "share of the variance"};
    for (const std::size_t a : order)
      for (const std::size_t b : order)
        matrix.values.push_back(a == b ? alone[a] : pairs->number(a * names.size() + b));
    choices.push_back({"pairs", to_json(matrix)});
  }
  part.lead =
      "Which settings mattered: shares of the objective's variance over the space that each explains by itself "
      "(functional analysis of variance, "
      "Hutter et al. 2014), and the objective along each parameter.";
  part.blocks.emplace_back(
      ReportFigure{.id = "importance",
                   .caption = "Importance of parameters, with the standard deviation over the trees of the forest.",
                   .choices = std::move(choices)});
  part.blocks.emplace_back(std::move(said));
}

}  // namespace

ReportPart importance_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "importance", .title = "Parameters", .lead = "The objective along each parameter."};
  const ReportColumns table(run.results, "/selection/importance");
  const auto order = order_of(table.numbers("alone"), limits.columns);
  if (!order.empty()) add_shares(table, order, part);
  std::vector<std::string> parameters;  // those whose columns the page has
  for (const TrialColumn& column : trial_columns(run, limits.columns))
    if (column.role == "parameter") parameters.push_back(column.shown);
  if (run.trials.size() < 2) return part;
  std::vector<ReportChoice> slices;
  for (const std::string& path : most_important_first(parameters, table.texts("name"), order))
    slices.push_back({cut_text(path, 60), {{"kind", "slice"}, {"parameter", path}}});
  if (!slices.empty())
    part.blocks.emplace_back(
        ReportFigure{.id = "slices",
                     .caption = "Slices: the objective along one parameter. The colour says when a trial was proposed.",
                     .choices = std::move(slices)});
  return part;
}

}  // namespace jury
