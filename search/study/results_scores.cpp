// /ensemble: scores of the joined predictions, by fold and by number of members.
#include <limits>

#include "search/study/results_file.hpp"

namespace jury {
namespace {

std::vector<double> column_of(const std::vector<const std::vector<double>*>& lines, std::size_t metric) {
  std::vector<double> column;
  for (const auto* line : lines)
    column.push_back(metric < line->size() ? (*line)[metric] : std::numeric_limits<double>::quiet_NaN());
  return column;
}

void add_metrics(TableWriter& table, const StudyResults& results, const std::string& before,
                 const std::vector<const std::vector<double>*>& lines) {
  for (std::size_t k = 0; k < results.scoring.metrics.size(); ++k)
    table.column(before + std::string(results.scoring.metrics[k]->name), column_of(lines, k));
}

void write_overall(const Hdf5Group& group, const StudyResults& results) {
  std::vector<std::string> source, predictor;
  std::vector<std::int32_t> repeat;
  std::vector<std::vector<double>> low(results.scoring.metrics.size()), high = low;
  std::vector<const std::vector<double>*> lines;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const JuryScores& jury : results.juries) {
    for (const ScoreLine& line : jury.overall) {
      const bool reported = line.predictor == results.scoring.combines.front(),
                 calibrated = line.predictor == kCalibrated;
      const std::vector<Interval>& intervals = calibrated ? jury.calibrated_intervals : jury.intervals;
      source.push_back(jury.source);
      repeat.push_back(jury.repeat);
      predictor.push_back(line.predictor);
      lines.push_back(&line.scores);
      for (std::size_t k = 0; k < low.size(); ++k) {
        low[k].push_back(reported || calibrated ? intervals[k].low : nan);
        high[k].push_back(reported || calibrated ? intervals[k].high : nan);
      }
    }
  }
  TableWriter table(group.group("overall"), "row", lines.size());
  table.column("source", source).column("repeat", repeat).column("predictor", predictor);
  add_metrics(table, results, "", lines);
  table.column("ci_low", low.front(), {.help = "95 % bootstrap interval over rows of the first metric"})
      .column("ci_high", high.front());
  for (std::size_t k = 0; k < low.size(); ++k) {
    const std::string metric(results.scoring.metrics[k]->name);
    table.column(metric + ".ci_low", low[k], {.help = "95 % bootstrap interval over rows"})
        .column(metric + ".ci_high", high[k]);
  }
}

void write_by_size(const Hdf5Group& group, const StudyResults& results) {
  std::vector<std::string> source;
  std::vector<std::int32_t> repeat, size;
  std::vector<double> low, high;
  std::vector<const std::vector<double>*> mean, vote, reported;
  for (const JuryScores& jury : results.juries) {
    for (std::size_t i = 0; i < jury.by_size.size(); ++i) {
      source.push_back(jury.source);
      repeat.push_back(jury.repeat);
      size.push_back(static_cast<std::int32_t>(jury.by_size[i].size));
      mean.push_back(&jury.by_size[i].mean);
      vote.push_back(&jury.by_size[i].vote);
      reported.push_back(&jury.by_size_reported[i]);
      low.push_back(jury.by_size_interval[i].low);
      high.push_back(jury.by_size_interval[i].high);
    }
  }
  TableWriter table(group.group("by_size"), "row", size.size());
  table.column("source", source).column("repeat", repeat).column("size", size);
  add_metrics(table, results, "mean.", mean);
  if (!vote.empty() && !vote.front()->empty()) add_metrics(table, results, "vote.", vote);
  add_metrics(table, results, "reported.", reported);
  table.column("ci_low", low, {.help = "95 % bootstrap interval over rows of the first reported metric"})
      .column("ci_high", high);
}

void write_folds(const Hdf5Group& group, const StudyResults& results) {
  std::vector<std::int32_t> repeat, fold;
  std::vector<std::int64_t> rows;
  std::vector<const std::vector<double>*> scores, members;
  for (const FoldScores& line : results.folds) {
    repeat.push_back(line.repeat);
    fold.push_back(line.fold);
    rows.push_back(static_cast<std::int64_t>(line.num_rows));
    scores.push_back(&line.scores);
    members.push_back(&line.member_mean);
  }
  TableWriter table(group.group("folds"), "row", fold.size());
  table.column("repeat", repeat).column("fold", fold).column("rows", rows);
  add_metrics(table, results, "", scores);
  add_metrics(table, results, "member_mean.", members);
}

// Every predictor with every metric.
void write_bootstrap(const Hdf5Group& group, const StudyResults& results) {
  std::vector<std::string> predictor, metric;
  std::vector<double> apparent, left_out, none, overfitting, weight, estimate;
  for (const BootstrapLine& line : results.bootstrap.lines) {
    for (std::size_t k = 0; k < line.scores.size(); ++k) {
      predictor.push_back(line.predictor);
      metric.emplace_back(results.scoring.metrics[k]->name);
      apparent.push_back(line.scores[k].apparent);
      left_out.push_back(line.scores[k].left_out);
      none.push_back(line.scores[k].no_information);
      overfitting.push_back(line.estimates[k].overfitting);
      weight.push_back(line.estimates[k].weight);
      estimate.push_back(line.estimates[k].value);
    }
  }
  const Hdf5Group bootstrap = group.group("bootstrap");
  bootstrap.attribute("method", results.bootstrap.method);
  TableWriter(bootstrap, "row", predictor.size())
      .column("predictor", predictor)
      .column("metric", metric)
      .column("apparent", apparent, {.help = "of a predictor trained on all rows, on those rows"})
      .column("left_out", left_out, {.help = "on the rows that each bootstrap sample left out, mean over the samples"})
      .column("no_information", none, {.help = "were predictions independent of the truth"})
      .column("overfitting", overfitting, {.help = "relative, from 0 to 1; of the reported predictor"})
      .column("weight", weight, {.help = "of left_out in the estimate; the rest is of apparent"})
      .column("estimate", estimate);
}

}  // namespace

void write_scores(Hdf5Writer& file, const StudyResults& results) {
  const Hdf5Group group = file.group("ensemble");
  write_overall(group, results);
  write_by_size(group, results);
  if (!results.folds.empty()) write_folds(group, results);
  if (!results.bootstrap.lines.empty()) write_bootstrap(group, results);
}

}  // namespace jury
