// /models: the weights of the final ensemble, one matrix and a layout table.
#include "models/nn/network.hpp"
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

// Columns trial to member of the fits in a group's matrices.
void write_keys(const Hdf5Group& group, const std::vector<TaskKey>& keys) {
  const auto column = [&](const char* name, std::int32_t TaskKey::*index) {
    std::vector<std::int32_t> values;
    for (const TaskKey& key : keys) values.push_back(key.*index);
    group.array(name, values, {{"stored", values.size()}});
  };
  column("trial", &TaskKey::trial);
  column("outer", &TaskKey::outer);
  column("repeat", &TaskKey::repeat);
  column("fold", &TaskKey::fold);
  column("replicate", &TaskKey::replicate);
  column("member", &TaskKey::member);
}

void write_matrix(const Hdf5Group& group, const std::string& name, const std::vector<const std::vector<float>*>& rows) {
  std::vector<float> all;
  all.reserve(rows.size() * rows.front()->size());
  for (const auto* row : rows) all.insert(all.end(), row->begin(), row->end());
  group.array(name, all, {{"stored", rows.size()}, {"param", rows.front()->size()}});
}

}  // namespace

void write_models(Hdf5Writer& file, const Fits& fits) {
  std::vector<TaskKey> keys;
  std::vector<const std::vector<float>*> best, latest;
  std::vector<Bytes> networks, preprocess;
  for (const auto& [key, fit] : fits) {
    if (fit.result.weights.empty()) continue;
    keys.push_back(key);
    best.push_back(&fit.result.weights);
    latest.push_back(fit.result.latest.empty() ? &fit.result.weights : &fit.result.latest);
    networks.push_back(fit.result.network);
    preprocess.push_back(fit.result.preprocess);
  }
  if (keys.empty()) return;
  const NetworkSpec network = network_from_bytes(networks.front());
  const Hdf5Group group = file.group("models/" + network.architecture);
  write_keys(group, keys);
  write_matrix(group, "weights_best", best);
  write_matrix(group, "weights_latest", latest);
  write_layout(group, network);
  add_block(group, "network", networks);
  add_block(group, "preprocess", preprocess);
}

}  // namespace jury
