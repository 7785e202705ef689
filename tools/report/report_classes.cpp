// Predictions of classes: confusion, ROC and precision-recall, how probabilities hold, and margins.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/numbers.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

constexpr const char* kSources[] = {"oof", "test", "oob"};

std::string name_of_class(const ReportRun& run, std::size_t c) { return cut_text(run.outputs[c], 40); }

std::size_t label_of(const ComparedRows& rows, std::size_t row, std::size_t num_classes) {
  const auto first = rows.predictions.begin() + static_cast<std::ptrdiff_t>(row * num_classes);
  return static_cast<std::size_t>(std::max_element(first, first + static_cast<std::ptrdiff_t>(num_classes)) - first);
}

bool predicted(const ComparedRows& rows, std::size_t row, std::size_t num_classes) {
  return !std::isnan(rows.predictions[row * num_classes]);
}

// (truth, said) counts of rows.
std::vector<double> confusion_of(const ComparedRows& rows, std::size_t num_classes) {
  std::vector<double> counts(num_classes * num_classes, 0);
  for (std::size_t row = 0; row < rows.labels.size(); ++row)
    if (predicted(rows, row, num_classes))
      counts[static_cast<std::size_t>(rows.labels[row]) * num_classes + label_of(rows, row, num_classes)] += 1;
  return counts;
}

// The classes that are shown: the most frequent where there are too many.
std::vector<std::size_t> shown_classes(const std::vector<double>& counts, std::size_t num_classes, std::size_t most) {
  std::vector<double> frequency(num_classes, 0);
  for (std::size_t i = 0; i < counts.size(); ++i) frequency[i / num_classes] += counts[i];
  std::vector<std::size_t> order(num_classes);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return frequency[a] > frequency[b]; });
  if (order.size() > most) order.resize(most);
  std::ranges::sort(order);
  return order;
}

struct RankCurves {
  PlotLine roc, precision_recall;
};

// Of one class against the rest: thresholds from the largest probability down, ties as one.
RankCurves rank_curves(const ComparedRows& rows, std::size_t num_classes, std::size_t c) {
  std::vector<std::pair<float, bool>> cases;
  double positives = 0, negatives = 0;
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    if (!predicted(rows, row, num_classes)) continue;
    const bool is_class = static_cast<std::size_t>(rows.labels[row]) == c;
    cases.emplace_back(rows.predictions[row * num_classes + c], is_class);
    (is_class ? positives : negatives) += 1;
  }
  RankCurves curves{.roc = {.name = "", .x = {0}, .y = {0}}, .precision_recall = {.name = ""}};
  if (positives == 0 || negatives == 0) return curves;
  std::ranges::stable_sort(cases, [](const auto& a, const auto& b) { return a.first > b.first; });
  double hits = 0, alarms = 0, area = 0, average = 0;
  for (std::size_t i = 0; i < cases.size();) {
    const float threshold = cases[i].first;
    const double hits_before = hits, alarms_before = alarms;
    for (; i < cases.size() && !(cases[i].first < threshold); ++i) (cases[i].second ? hits : alarms) += 1;
    area += (alarms - alarms_before) * (hits + hits_before) / 2;
    average += (hits - hits_before) / positives * hits / (hits + alarms);
    curves.roc.x.push_back(alarms / negatives);
    curves.roc.y.push_back(hits / positives);
    curves.precision_recall.x.push_back(hits / positives);
    curves.precision_recall.y.push_back(hits / (hits + alarms));
  }
  curves.roc.name = brief(area / positives / negatives, 4);
  curves.precision_recall.name = brief(average, 4);
  return curves;
}

