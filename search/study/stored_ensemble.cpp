#include "search/study/stored_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "models/data/block.hpp"
#include "search/study/json.hpp"
#include "search/study/run_results.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

constexpr std::string_view kModels = "/models/";

std::vector<Feature> read_features(const RunResults& results, bool has_categories) {
  const ResultsGroup table = results.group("/data/features");
  const auto names = results.texts(table, "name"), kinds = results.texts(table, "kind");
  if (names.size() != kinds.size()) results.damaged("/data/features is no table");
  std::vector<Feature> features;
  for (std::size_t i = 0; i < names.size(); ++i)
    features.push_back({.name = names[i], .kind = kinds[i] == "categorical" ? FeatureKind::categorical : FeatureKind::numeric});
  std::uint32_t next[2] = {0, 0};
  for (Feature& feature : features) feature.index = next[static_cast<std::size_t>(feature.kind)]++;
  if (!has_categories) return features;
  const ResultsGroup categories = results.group("/data/categories");
  const auto texts = results.texts(categories, "name");
  const auto of = results.integers(categories, "feature", texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (of[i] < 0 || static_cast<std::size_t>(of[i]) >= features.size()) results.damaged("/data/categories names no feature");
    features[static_cast<std::size_t>(of[i])].vocabulary.push_back(texts[i]);
  }
  return features;
}

TrainedOn read_data(const RunResults& results) {
  const ResultsGroup data = results.group("/data");
  const auto tables = results.groups_below("/data/");
  const auto has = [&](const char* table) { return std::ranges::find(tables, std::string("/data/") + table) != tables.end(); };
  if (!has("columns")) results.damaged("it was written before jury predict was there; run the experiment again");
  TrainedOn on;
  on.num_train = static_cast<std::size_t>(std::max<std::int64_t>(results.number(data, "num_train"), 0));
  on.storage = results.text(data, "storage") == "u8" ? Storage::u8 : Storage::f32;
  on.schema.named = results.number(data, "named") != 0;
  on.schema.task = results.text(data, "task") == name(TaskKind::classification) ? TaskKind::classification : TaskKind::regression;
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
    throw DataError(fmt::format("'{}' holds settings that this version of jury does not know ({})", file, problems.lines().front()));
  return experiment;
}

// Row i of a matrix of float32.
std::vector<float> matrix_row(const RunResults& results, const Hdf5Array& matrix, std::size_t i) {
  if (matrix.type != ElementType::float32 || matrix.dims.size() != 2 || i >= matrix.dims[0])
    results.damaged(matrix.path + " is no matrix of weights");
  const auto width = static_cast<std::size_t>(matrix.dims[1]);
  std::vector<float> row(width);
  if (width > 0) std::memcpy(row.data(), matrix.data.data() + i * width * sizeof(float), width * sizeof(float));
  return row;
}

// Blocks of bytes, one per stored fit.
std::vector<std::span<const std::byte>> blocks(const RunResults& results, const ResultsGroup& models, const std::string& name, std::size_t count) {
  const Hdf5Array& bytes = results.array(models, name);
  const auto offsets = results.integers(models, name + "_offset", count), sizes = results.integers(models, name + "_size", count);
  std::vector<std::span<const std::byte>> found;
  for (std::size_t i = 0; i < count; ++i) {
    const auto all = static_cast<std::int64_t>(bytes.data.size());
    if (bytes.type != ElementType::uint8 || offsets[i] < 0 || sizes[i] < 0 || offsets[i] > all || sizes[i] > all - offsets[i])
      results.damaged(bytes.path + " does not hold what its table says");
    found.push_back(std::span(bytes.data).subspan(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(sizes[i])));
  }
  return found;
}

std::vector<TaskKey> keys_of(const RunResults& results, const ResultsGroup& models) {
  std::vector<TaskKey> keys(results.array(models, "member").size());
  const auto column = [&](const char* name, std::int32_t TaskKey::*index) {
    const auto values = results.integers(models, name, keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i].*index = static_cast<std::int32_t>(values[i]);
  };
  column("trial", &TaskKey::trial);
  column("outer", &TaskKey::outer);
  column("repeat", &TaskKey::repeat);
  column("fold", &TaskKey::fold);
  column("replicate", &TaskKey::replicate);
  column("member", &TaskKey::member);
  return keys;
}

