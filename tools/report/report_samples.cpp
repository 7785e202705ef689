// Bias and variance of single rows, and rows that are likely mislabelled.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_bias_variance.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

constexpr std::size_t kMarked = 20;

// A group of /bias_variance/points: (decomposition, row).
struct Samples {
  std::string estimator;
  std::vector<std::string> definitions, predictors;
  std::vector<double> id, loss, bias, variance, noise;

  std::size_t at(std::size_t decomposition, std::size_t row) const { return decomposition * id.size() + row; }
  std::string label(std::size_t d) const {
    return fmt::format("{}, {}{}", definition_name(definitions[d]), predictors[d],
                       estimator == "oob" ? " (out of bag)" : "");
  }
};

Samples read_samples(const RunResults& results, const std::string& estimator) {
  const ResultsGroup group = results.group("/bias_variance/points/" + estimator);
  const auto column = [&](std::string_view name) { return as_doubles(results.array(group, name)); };
  Samples samples{.estimator = estimator,
                  .definitions = results.texts(group, "definition"),
                  .predictors = results.texts(group, "predictor"),
                  .id = column("row_id"),
                  .loss = column("mean_loss"),
                  .bias = column("bias"),
                  .variance = column("variance"),
                  .noise = column("noise")};
  const std::size_t cells = samples.id.size() * samples.definitions.size();
  for (const auto* numbers : {&samples.loss, &samples.bias, &samples.variance, &samples.noise})
    if (numbers->size() != cells || samples.predictors.size() != samples.definitions.size())
      results.damaged("/bias_variance/points is no table");
  return samples;
}

// Decompositions, those of the ensemble first.
std::vector<std::size_t> ensemble_first(const Samples& samples) {
  std::vector<std::size_t> order(samples.definitions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_partition(order, [&](std::size_t d) { return samples.predictors[d] == "ensemble"; });
  return order;
}

std::vector<std::size_t> rows_by_loss(const Samples& samples, std::size_t d) {
  std::vector<std::size_t> rows(samples.id.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::erase_if(rows, [&](std::size_t row) { return !std::isfinite(samples.loss[samples.at(d, row)]); });
  std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
    return samples.loss[samples.at(d, a)] > samples.loss[samples.at(d, b)];
  });
  return rows;
}

PointPlot plot_of(const Samples& samples, std::size_t d, const std::vector<std::size_t>& by_loss, std::size_t most) {
  const std::size_t marked = std::min(kMarked, by_loss.size());
  PointPlot plot{
      .x = {"bias"}, .y = {"variance"}, .clouds = {{.name = "rows"}, {.name = fmt::format("the {} worst", marked)}}};
  const auto add = [&](PointPlot::Cloud& cloud, std::size_t row) {
    cloud.x.push_back(samples.bias[samples.at(d, row)]);
    cloud.y.push_back(samples.variance[samples.at(d, row)]);
    cloud.labels.push_back(fmt::format("row {:.0f}", samples.id[row]));
  };
  for (const std::size_t k : thinned(by_loss.size() - marked, most)) add(plot.clouds[0], by_loss[marked + k]);
  for (std::size_t k = 0; k < marked; ++k) add(plot.clouds[1], by_loss[k]);
  return plot;
}

// Truth and prediction of a row, as people read them; empty where the results hold none of that row.
std::pair<std::string, std::string> truth_and_prediction(const ReportRun& run, const ComparedRows* rows, double id) {
  if (rows == nullptr) return {};
  const auto found = std::ranges::find(rows->ids, static_cast<std::int64_t>(id));
  if (found == rows->ids.end()) return {};
  const auto row = static_cast<std::size_t>(found - rows->ids.begin());
  const std::size_t width = run.outputs.size();
  const auto said = std::span(rows->predictions).subspan(row * width, width);
  if (std::isnan(said.front())) return {};
  if (run.outcome == Outcome::values)
    return {brief(rows->values[row * width]), brief(static_cast<double>(said.front()))};
  return {run.outputs[static_cast<std::size_t>(rows->labels[row])],
          run.outputs[static_cast<std::size_t>(std::ranges::max_element(said) - said.begin())]};
}

// The ensemble's predictions of the same rows are those of the test set, or out of bag.
ReportTable worst_rows(const ReportRun& run, const Samples& samples, std::size_t d,
                       const std::vector<std::size_t>& by_loss) {
  const ComparedRows* rows = run.rows(samples.estimator == "oob" ? "oob" : "test");
  ReportTable worst{.caption = "The rows of the largest loss: " + samples.label(d),
                    .header = {"row", "truth", "predicted", "loss", "bias", "variance", "noise"}};
  for (std::size_t k = 0; k < std::min(kMarked, by_loss.size()); ++k) {
    const std::size_t at = samples.at(d, by_loss[k]);
    const auto [truth, predicted] = truth_and_prediction(run, rows, samples.id[by_loss[k]]);
    worst.rows.push_back({fmt::format("{:.0f}", samples.id[by_loss[k]]), truth, predicted, brief(samples.loss[at]),
                          brief(samples.bias[at]), brief(samples.variance[at]), brief(samples.noise[at])});
  }
  return worst;
}

}  // namespace

ReportPart points_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "samples",
                  .title = "Sample by sample",
                  .lead =
                      "Bias against variance of single rows. Rows far to the right are wrong whatever the training set "
                      "is; rows high up depend on it."};
  std::vector<ReportChoice> choices;
  ReportTable worst;
  for (const std::string estimator : {"replicate", "oob"}) {
    if (!run.results.has("/bias_variance/points/" + estimator)) continue;
    const Samples samples = read_samples(run.results, estimator);
    for (const std::size_t d : ensemble_first(samples)) {
      const auto by_loss = rows_by_loss(samples, d);
      if (by_loss.empty() || choices.size() == limits.choices) continue;
      if (choices.empty()) worst = worst_rows(run, samples, d, by_loss);
      choices.push_back({samples.label(d), to_json(plot_of(samples, d, by_loss, limits.points / 2))});
    }
  }
  if (choices.empty()) return part;
  part.blocks.emplace_back(ReportFigure{.id = "samples",
                                        .caption = "Bias against variance of single rows; the worst are marked.",
                                        .choices = std::move(choices)});
  part.blocks.emplace_back(std::move(worst));
  return part;
}

ReportPart suspects_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "suspects",
                  .title = "Suspect rows",
                  .lead =
                      "Training rows that members which were not trained on them get most wrong (Data-OOB, Kwon and "
                      "Zou 2023): look at their truth first."};
  const ReportColumns table(run.results, "/data_value/suspects");
  const bool classes = table.has("label");
  ReportTable said{
      .header = {"row", "value", "members", classes ? "label" : "target", classes ? "predicted" : "mean prediction"}};
  const auto id = table.texts("row_id"), members = table.texts("members"), label = table.texts("label"),
             predicted = table.texts("predicted");
  const auto value = table.numbers("value"), target = table.numbers("target"), mean = table.numbers("mean");
  for (std::size_t i = 0; i < table.size() && i < limits.table_rows; ++i)
    said.rows.push_back({id[i], brief(value[i]), members[i], classes ? label[i] : brief(target[i]),
                         classes ? predicted[i] : brief(mean[i])});
  if (!said.rows.empty()) part.blocks.emplace_back(std::move(said));
  return part;
}

}  // namespace jury
