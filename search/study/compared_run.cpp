#include "search/study/compared_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>

#include "runtime/base/hash.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/task_key.hpp"
#include "search/study/json.hpp"

namespace jury {
namespace {

constexpr std::string_view kMetricColumn = "metric.";

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The folder of a run, without what tells runs of one experiment apart: "wine" of "runs/wine-1a2b3c4d/results.h5".
std::string name_of_folder(const std::string& file) {
  const std::string folder = std::filesystem::absolute(file).parent_path().filename().string();
  const std::size_t dash = folder.rfind('-');
  const bool hashed = dash != std::string::npos && dash > 0 && folder.size() - dash == 9 &&
                      folder.find_first_not_of("0123456789abcdef", dash + 1) == std::string::npos;
  return hashed ? folder.substr(0, dash) : folder;
}

std::string run_name(const RunResults& results) {
  const ResultsGroup provenance = results.group("/provenance");
  const AttributeValue* name = find_attribute(provenance.attributes, "experiment");
  const auto* text = name == nullptr ? nullptr : std::get_if<std::string>(name);
  return text != nullptr && !text->empty() ? *text : name_of_folder(results.file());
}

std::string data_of(const RunResults& results) {
  const auto json = results.texts(results.group("/config"), "resolved_json");
  if (json.size() != 1) results.damaged("it lacks its settings");
  const Config settings = config_from_json(json[0]);
  for (const char* key : {"data.generator", "data.train"})
    if (const Config* found = settings.find_path(key); found != nullptr)
      if (const auto* text = found->as<std::string>(); text != nullptr && !text->empty()) return *text;
  return "data";
}

// The row of /trials that the other tables are of.
std::size_t row_of_chosen(const RunResults& results, const ResultsGroup& selection, const ResultsGroup& trials) {
  const std::int64_t chosen = results.number(selection, "chosen_trial");
  const auto trial = results.integers(trials, "trial");
  const auto outer = trials.find("outer") != nullptr ? results.integers(trials, "outer", trial.size())
                                                     : std::vector<std::int64_t>(trial.size(), TaskKey::kNone);
  for (std::size_t row = 0; row < trial.size(); ++row)
    if (trial[row] == chosen && outer[row] == TaskKey::kNone) return row;
  return trial.size();
}

// The row of the scores of a selection of trials that is about weights found on other folds.
std::size_t row_of_cross_fitted(const RunResults& results, const ResultsGroup& scores) {
  const auto weights = results.texts(scores, "weights");
  return static_cast<std::size_t>(std::ranges::find(weights, "cross_fitted") - weights.begin());
}

void read_scores(ComparedRun& run, const RunResults& results) {
  const ResultsGroup selection = results.group("/selection"), trials = results.group("/trials");
  const std::string judged_by = results.text(selection, "metric");
  run.source = results.text(selection, "source");
  run.combine = results.text(selection, "combine");
  // A selection of trials is scored by weights found on other folds.
  const bool joined = results.has("/selection/joined_scores");
  const ResultsGroup table = joined ? results.group("/selection/joined_scores") : trials;
  const std::size_t chosen = joined ? row_of_cross_fitted(results, table) : row_of_chosen(results, selection, trials);
  for (const Hdf5Array& column : table.arrays) {
    const std::string name = last_part(column.path);
    if (!name.starts_with(kMetricColumn) || column.type != ElementType::float64 || column.size() <= chosen) continue;
    const bool first = name.substr(kMetricColumn.size()) == judged_by;
    run.metrics.insert(first ? run.metrics.begin() : run.metrics.end(), name.substr(kMetricColumn.size()));
    run.scores.insert(first ? run.scores.begin() : run.scores.end(), column.number(chosen));
  }
  // A search may be judged by a score that is not among those that are reported.
  if (run.metrics.empty() || judged_by.empty())
    throw ConfigError(fmt::format(
        "'{}' has no scores (none of its fits is complete, or it predicts no rows) give it [cv] or a test set",
        run.path));
}

// Scores of each fold by (repeat, fold), in the order of the run's metrics.
std::map<std::pair<std::int64_t, std::int64_t>, std::vector<double>> fold_scores(const ComparedRun& run,
                                                                                 const RunResults& results) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<double>> scores;
  if (!results.has("/ensemble/folds")) return scores;
  const ResultsGroup table = results.group("/ensemble/folds");
  const auto repeat = results.integers(table, "repeat"), fold = results.integers(table, "fold", repeat.size());
  for (const std::string& metric : run.metrics) {
    const auto column = as_doubles(results.array(table, metric));
    if (column.size() != repeat.size()) results.damaged("/ensemble/folds is no table");
    for (std::size_t i = 0; i < column.size(); ++i) scores[{repeat[i], fold[i]}].push_back(column[i]);
  }
  return scores;
}

// What `part` says of one split: which rows it trains on where that are not all others.
struct SplitParts {
  std::vector<std::int64_t> codes = {};  // (splits, rows); 0 not used, 1 trained on, 2 tested
  std::size_t rows = 0;
  std::span<const std::int64_t> of(std::size_t split) const {
    return codes.empty() ? std::span<const std::int64_t>() : std::span(codes).subspan(split * rows, rows);
  }
};

SplitParts read_parts(const RunResults& results, const ResultsGroup& splits, std::size_t num_splits) {
  const Hdf5Array* array = splits.find("part");
  if (array == nullptr) return {};
  if (array->dims.size() != 2 || array->dims[0] != num_splits) results.damaged("/splits/part does not fit its splits");
  return {.codes = results.integers(splits, "part"), .rows = static_cast<std::size_t>(array->dims[1])};
}

void read_splits(ComparedRun& run, const RunResults& results) {
  const ResultsGroup table = results.group("/splits");
  if (table.find("rows") == nullptr) return;
  const auto repeat = results.integers(table, "repeat"), fold = results.integers(table, "fold", repeat.size());
  const auto offset = results.integers(table, "offset", repeat.size()),
             size = results.integers(table, "size", repeat.size());
  const auto rows = results.integers(table, "rows");
  const auto total = static_cast<std::int64_t>(rows.size());
  const std::int64_t num_rows = results.number(results.group("/data"), "num_train");
  const SplitParts parts = read_parts(results, table, repeat.size());
  const auto scores = fold_scores(run, results);
  for (std::size_t i = 0; i < repeat.size(); ++i) {
    if (offset[i] < 0 || size[i] < 0 || offset[i] > total || size[i] > total - offset[i] || size[i] > num_rows)
      results.damaged("/splits/rows does not hold what its table says");
    const auto tested = std::span(rows).subspan(static_cast<std::size_t>(offset[i]), static_cast<std::size_t>(size[i]));
    const auto part = parts.of(i);
    const bool unused = std::ranges::find(part, 0) != part.end();
    const auto trained = unused ? std::ranges::count(part, 1) : num_rows - size[i];
    Hasher hasher;
    hasher.add(std::as_bytes(tested)).add(static_cast<std::uint64_t>(num_rows));
    if (unused) hasher.add(std::as_bytes(part));
    const auto of_fold = scores.find({repeat[i], fold[i]});
    run.splits.push_back(
        {.repeat = static_cast<std::int32_t>(repeat[i]),
         .fold = static_cast<std::int32_t>(fold[i]),
         .rows_hash = hasher.digest(),
         .num_train = static_cast<std::uint64_t>(trained),
         .num_test = tested.size(),
         .scores = of_fold == scores.end() ? std::vector<double>(run.metrics.size(), kNaN) : of_fold->second});
  }
}

// The first repeat of an array (repeat, row, output).
std::vector<float> first_repeat(const RunResults& results, const std::string& path, std::size_t size) {
  const Hdf5Array array = results.array_at(path, {.count = 1});
  if (array.type != ElementType::float32 || array.dims.size() != 3 || array.size() != size)
    results.damaged(path + " holds no predictions of its rows");
  std::vector<float> values(size);
  if (size > 0) std::memcpy(values.data(), array.data.data(), size * sizeof(float));
  return values;
}

}  // namespace

