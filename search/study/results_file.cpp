#include "search/study/results_file.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/hash.hpp"
#include "runtime/base/numbers.hpp"
#include "search/study/json.hpp"
#include "search/study/search_results.hpp"

namespace jury {
namespace {

// What jury predict needs beside the tables of features, targets and classes.
void write_columns(const Hdf5Group& data, const DataSchema& schema) {
  if (!schema.columns.empty())
    TableWriter(data.group("columns"), "column", schema.columns.size()).column("name", schema.columns);
  std::vector<std::int32_t> features;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < schema.features.size(); ++i)
    for (const std::string& text : schema.features[i].vocabulary) {
      features.push_back(static_cast<std::int32_t>(i));
      texts.push_back(text);
    }
  if (!texts.empty())
    TableWriter(data.group("categories"), "category", texts.size()).column("feature", features).column("name", texts);
}

void write_data(Hdf5Writer& file, const Dataset& dataset) {
  const Hdf5Group data = file.group("data");
  const DataSchema& schema = dataset.schema();
  data.attribute("task", name(schema.task));
  data.attribute("num_train", static_cast<std::int64_t>(dataset.num_train()));
  data.attribute("num_test", static_cast<std::int64_t>(dataset.num_test()));
  data.attribute("storage", dataset.storage() == Storage::u8 ? "u8" : "f32");
  data.attribute("named", std::int64_t{schema.named ? 1 : 0});
  if (!schema.shape.empty()) data.array("shape", schema.shape, {{"axis", schema.shape.size()}});
  write_columns(data, schema);
  std::vector<std::string> names, kinds;
  std::vector<std::int64_t> missing;
  for (const Feature& feature : schema.features) {
    names.push_back(feature.name);
    kinds.emplace_back(feature.kind == FeatureKind::numeric ? "numeric" : "categorical");
    missing.push_back(static_cast<std::int64_t>(feature.num_missing));
  }
  TableWriter(data.group("features"), "feature", names.size())
      .column("name", names)
      .column("kind", kinds)
      .column("num_missing", missing);
  TableWriter(data.group("targets"), "target", schema.targets.size()).column("name", schema.targets);
  if (!schema.classes.empty())
    TableWriter(data.group("classes"), "class", schema.classes.size()).column("name", schema.classes);
}

void write_trials(Hdf5Writer& file, const StudyResults& results) {
  const bool scored = results.headline.has_value();
  TableWriter trials(file.group("trials"), "row", 1);
  trials.column("trial", std::vector<std::int32_t>{0})
      .column("state", std::vector<std::string>{results.complete() ? "complete" : "running"})
      .column("value", std::vector<double>{scored ? results.headline->value : kNaN})
      .column("value_se", std::vector<double>{scored ? results.headline->standard_error : kNaN});
  for (std::size_t k = 0; k < results.headline_scores.size(); ++k)
    trials.column("metric." + std::string(results.scoring.metrics[k]->name),
                  std::vector<double>{results.headline_scores[k]});
  const Hdf5Group selection = file.group("selection");
  selection.attribute("method", "none");
  selection.attribute("chosen_trial", std::int64_t{0});
  selection.attribute("n_trials_complete", std::int64_t{results.complete() ? 1 : 0});
  selection.attribute("naive_value", scored ? results.headline->value : kNaN);
  selection.attribute("metric", scored ? results.headline->metric : "");
  selection.attribute("source", scored ? results.headline->source : "");
  selection.attribute("combine", scored ? results.headline->combine : "");
  selection.attribute("estimator", scored ? results.headline->estimator : "");
}

bool all_final(const Fits& fits) {
  return std::ranges::all_of(fits, [](const auto& fit) { return is_final(fit.second.state); });
}

}  // namespace

void write_head(Hdf5Writer& file, const ResultsHead& head) {
  const Hdf5Group root = file.root();
  root.attribute("format", "jury-results");
  root.attribute("format_version", std::int64_t{1});
  root.attribute("config_hash", hex(head.identity));
  root.attribute("data_hash", hex(head.data_hash));
  root.attribute("seed", static_cast<std::int64_t>(head.seed));
  root.attribute("complete", std::int64_t{head.complete ? 1 : 0});
  root.attribute("deterministic", std::int64_t{head.deterministic ? 1 : 0});
}

void add_key_columns(TableWriter& table, const std::vector<TaskKey>& keys) {
  for (const auto& [name, index] : kTaskKeyIndices) {
    std::vector<std::int32_t> values;
    values.reserve(keys.size());
    for (const TaskKey& key : keys) values.push_back(key.*index);
    table.column(name, values);
  }
}

void write_results(const std::string& path, const StudyPlan& plan, const Fits& fits, const StudyResults& results,
                   const RunFacts& facts) {
  write_hdf5_aside(path, [&](Hdf5Writer& file) {
    write_head(file, {.identity = facts.identity,
                      .data_hash = plan.dataset().hash(),
                      .seed = plan.experiment().experiment.seed,
                      .complete = results.complete(),
                      .deterministic = all_final(fits) && (facts.search == nullptr || all_final(facts.search->fits))});
    const Hdf5Group config = file.group("config");
    config.text("resolved_json", to_json(recorded_config(plan.experiment()), 2));
    if (facts.search != nullptr) config.text("experiment_json", to_json(facts.search->experiment, 2));
    write_data(file, plan.dataset());
    write_splits(file, plan, results);
    if (facts.search != nullptr) {
      write_search(file, plan, *facts.search);
      write_fits_of_search(file, fits, results, *facts.search);
    } else {
      write_trials(file, results);
      write_fits(file, {.fits = fits,
                        .scores = results.fits,
                        .weights = results.weights,
                        .task_metrics = results.task_metrics,
                        .num_planned = results.num_planned});
    }
    write_scores(file, results);
    write_predictions(file, plan, results);
    write_uncertainty(file, plan, results);
    write_data_value(file, plan, results);
    write_diversity(file, results);
    write_calibration(file, plan, results);
    write_conformal(file, plan, results);
    write_bias_variance(file, plan, results);
    write_variance_sources(file, plan, results);
    write_models(file, plan, fits, results, facts.search != nullptr ? shown_study(*facts.search).trial : 0);
    write_timing(file, facts);
    write_provenance(file, facts.provenance);
  });
}

}  // namespace jury
