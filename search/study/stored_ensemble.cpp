#include "search/study/stored_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "models/data/block.hpp"
#include "search/study/json.hpp"
#include "search/study/run_results.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

std::vector<Feature> read_features(const RunResults& results, bool has_categories) {
  const ResultsGroup table = results.group("/data/features");
  const auto names = results.texts(table, "name"), kinds = results.texts(table, "kind");
  if (names.size() != kinds.size()) results.damaged("/data/features is no table");
  std::vector<Feature> features;
  for (std::size_t i = 0; i < names.size(); ++i)
    features.push_back(
        {.name = names[i], .kind = kinds[i] == "categorical" ? FeatureKind::categorical : FeatureKind::numeric});
  std::uint32_t next[2] = {0, 0};
  for (Feature& feature : features) feature.index = next[static_cast<std::size_t>(feature.kind)]++;
  if (!has_categories) return features;
  const ResultsGroup categories = results.group("/data/categories");
  const auto texts = results.texts(categories, "name");
  const auto of = results.integers(categories, "feature", texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (of[i] < 0 || static_cast<std::size_t>(of[i]) >= features.size())
      results.damaged("/data/categories names no feature");
    features[static_cast<std::size_t>(of[i])].vocabulary.push_back(texts[i]);
  }
  return features;
}

TrainedOn read_data(const RunResults& results) {
  const ResultsGroup data = results.group("/data");
  const auto tables = results.groups_below("/data/");
  const auto has = [&](const char* table) {
    return std::ranges::find(tables, std::string("/data/") + table) != tables.end();
  };
  if (!has("columns")) results.damaged("it was written before jury predict was there; run the experiment again");
  TrainedOn on;
  on.num_train = static_cast<std::size_t>(std::max<std::int64_t>(results.number(data, "num_train"), 0));
  on.storage = results.text(data, "storage") == "u8" ? Storage::u8 : Storage::f32;
  on.schema.named = results.number(data, "named") != 0;
  on.schema.task =
      results.text(data, "task") == name(TaskKind::classification) ? TaskKind::classification : TaskKind::regression;
  on.schema.features = read_features(results, has("categories"));
  on.schema.columns = results.texts(results.group("/data/columns"), "name");
  on.schema.targets = results.texts(results.group("/data/targets"), "name");
  if (has("classes")) on.schema.classes = results.texts(results.group("/data/classes"), "name");
  if (data.find("shape") != nullptr) on.schema.shape = results.integers(data, "shape");
  const bool labelled = on.schema.task == TaskKind::classification;
  if (on.schema.features.empty() || on.schema.targets.empty() || labelled != !on.schema.classes.empty())
    results.damaged("its data have no features, targets or classes");
  return on;
}

Experiment experiment_from(const std::string& json, const std::string& file) {
  Problems problems;
  Experiment experiment = read_experiment(config_from_json(json), problems);
  if (!problems.empty())
    throw DataError(fmt::format("'{}' holds settings that this version of jury does not know ({})", file,
                                problems.lines().front()));
  return experiment;
}

std::uint64_t identity_from(const RunResults& results, const std::string& text) {
  std::uint64_t identity = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), identity, 16).ec != std::errc())
    results.damaged("its config_hash is none");
  return identity;
}

}  // namespace

CombinationShape combination_shape(const StoredEnsemble& ensemble, std::size_t num_rows) {
  const DataSchema& schema = ensemble.data.schema;
  const bool labelled = schema.task == TaskKind::classification;
  return {.outcome = labelled ? Outcome::classes : Outcome::values,
          .num_rows = num_rows,
          .num_outputs = labelled ? schema.classes.size() : schema.targets.size(),
          .kind = forecast_of(ensemble.experiment, schema.task).kind};
}

StoredEnsemble read_ensemble(const std::string& run) {
  const RunResults results(run);
  if (results.groups_below("/models/").empty())
    throw ConfigError(
        fmt::format("'{}' stores no networks (its experiment did not ask for them) give it final.refit = true", run));
  const ResultsGroup config = results.group("/config");
  const auto json = results.texts(config, "resolved_json");
  if (json.size() != 1) results.damaged("it lacks its settings");
  StoredEnsemble ensemble{.experiment = experiment_from(json[0], results.file()),
                          .data = read_data(results),
                          .identity = identity_from(results, results.text(results.root(), "config_hash")),
                          .isa = {}};
  const auto sets = results.texts(results.group("/provenance/sessions"), "isa");
  if (!sets.empty()) ensemble.isa = sets.back();
  try {
    ensemble.members = read_members(results);
    ensemble.stack = read_stack(results);
    const std::string problem = ensemble.members.empty() ? ""
                                                         : problem_of_members(ensemble.experiment, ensemble.data.schema,
                                                                              ensemble.members, ensemble.stack);
    if (!problem.empty()) results.damaged(problem);
  } catch (const ConfigError& error) {  // a network that cannot be built
    results.damaged(error.what());
  }
  if (ensemble.members.empty())
    throw ConfigError(
        fmt::format("'{}' stores no final ensemble (only fits of its folds) give it final.refit = true", run));
  ensemble.calibration = read_calibration(results, combination_shape(ensemble, 0), ensemble.data.num_train);
  const auto& conformal = ensemble.calibration.conformal;
  const bool needs_bags = conformal && conformal->choice.method == "jackknife_plus";
  if (needs_bags &&
      (ensemble.stack || !has_bags(*conformal, ensemble.data.num_train, ensemble.members.back().key.member)))
    results.damaged("it lacks the bags of its members");
  return ensemble;
}

Bytes to_bytes(const StoredEnsemble& ensemble) {
  ByteWriter writer;
  writer.add(std::string_view(to_json(recorded_config(ensemble.experiment)))).add(save_schema(ensemble.data.schema));
  writer.add(ensemble.data.storage)
      .add(std::uint64_t{ensemble.data.num_train})
      .add(ensemble.identity)
      .add(std::string_view(ensemble.isa));
  writer.add(std::uint64_t{ensemble.members.size()});
  for (const StoredMember& member : ensemble.members) save_member(writer, member);
  writer.add(static_cast<std::uint8_t>(ensemble.stack ? 1 : 0));
  if (ensemble.stack) ensemble.stack->save(writer);
  ensemble.calibration.save(writer);
  return writer.take();
}

StoredEnsemble ensemble_from_bytes(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  StoredEnsemble ensemble;
  ensemble.experiment = experiment_from(reader.text(), "the message");
  ensemble.data.schema = load_schema(reader.vector<std::byte>());
  ensemble.data.storage = reader.read<Storage>();
  ensemble.data.num_train = static_cast<std::size_t>(reader.read<std::uint64_t>());
  ensemble.identity = reader.read<std::uint64_t>();
  ensemble.isa = reader.text();
  for (auto left = reader.read<std::uint64_t>(); left > 0; --left)
    ensemble.members.push_back(load_stored_member(reader));
  if (reader.read<std::uint8_t>() != 0) ensemble.stack = Stack::load(reader);
  ensemble.calibration = StoredCalibration::load(reader);
  return ensemble;
}

}  // namespace jury
