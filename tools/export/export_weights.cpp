#include "tools/export/export_weights.hpp"

#include <fmt/format.h>

#include "models/data/npz_writer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::string prefix_of(const StoredEnsemble& ensemble, const TaskKey& key) {
  return ensemble.stack ? fmt::format("base{}/member{}", key.base, key.member) : fmt::format("member{}", key.member);
}

void add_member(NpzWriter& npz, const std::string& prefix, const StoredMember& member) {
  const TrainedMember& model = member.model;
  for (const Tensor& tensor : layout(model.network)) {
    const std::span<const float> values = std::span(model.weights).subspan(tensor.offset, volume(tensor.shape));
    npz.add(prefix + "/" + tensor.name, {tensor.shape.begin(), tensor.shape.end()}, values);
  }
  const auto numbers = [&](const char* name, const std::vector<double>& values) {
    if (!values.empty()) npz.add(fmt::format("{}/{}", prefix, name), {values.size()}, std::span(values));
  };
  npz.add(prefix + "/inputs", model.pipeline.names());
  if (model.targets) numbers("target_mean", model.targets->mean);
  if (model.targets) numbers("target_deviation", model.targets->deviation);
  numbers("step", member.steps);
  numbers("offset", member.offset);
}

}  // namespace

std::string export_weights(const StoredEnsemble& ensemble, std::vector<std::string>& left_out) {
  NpzWriter npz;
  std::vector<std::string> names;
  std::vector<double> weights;
  for (const StoredMember& member : ensemble.members) {
    const std::string prefix = prefix_of(ensemble, member.key);
    if (member.model.trees) {
      left_out.push_back(prefix);
      continue;
    }
    add_member(npz, prefix, member);
    names.push_back(prefix);
    weights.push_back(member.weight);
  }
  if (names.empty())
    throw ConfigError("boosted trees have no weights to export (jury predict makes their predictions)");
  npz.add("members", names);
  npz.add("weight", {weights.size()}, std::span<const double>(weights));
  return npz.take();
}

}  // namespace jury
