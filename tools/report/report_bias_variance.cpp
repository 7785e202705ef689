// Bias, variance and noise: overall, against the ensemble's size and against what was swept, and sample by sample.
#include "tools/report/report_bias_variance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "runtime/base/numbers.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

struct Definition {
  std::string_view name;
  std::string_view shown;
};
constexpr Definition kDefinitions[] = {{"squared", "squared loss"},
                                       {"brier", "Brier score"},
                                       {"domingos", "0-1 loss (Domingos 2000)"},
                                       {"kohavi_wolpert", "0-1 loss (Kohavi and Wolpert 1996)"},
                                       {"breiman", "0-1 loss (Breiman 1998)"},
                                       {"log", "log loss (Heskes 1998)"}};

std::vector<std::string> definitions_in(const ReportColumns& table) {
  std::vector<std::string> found;
  for (const std::string& name : table.texts("definition"))
    if (std::ranges::find(found, name) == found.end()) found.push_back(name);
  return found;
}

}  // namespace

std::string definition_name(const std::string& name) {
  const auto found = std::ranges::find(kDefinitions, name, &Definition::name);
  return found == std::end(kDefinitions) ? name : std::string(found->shown);
}

StackPlot decomposition_plot(const ReportColumns& table, const std::vector<std::size_t>& rows) {
  StackPlot plot{.y = {"loss"}};
  const auto variance = table.numbers("variance"), unbiased = table.numbers("variance_unbiased"),
             biased = table.numbers("variance_biased");
  const auto totals = table.numbers("mean_loss"), bias = table.numbers("bias"), noise = table.numbers("noise"),
             cross = table.numbers("cross");
  const bool split = std::ranges::any_of(rows, [&](std::size_t row) { return std::isfinite(unbiased[row]); });
  const auto layer = [&](const char* name, const auto& value) {
    StackPlot::Layer one{.name = name, .values = {}};
    for (const std::size_t row : rows) one.values.push_back(value(row));
    if (std::ranges::any_of(one.values, [](double x) { return std::isfinite(x) && x != 0; }))
      plot.layers.push_back(std::move(one));
  };
  layer("bias", [&](std::size_t row) { return bias[row]; });
  layer(split ? "variance, unbiased" : "variance",
        [&](std::size_t row) { return split ? unbiased[row] : variance[row]; });
  layer("noise", [&](std::size_t row) { return noise[row]; });
  layer("cross term", [&](std::size_t row) { return cross[row]; });
  // On biased points variance helps: it takes away from the loss.
  layer("variance, biased", [&](std::size_t row) { return split ? -biased[row] : kNaN; });
  for (const std::size_t row : rows) plot.totals.push_back(totals[row]);
  return plot;
}

