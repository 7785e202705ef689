// /models: what the final ensemble predicts with: of networks one matrix of weights and a layout table, of trees bytes.
#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "models/nn/network.hpp"
#include "models/trees/tree_model.hpp"
#include "search/study/results_file.hpp"

namespace jury {
namespace {

void write_layout(const Hdf5Group& group, const NetworkSpec& network) {
  std::vector<std::string> names, shapes;
  std::vector<std::int64_t> offsets, sizes;
  for (const Tensor& tensor : layout(network)) {
    std::string shape;
    std::int64_t size = 1;
    for (const auto extent : tensor.shape) {
      shape += (shape.empty() ? "" : "x") + std::to_string(extent);
      size *= extent;
    }
    names.push_back(tensor.name);
    shapes.push_back(shape);
    offsets.push_back(static_cast<std::int64_t>(tensor.offset));
    sizes.push_back(size);
  }
  TableWriter(group.group("layout"), "tensor", names.size())
      .column("name", names)
      .column("shape", shapes)
      .column("offset", offsets)
      .column("size", sizes);
}

void add_block(const Hdf5Group& group, const std::string& name, const std::vector<Bytes>& blocks) {
  std::vector<std::uint8_t> bytes;
  std::vector<std::int64_t> offsets, sizes;
  for (const Bytes& block : blocks) {
    offsets.push_back(static_cast<std::int64_t>(bytes.size()));
    sizes.push_back(static_cast<std::int64_t>(block.size()));
    for (const std::byte value : block) bytes.push_back(std::to_integer<std::uint8_t>(value));
  }
  group.array(name, bytes, {{name + "_byte", bytes.size()}});
  group.array(name + "_offset", offsets, {{"stored", blocks.size()}});
  group.array(name + "_size", sizes, {{"stored", blocks.size()}});
}

// What the rounds of gradient boosting add to, and how long their steps are; NaN for fits of another base that have the
// same architecture and are no rounds.
void write_steps(const Hdf5Group& group, const std::vector<const FitOutcome*>& fits) {
  std::size_t width = 0;
  for (const FitOutcome* fit : fits) width = std::max(width, fit->result.steps.size());
  if (width == 0) return;
  std::vector<double> steps, offsets;
  const auto append = [width](std::vector<double>& all, std::vector<double> some) {
    some.resize(width, std::numeric_limits<double>::quiet_NaN());
    all.insert(all.end(), some.begin(), some.end());
  };
  for (const FitOutcome* fit : fits) {
    append(steps, fit->result.steps);
    append(offsets, fit->result.offset);
  }
  group.array("step", steps, {{"stored", fits.size()}, {"output", width}},
              {.help = "of the member's outputs in the sum of the rounds"});
  group.array("offset", offsets, {{"stored", fits.size()}, {"output", width}}, {.help = "that the sum starts from"});
}

// Members that predict by one network, each by a pass of Monte-Carlo dropout; 0: the network is a member itself.
std::int32_t num_passes(const StudyPlan& plan, const Fits& fits, TaskKey key) {
  if (plan.method(key).name != "mc_dropout") return 0;
  const std::int32_t first = key.member;
  while (fits.contains(key)) ++key.member;
  return key.member - first;
}

// Networks of one architecture, or trees.
struct Stored {
  std::vector<TaskKey> keys;
  std::vector<double> weights;
  std::vector<std::int32_t> passes;
  std::vector<const FitOutcome*> fits;
  std::vector<float> best, latest;  // (stored, param), of networks
  std::vector<Bytes> models, preprocess;
};

void append(std::vector<float>& all, const std::vector<float>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

void write_stored(const Hdf5Group& group, const Stored& stored) {
  TableWriter table(group, "stored", stored.keys.size());
  add_key_columns(table, stored.keys);
  table.column("weight", stored.weights).column("passes", stored.passes);
  if (!TreeModel::is_begun(stored.models.front())) {
    const std::vector<Dimension> dims = {{"stored", stored.keys.size()},
                                         {"param", stored.best.size() / stored.keys.size()}};
    group.array("weights_best", stored.best, dims);
    group.array("weights_latest", stored.latest, dims);
    write_layout(group, network_from_bytes(stored.models.front()));
  }
  write_steps(group, stored.fits);
  add_block(group, "network", stored.models);
  add_block(group, "preprocess", stored.preprocess);
}

// What joins the bases, by predictor; of the final one also the bytes that predict.
void write_stacks(Hdf5Writer& file, const StudyPlan& plan, const Stacks& stacks) {
  if (stacks.empty()) return;
  std::vector<TaskKey> keys;
  std::vector<std::string> names;
  std::vector<std::int32_t> outputs;
  std::vector<double> coefficients;
  for (const auto& [predictor, stack] : stacks) {
    for (std::int32_t b = 0; b < plan.num_bases(); ++b) {
      const auto base = static_cast<std::size_t>(b);
      const std::size_t count = stack->model ? stack->model->num_outputs : 1;
      for (std::size_t k = 0; k < count; ++k) {
        keys.push_back(predictor);
        keys.back().base = b;
        names.push_back(plan.experiment().bases[base].name);
        outputs.push_back(stack->model ? static_cast<std::int32_t>(k) : -1);
        coefficients.push_back(stack->model ? stack->model->coefficient(base, k) : stack->weights[base]);
      }
    }
  }
  const Hdf5Group group = file.group("stack");
  TableWriter table(group.group("coefficients"), "row", keys.size());
  add_key_columns(table, keys);
  table.column("name", names).column("output", outputs).column("coefficient", coefficients);
  const auto final = stacks.find(TaskKey{});
  if (final == stacks.end()) return;
  ByteWriter writer;
  final->second->save(writer);
  add_block(group, "model", {writer.take()});
}

}  // namespace

void write_models(Hdf5Writer& file, const StudyPlan& plan, const Fits& fits, const StudyResults& results,
                  std::int32_t trial) {
  std::map<std::string, Stored> groups;
  for (const auto& [key, fit] : fits) {
    if (fit.stored && !fit.stored->has_model) continue;
    FitResult whole = fit.whole();
    const bool trees = TreeModel::is_begun(whole.network);
    if (!trees && whole.weights.empty()) continue;
    Stored& stored = groups[trees ? "xgboost" : network_from_bytes(whole.network).architecture];
    stored.keys.push_back(key);
    stored.keys.back().trial = trial;
    stored.weights.push_back(results.weights.at(key));
    stored.passes.push_back(num_passes(plan, fits, key));
    stored.fits.push_back(&fit);
    append(stored.best, whole.weights);
    append(stored.latest, whole.latest.empty() ? whole.weights : whole.latest);
    stored.models.push_back(std::move(whole.network));
    stored.preprocess.push_back(std::move(whole.preprocess));
  }
  for (const auto& [name, stored] : groups) write_stored(file.group("models/" + name), stored);
  write_stacks(file, plan, results.stacks);
}

}  // namespace jury