// With final.weights = "all" a run also stores the fits of its folds and replicates.
bool is_final(const TaskKey& key) {
  return key.outer == TaskKey::kNone && key.repeat == TaskKey::kNone && key.fold == TaskKey::kNone && key.replicate == TaskKey::kNone;
}

// The members of the final ensemble in one group below /models: those of one architecture.
void add_members(std::vector<StoredMember>& members, const RunResults& results, const std::string& group) {
  const ResultsGroup models = results.group(group);
  const auto keys = keys_of(results, models);
  const auto networks = blocks(results, models, "network", keys.size()), preprocess = blocks(results, models, "preprocess", keys.size());
  const Hdf5Array& weights = results.array(models, "weights_best");
  const std::vector<double> shares = models.find("weight") != nullptr ? as_doubles(*models.find("weight")) : std::vector<double>(keys.size(), 1);
  if (shares.size() != keys.size()) results.damaged(group + "/weight is no column of its table");
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (is_final(keys[i]))
      members.push_back({.key = keys[i], .weight = shares[i], .model = load_member(networks[i], matrix_row(results, weights, i), preprocess[i])});
}

// What a hostile file could get past the parts.
void check_members(const StoredEnsemble& ensemble, const RunResults& results) {
  const DataSchema& schema = ensemble.data.schema;
  const bool labelled = schema.task == TaskKind::classification;
  const std::size_t outputs = labelled ? schema.classes.size() : schema.targets.size();
  const std::size_t width = prediction_width(forecast_of(ensemble.experiment, schema.task).kind, outputs);
  for (const StoredMember& member : ensemble.members) {
    const bool fits = member.model.pipeline.fits(schema) && static_cast<std::size_t>(member.model.network.outputs) == width &&
                      member.model.network.task == schema.task && std::isfinite(member.weight) &&
                      (!member.model.targets || (!labelled && member.model.targets->num_targets() == outputs));
    if (!fits) results.damaged(fmt::format("member {} does not fit its data", member.key.member));
  }
}

std::uint64_t identity_from(const RunResults& results, const std::string& text) {
  std::uint64_t identity = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), identity, 16).ec != std::errc()) results.damaged("its config_hash is none");
  return identity;
}

}  // namespace

StoredEnsemble read_ensemble(const std::string& run) {
  const RunResults results(run);
  const auto groups = results.groups_below(kModels);
  if (groups.empty())
    throw ConfigError(fmt::format("'{}' stores no networks (its experiment did not ask for them) give it final.refit = true", run));
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
    for (const std::string& group : groups) add_members(ensemble.members, results, group);
    check_members(ensemble, results);
  } catch (const ConfigError& error) {  // a network that cannot be built
    results.damaged(error.what());
  }
  std::ranges::stable_sort(ensemble.members, {}, &StoredMember::key);
  if (ensemble.members.empty())
    throw ConfigError(fmt::format("'{}' stores no final ensemble (only fits of its folds) give it final.refit = true", run));
  return ensemble;
}

Bytes to_bytes(const StoredEnsemble& ensemble) {
  ByteWriter writer;
  writer.add(std::string_view(to_json(recorded_config(ensemble.experiment)))).add(save_schema(ensemble.data.schema));
  writer.add(ensemble.data.storage).add(std::uint64_t{ensemble.data.num_train}).add(ensemble.identity).add(std::string_view(ensemble.isa));
  writer.add(std::uint64_t{ensemble.members.size()});
  for (const StoredMember& member : ensemble.members) {
    for (const std::int32_t index : {member.key.trial, member.key.member, member.key.rung}) writer.add(index);
    writer.add(member.weight).add(to_bytes(member.model.network)).add(member.model.weights).add(save_preprocess(member.model));
  }
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
  for (auto left = reader.read<std::uint64_t>(); left > 0; --left) {
    TaskKey key;
    for (std::int32_t* index : {&key.trial, &key.member, &key.rung}) *index = reader.read<std::int32_t>();
    const auto weight = reader.read<double>();
    const auto network = reader.vector<std::byte>();
    auto weights = reader.vector<float>();
    ensemble.members.push_back({.key = key, .weight = weight, .model = load_member(network, std::move(weights), reader.vector<std::byte>())});
  }
  return ensemble;
}

}  // namespace jury