namespace {

// Rows of a definition (and predictor, where one is named), few enough to be bars.
std::vector<std::size_t> rows_of(const ReportColumns& table, const std::string& definition,
                                 const std::string& predictor) {
  const auto definitions = table.texts("definition"), predictors = table.texts("predictor");
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (definitions[i] == definition && (predictor.empty() || predictors[i] == predictor)) rows.push_back(i);
  return rows;
}

std::vector<std::size_t> thinned_rows(const std::vector<std::size_t>& rows, std::size_t most) {
  std::vector<std::size_t> kept;
  for (const std::size_t i : thinned(rows.size(), most)) kept.push_back(rows[i]);
  return kept;
}

void add_overall(const ReportColumns& table, ReportPart& part) {
  std::vector<ReportChoice> choices;
  std::string svg;
  const auto predictor = table.texts("predictor"), estimator = table.texts("estimator"),
             members = table.texts("members");
  for (const std::string& definition : definitions_in(table)) {
    const auto rows = rows_of(table, definition, "");
    StackPlot plot = decomposition_plot(table, rows);
    for (const std::size_t row : rows)
      plot.categories.push_back(
          predictor[row] == "ensemble"
              ? fmt::format("ensemble of {}", members[row])
              : fmt::format("{}{}", predictor[row], estimator[row] == "oob" ? " (out of bag)" : ""));
    choices.push_back({definition_name(definition), to_json(plot)});
    if (svg.empty()) svg = to_svg(plot, "Bias, variance and noise");
  }
  part.blocks.emplace_back(
      ReportFigure{.id = "bias-variance",
                   .caption = "Bias, variance and noise. The mark is the mean loss that they make up.",
                   .choices = std::move(choices),
                   .svg = svg});
}

void add_table(const ReportColumns& table, ReportPart& part, const ReportLimits& limits) {
  ReportTable said{.header = {"predictor", "members", "loss", "from"}};
  constexpr std::pair<const char*, const char*> kNumbers[] = {
      {"bias", "bias"},   {"variance", "variance"}, {"variance_unbiased", "unbiased"}, {"variance_biased", "biased"},
      {"noise", "noise"}, {"cross", "cross term"}};
  std::vector<std::vector<double>> columns;
  for (const auto& [name, shown] : kNumbers) {
    said.header.emplace_back(shown);
    columns.push_back(table.numbers(name));
  }
  said.header.emplace_back("mean loss");
  const auto loss = table.numbers("mean_loss"), low = table.numbers("ci_low"), high = table.numbers("ci_high");
  const auto predictor = table.texts("predictor"), members = table.texts("members"),
             definition = table.texts("definition"), estimator = table.texts("estimator");
  for (std::size_t i = 0; i < table.size() && i < limits.table_rows; ++i) {
    said.rows.push_back({predictor[i], members[i], definition_name(definition[i]),
                         estimator[i] == "oob" ? "out of bag" : "replicates"});
    for (const auto& column : columns) said.rows.back().push_back(brief(column[i]));
    said.rows.back().push_back(brief(loss[i]) +
                               (std::isfinite(low[i]) ? fmt::format(" [{}, {}]", brief(low[i]), brief(high[i])) : ""));
  }
  part.blocks.emplace_back(std::move(said));
}

// Bars against a column of numbers: the ensemble's size, or the share of rows trained on.
void add_against(const ReportRun& run, const ReportLimits& limits, const std::string& group, ReportFigure figure,
                 const PlotAxis& axis, ReportPart& part) {
  const ReportColumns table(run.results, group);
  if (table.size() < 2) return;
  const bool sizes = axis.name == "members";
  const auto at = table.numbers(sizes ? "members" : "n_train"), share = table.numbers("train_size");
  for (const std::string& definition : definitions_in(table))
    for (const std::string& predictor :
         sizes ? std::vector<std::string>{""} : std::vector<std::string>{"ensemble", "single"}) {
      const auto rows = thinned_rows(rows_of(table, definition, predictor), 40);
      if (rows.empty() || figure.choices.size() == limits.choices) continue;
      StackPlot plot = decomposition_plot(table, rows);
      plot.x = axis;
      for (const std::size_t row : rows)
        plot.categories.push_back(sizes ? fmt::format("{:.0f}", at[row])
                                        : fmt::format("{:g} ({:.0f})", share[row], at[row]));
      if (figure.choices.empty()) figure.svg = to_svg(plot, figure.caption);
      figure.choices.push_back(
          {definition_name(definition) + (predictor.empty() ? "" : ", " + predictor), to_json(plot)});
    }
  if (!figure.choices.empty()) part.blocks.emplace_back(std::move(figure));
}

void add_sources(const ReportRun& run, const ReportLimits& limits, ReportPart& part) {
  const ReportColumns table(run.results, "/bias_variance/sources");
  ReportTable said{.caption = "What each crossed source adds to the variance",
                   .header = {"predictor", "of", "effect", "share", "95 % from", "to", "estimate", "standard error"}};
  const auto predictor = table.texts("predictor"), quantity = table.texts("quantity"), effect = table.texts("effect");
  const auto share = table.numbers("share"), low = table.numbers("share_ci_low"), high = table.numbers("share_ci_high"),
             estimate = table.numbers("estimate"), error = table.numbers("standard_error");
  for (std::size_t i = 0; i < table.size() && i < limits.table_rows; ++i)
    said.rows.push_back({predictor[i], quantity[i], effect[i], brief(share[i], 3), brief(low[i], 3), brief(high[i], 3),
                         brief(estimate[i]), brief(error[i], 2)});
  if (!said.rows.empty()) part.blocks.emplace_back(std::move(said));
}

}  // namespace

ReportPart bias_variance_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "bias-variance", .title = "Bias, variance and noise"};
  const ReportColumns table(run.results, "/bias_variance/overall");
  if (table.empty()) return part;
  part.lead =
      "What the loss on new training sets is made of: bias is what the average predictor gets wrong, variance what "
      "single ones add to that, noise what none can know.";
  add_overall(table, part);
  add_table(table, part, limits);
  add_against(
      run, limits, "/bias_variance/by_size",
      {.id = "bias-variance-by-size", .caption = "Bias and variance against the number of members.", .choices = {}},
      {"members"}, part);
  add_against(run, limits, "/bias_variance/by_train_size",
              {.id = "bias-variance-by-train-size",
               .caption = "Bias and variance against the size of the training set.",
               .choices = {}},
              {"share of the training rows (rows)"}, part);
  add_sources(run, limits, part);
  return part;
}

}  // namespace jury