void add_rank_curves(const ReportRun& run, const ComparedRows& rows, const std::string& source,
                     const ReportLimits& limits, std::vector<ReportChoice>& choices) {
  const std::size_t k = run.outputs.size();
  LinePlot roc{.x = {"false positives"}, .y = {"true positives"}, .shape = LinePlot::Shape::square},
      pr{.x = {"recall"}, .y = {"precision"}, .shape = LinePlot::Shape::square};
  const std::size_t most = std::max<std::size_t>(limits.line_points * 6 / std::min<std::size_t>(k, 8), 20);
  std::vector<std::size_t> classes = shown_classes(confusion_of(rows, k), k, 8);
  if (k == 2) classes = {1};
  for (const std::size_t c : classes) {
    RankCurves curves = rank_curves(rows, k, c);
    if (curves.precision_recall.x.empty()) continue;
    curves.roc.name = fmt::format("{} (area {})", name_of_class(run, c), curves.roc.name);
    curves.precision_recall.name = fmt::format("{} (average {})", name_of_class(run, c), curves.precision_recall.name);
    roc.lines.push_back(thinned(curves.roc, most));
    pr.lines.push_back(thinned(curves.precision_recall, most));
  }
  if (roc.lines.empty()) return;
  roc.lines.push_back({.name = "chance", .x = {0, 1}, .y = {0, 1}, .style = PlotLine::Style::dashed});
  choices.push_back({"ROC, " + source_name(source), to_json(roc)});
  choices.push_back({"precision and recall, " + source_name(source), to_json(pr)});
}

ReportTable confusion_table(const ReportRun& run, const std::vector<double>& counts,
                            const std::vector<std::size_t>& shown, const std::string& source) {
  const std::size_t k = run.outputs.size();
  ReportTable table{.caption = "Confusion " + source_name(source) + ": a line is a true class, a column what was said",
                    .header = {"true class"},
                    .role = ReportTable::Role::without_scripts};
  for (const std::size_t c : shown) table.header.push_back(name_of_class(run, c));
  table.header.emplace_back("found");
  for (const std::size_t c : shown) {
    table.rows.push_back({name_of_class(run, c)});
    double total = 0;
    for (std::size_t said = 0; said < k; ++said) total += counts[c * k + said];
    for (const std::size_t said : shown) table.rows.back().push_back(brief(counts[c * k + said], 9));
    table.rows.back().push_back(total > 0 ? fmt::format("{:.1f} %", 100 * counts[c * k + c] / total) : "");
  }
  return table;
}

}  // namespace

ReportPart classes_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{
      .id = "classes",
      .title = "Classes",
      .lead =
          "What was said of rows of each class, by predictions of rows no member was trained on (the first repeat)."};
  if (run.outcome != Outcome::classes || run.outputs.empty()) return part;
  const std::size_t k = run.outputs.size();
  std::vector<ReportChoice> matrices, ranks;
  ReportTable table;
  for (const std::string source : kSources) {
    const ComparedRows* rows = run.rows(source);
    if (rows == nullptr) continue;
    const auto counts = confusion_of(*rows, k);
    if (std::ranges::max(counts) == 0) continue;  // nobody has predicted these rows yet
    const auto shown = shown_classes(counts, k, std::min<std::size_t>(limits.matrix, 30));
    MatrixPlot plot{.x = {"said"}, .y = {"true class"}, .name = "rows"};
    for (const std::size_t c : shown) {
      plot.rows.push_back(name_of_class(run, c));
      for (const std::size_t said : shown) plot.values.push_back(counts[c * k + said]);
    }
    plot.columns = plot.rows;
    Json confusion = to_json(plot);
    confusion["kind"] = "confusion";
    const bool first = source == run.source || table.rows.empty();
    if (first) table = confusion_table(run, counts, shown, source);
    matrices.insert(first ? matrices.begin() : matrices.end(), {source_name(source), std::move(confusion)});
    if (ranks.size() + 2 <= limits.choices) add_rank_curves(run, *rows, source, limits, ranks);
  }
  if (matrices.empty()) return part;
  part.blocks.emplace_back(
      ReportFigure{.id = "confusion",
                   .caption = "Confusion matrix: counts, coloured by their share of the true class.",
                   .choices = std::move(matrices)});
  part.blocks.emplace_back(std::move(table));
  if (!ranks.empty())
    part.blocks.emplace_back(
        ReportFigure{.id = "rank-curves",
                     .caption = k == 2 ? fmt::format("ROC and precision-recall of class {}.", run.outputs[1])
                                       : "ROC and precision-recall of each class against the rest.",
                     .choices = std::move(ranks)});
  return part;
}

}  // namespace jury
