// Experiments, what records hold, checkpoints, and stored models.
#include <numeric>

#include "fuzz.hpp"
#include "models/data/load.hpp"
#include "models/data/pipeline.hpp"
#include "models/nn/session.hpp"
#include "models/nn/train.hpp"
#include "models/trees/tree_model.hpp"
#include "runtime/base/hash.hpp"
#include "search/sampler/read_space.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/donor.hpp"
#include "search/study/experiment.hpp"
#include "search/study/json.hpp"
#include "search/study/search_checks.hpp"
#include "search/study/session_record.hpp"
#include "search/study/stored_ensemble.hpp"
#include "search/study/trial_settings_file.hpp"
#include "support/finished_study.hpp"
#include "tools/config/toml.hpp"

namespace jury {
namespace {

// An experiment file, and behind a line "---" the settings of a command line.
constexpr const char* kExperiments[] = {
    R"toml(schema = 1
[experiment]
name = "wine"
seed = 20260101
[data]
train = "wine.csv"
target = "quality"
shape = [28, 28]
missing = ["", "NA"]
[[preprocess]]
step = "impute"
columns = "numeric"
with = "median"
[model]
type = "mlp"
hidden = [64, 32]
[train]
lr = 1e-3
early_stopping = { metric = "valid.log_loss", patience = 10, fraction = 0.1 }
[ensemble]
method = "bagging"
members = 25
combine = ["mean", "vote"]
[cv]
folds = 5
[budget]
time = "3h50min"
---
train.lr=0.01
model.hidden=[32, 16]
)toml",
    R"toml([data]
generator = "twonorm"
rows = 100
[model]
type = "network"
layers = [{ type = "dense", units = 4 }, { type = "dropout", rate = 0.1 }]
[search]
method = "tpe"
pruner = "asha"
trials = 64
[search.space]
"train.lr" = "loguniform(1e-4, 1e-1)"
"model.hidden" = "choice([32], [64, 32])"
"train.momentum" = { dist = "uniform(0, 0.99)", when = "train.optimizer == 'sgd'" }
"train.batch" = "int(8, 256, log)"
[bias_variance]
replicates = 50
sources = ["data"]
---
search.trials=8
)toml"};

std::vector<Bytes> experiment_samples() { return {fuzz_bytes(kExperiments[0]), fuzz_bytes(kExperiments[1])}; }

// What the command does with a file and its --set, to the point where data are read; what is accepted is read back the
// same from what a journal holds of it.
void read_experiment_text(const Bytes& input) {
  const std::string text = fuzz_text(input);
  const std::size_t cut = std::min(text.find("---\n"), text.size());
  Config config = parse_toml(std::string_view(text).substr(0, cut), "t.toml");
  if (cut < text.size()) apply_settings(config, std::string_view(text).substr(cut + 4), "--set");
  Problems problems;
  const Experiment experiment = read_experiment(config, problems);
  if (problems.empty() && experiment.search && !experiment.objective) check_search_settings(experiment, problems);
  problems.throw_if_any();
  const std::string stored = to_toml(experiment);
  if (to_toml(read_experiment(parse_toml(stored, "journal"), problems)) != stored || !problems.empty())
    throw std::logic_error("an experiment is another one after it was stored");
}

std::vector<Bytes> json_samples() {
  return {fuzz_bytes(R"({"a": [1, 2.5, "x", null, true], "b": {"c": -1e300, "d": {}}})")};
}
std::vector<Bytes> space_samples() {
  return {fuzz_bytes("train.lr=loguniform(1e-4, 1e-1)"), fuzz_bytes("model.hidden=choice([32], [64, 32], 'a', 1.5)"),
          fuzz_bytes("train.batch=int(8, 256, log)"), fuzz_bytes("train.dropout=uniform(0, 0.5, 0.1)")};
}

// A finished study with two kinds of members; made once in each process.
const FinishedStudy& finished() {
  static const FinishedStudy study([] {
    Experiment e = small_experiment();
    e.data.rows = 24;
    e.data.test_rows = 6;
    e.train.epochs = 1;
    e.ensemble.members = 2;
    e.bias_variance.reset();
    return e;
  }());
  return study;
}

std::vector<Bytes> ensemble_samples() { return {to_bytes(read_ensemble(finished().path))}; }
std::vector<Bytes> donor_samples() { return {to_bytes(read_donor({.from = finished().path}).get())}; }
std::vector<Bytes> result_samples() {
  SmallStudy study;
  return {study.evaluate(study.plan.tasks().front()).payload, study.evaluate(study.plan.tasks().back()).payload};
}
// The same in a block of the store, whose arrays are read when they are asked for.
void read_stored_result(const Bytes& input) {
  const BlobStore blobs(scratch() / "blobs");
  const std::uint64_t block = blobs.put(input);
  const std::string file = blobs.path(block);
  try {
    for (const FitOutcome& fit : read_stored_task_result(blobs, block).fits) fit.whole();
  } catch (...) {
    remove_file(file);
    throw;
  }
  remove_file(file);
}

std::vector<Bytes> network_samples() {
  std::vector<Bytes> all;
  for (const ModelOptions& model :
       {ModelOptions{.type = "mlp", .hidden = {4, 3}}, ModelOptions{.type = "linear", .hidden = {}}})
    all.push_back(to_bytes(make_network(model, 5, {TaskKind::classification, 3})));
  return all;
}

std::vector<Bytes> tree_samples() {
  TreeParts parts{
      .outputs = 2, .inputs = 2, .nodes = std::vector<TreeNode>(3), .roots = {0}, .sums = {0}, .gains = {1, 0}};
  parts.nodes[0] = {.child = 1, .input = 0, .value = 0.5F};
  parts.nodes[1].value = -1;
  parts.nodes[2].value = 1;
  return {TreeModel(parts).save()};
}
// With the checksum that fits; what is loaded predicts within its bounds.
void read_trees(Bytes input) {
  if (input.size() >= 4) {
    const std::uint32_t crc = crc32c(std::span(input).first(input.size() - 4));
    std::memcpy(input.data() + input.size() - 4, &crc, sizeof crc);
  }
  const TreeModel trees = TreeModel::load(input);
  static const Dataset data = Dataset::own(load_dataset({.generator = "twonorm", .rows = 10}, 1));
  static const std::vector<std::uint32_t> rows = {0, 1, 2};
  static const Fitted<Pipeline> pipeline = fit_pipeline(data, {}, rows);
  if (trees.inputs() != pipeline->width() || trees.outputs() > 1000) return;
  std::vector<float> out(rows.size() * trees.outputs());
  trees.predict(data, *pipeline, rows, out);
}

// A small training of which every state is a sample.
struct FuzzTraining {
  Dataset data = Dataset::own(load_dataset({.generator = "twonorm", .rows = 24}, 1));
  std::vector<std::uint32_t> rows = std::vector<std::uint32_t>(24);
  Fitted<Pipeline> pipeline = (std::iota(rows.begin(), rows.end(), 0U), fit_pipeline(data, {}, rows));
  NetworkSpec network = make_network({.type = "linear", .hidden = {}}, static_cast<std::int32_t>(pipeline->width()),
                                     {TaskKind::classification, 2});
  PlanCache plans;
  StopFlag stop;