std::optional<ComparedRows> read_rows(const ComparedRun& run, const RunResults& results, const std::string& source) {
  const std::string group = "/predictions/" + source + "/";
  const bool is_mean = run.combine == "mean";
  const bool combined = results.has(group + "combined") || !is_mean;  // files of earlier versions hold the mean alone
  const std::string predictions = group + (combined ? "combined" : "mean");
  if (!results.has(predictions) || !results.has(group + "row_id") || !results.has(group + "truth")) return std::nullopt;
  ComparedRows rows;
  for (const double id : as_doubles(results.array_at(group + "row_id")))
    rows.ids.push_back(static_cast<std::int64_t>(id));
  const std::vector<double> truth = as_doubles(results.array_at(group + "truth"));
  const bool labelled = run.outcome == Outcome::classes;
  if (truth.size() != rows.ids.size() * (labelled ? 1 : run.num_outputs))
    results.damaged(group + "truth does not fit its rows");
  for (const double value : truth) {
    if (!labelled) rows.values.push_back(value);
    if (labelled && !(value >= 0 && value < static_cast<double>(run.num_outputs)))
      results.damaged(group + "truth holds what is no class");
    if (labelled) rows.labels.push_back(static_cast<std::int32_t>(value));
  }
  rows.predictions = first_repeat(results, predictions, rows.ids.size() * run.num_outputs);
  if (is_mean && results.has(group + "mixture_variance"))
    rows.variances = first_repeat(results, group + "mixture_variance", rows.ids.size() * run.num_outputs);
  return rows;
}

ComparedRun read_compared_run(const std::string& path) {
  const RunResults results(path, ReadFor::comparison);
  ComparedRun run{.path = path, .name = run_name(results)};
  run.label = run.name;
  run.data = data_of(results);
  run.data_hash = results.text(results.root(), "data_hash");
  run.complete = results.complete();
  const bool labelled = results.has("/data/classes");
  run.outcome = labelled ? Outcome::classes : Outcome::values;
  run.num_outputs = results.texts(results.group(labelled ? "/data/classes" : "/data/targets"), "name").size();
  if (run.num_outputs == 0) results.damaged("its data have no classes or targets");
  read_scores(run, results);
  read_splits(run, results);
  return run;
}

void read_predictions(ComparedRun& run) {
  const RunResults results(run.path, ReadFor::comparison);
  run.oof = read_rows(run, results, "oof");
  run.test = read_rows(run, results, "test");
}

}  // namespace jury
