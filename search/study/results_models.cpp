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
  group.array(name + "_offset", offsets, {{"member", blocks.size()}});
  group.array(name + "_size", sizes, {{"member", blocks.size()}});
}

}  // namespace

void write_models(Hdf5Writer& file, const StudyPlan& plan, const Fits& fits) {
  std::vector<const FitResult*> kept;
  std::vector<std::int32_t> members;
  for (std::int32_t m = 0; m < plan.num_members(); ++m) {
    const auto fit = fits.find({.member = m});
    if (fit == fits.end() || fit->second.result.weights.empty()) continue;
    kept.push_back(&fit->second.result);
    members.push_back(m);
  }
  if (kept.empty()) return;
  const NetworkSpec network = network_from_bytes(kept.front()->network);
  const Hdf5Group group = file.group("models/" + network.architecture);
  const std::size_t size = kept.front()->weights.size();
  std::vector<float> weights;
  weights.reserve(kept.size() * size);
  std::vector<Bytes> networks, preprocess;
  for (const FitResult* fit : kept) {
    weights.insert(weights.end(), fit->weights.begin(), fit->weights.end());
    networks.push_back(fit->network);
    preprocess.push_back(fit->preprocess);
  }
  group.array("member_id", members, {{"member", members.size()}});
  group.array("weights_best", weights, {{"member", kept.size()}, {"param", size}});
  write_layout(group, network);
  add_block(group, "network", networks);
  add_block(group, "preprocess", preprocess);
}

}  // namespace jury