  TrainResult train(std::span<const std::byte> checkpoint, const std::function<void(const Bytes&)>& save = {}) {
    use_threads(1);
    TrainOptions options{.optimizer = "adam", .batch = 8, .epochs = 3, .checkpoint_epochs = 1};
    options.early_stopping = EarlyStoppingOptions{};
    return jury::train(network, options, {.dataset = data, .pipeline = *pipeline, .rows = rows},
                       {.init = 1, .shuffle = 2, .dropout = 3, .augment = 4, .noise = 5, .early_stopping = 6},
                       {.plans = plans, .stop = stop, .checkpoint = checkpoint, .save = save});
  }
};

FuzzTraining& training() {
  static FuzzTraining one;
  return one;
}
std::vector<Bytes> state_samples() {
  std::vector<Bytes> all;
  training().train({}, [&](const Bytes& state) { all.push_back(state); });
  return all;
}

// A file of the checkpoints' folder, as it is, or with what is in it changed and sound around it.
void read_checkpoint(const Bytes& input) {
  const Checkpoints checkpoints(scratch() / "checkpoints", 5);
  checkpoints.write({}, input);
  if (checkpoints.read({}) != input) throw std::logic_error("a checkpoint is another one after it was stored");
  for (const auto& entry : std::filesystem::directory_iterator(scratch() / "checkpoints"))
    std::ofstream(entry.path(), std::ios::binary) << fuzz_text(input);
  checkpoints.read({});
}
std::vector<Bytes> checkpoint_samples() {
  const Checkpoints checkpoints(scratch() / "checkpoints", 5);
  checkpoints.write({}, Bytes(20, std::byte{1}));
  for (const auto& entry : std::filesystem::directory_iterator(scratch() / "checkpoints")) {
    std::ifstream file(entry.path(), std::ios::binary);
    return {fuzz_bytes(std::string(std::istreambuf_iterator<char>(file), {}))};
  }
  return {};
}

std::vector<Bytes> record_of_session_samples() {
  return {to_bytes(SessionRecord{"schema = 1\n", "[data]\n", {.started = "2026-01-31T12:00:00Z", .host = "node1"}})};
}

std::vector<Bytes> settings_samples() {
  return {fuzz_bytes(
      "-1 0 {\"values\":{\"train.lr\":0.1}}\n-1 1 {\"values\":{\"train.lr\":0.2},\"stages\":[{\"until_epoch\":3,"
      "\"values\":{\"a\":1}}]}\n")};
}
void read_settings(const Bytes& input) {
  scratch().write("trial_settings", fuzz_text(input));
  TrialSettingsReader reader(scratch().path());
  reader.find({.outer = -1, .trial = 0});
  reader.find({.outer = -1, .trial = 1});
}

constexpr FuzzTarget kStudyTargets[] = {
    {"experiment", experiment_samples, read_experiment_text},
    {"json", json_samples, [](const Bytes& input) { to_json(config_from_json(fuzz_text(input))); }},
    {"space", space_samples,
     [](const Bytes& input) {
       const auto [path, distribution] = read_space_argument(fuzz_text(input));
       Problems problems;
       Config table{Config::Table{}};
       table.set(path, distribution);
       read_space(table, {}, problems);
     }},
    {"result", result_samples, [](const Bytes& input) { read_task_result(input); }},
    {"stored_result", result_samples, read_stored_result},
    {"session_record", record_of_session_samples, [](const Bytes& input) { session_record_from_bytes(input); }},
    {"settings", settings_samples, read_settings},
    {"checkpoint", checkpoint_samples, read_checkpoint},
    {"state", state_samples, [](const Bytes& input) { training().train(input); }},
    {"network", network_samples, [](const Bytes& input) { Network{network_from_bytes(input)}; }},
    {"trees", tree_samples, [](const Bytes& input) { read_trees(input); }},
    {"donor", donor_samples, [](const Bytes& input) { donor_from_bytes(input); }},
    {"ensemble", ensemble_samples, [](const Bytes& input) { ensemble_from_bytes(input); }},
};

}  // namespace

std::span<const FuzzTarget> study_targets() { return kStudyTargets; }

std::vector<Bytes> fuzz_results_samples() {
  std::ifstream file(finished().path, std::ios::binary);
  return {fuzz_bytes(std::string(std::istreambuf_iterator<char>(file), {}))};
}

}  // namespace jury
