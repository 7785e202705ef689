// What trees are stored as, and whether they are sound.
#include <algorithm>
#include <cmath>
#include <string_view>

#include "models/trees/tree_model.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

constexpr std::string_view kMagic = "jurytree";
constexpr std::uint32_t kVersion = 1;

bool has_sound_outputs(const TreeParts& parts) {
  const bool classes = parts.task == TaskKind::classification;
  if (!classes && parts.task != TaskKind::regression) return false;
  if (parts.outputs < (classes ? 2U : 1U) || parts.inputs == 0 || parts.gains.size() != parts.inputs) return false;
  if (parts.scaler.num_targets() != (classes ? 0U : parts.outputs)) return false;
  const auto finite = [](double number) { return std::isfinite(number); };
  return std::ranges::all_of(parts.scaler.mean, finite) && std::ranges::all_of(parts.scaler.deviation, finite);
}

// Every way down a tree ends in a leaf of that tree: children are behind their parents and within it.
bool has_sound_tree(const TreeParts& parts, std::size_t root, std::size_t end) {
  for (std::size_t n = root; n < end; ++n) {
    const TreeNode& node = parts.nodes[n];
    if (!std::isfinite(node.value)) return false;
    if (node.child == 0) continue;
    if (node.child <= n || node.child + std::size_t{1} >= end) return false;
    if (node.input >= parts.inputs || node.missing_second > 1) return false;
  }
  return true;
}

bool has_sound_trees(const TreeParts& parts) {
  const std::size_t count = parts.roots.size();
  if (parts.sums.size() != count || count == 0 || parts.roots[0] != 0) return false;
  for (std::size_t t = 0; t < count; ++t) {
    const std::size_t root = parts.roots[t], end = t + 1 < count ? parts.roots[t + 1] : parts.nodes.size();
    if (root >= end || end > parts.nodes.size() || parts.sums[t] >= parts.num_sums()) return false;
    if (!has_sound_tree(parts, root, end)) return false;
  }
  return true;
}

}  // namespace

TreeModel::TreeModel(TreeParts parts) : parts_(std::move(parts)) {
  if (!has_sound_outputs(parts_) || !has_sound_trees(parts_))
    throw DataError("trees make no sense (damaged, or not written by jury)");
}

Bytes TreeModel::save() const {
  ByteWriter writer;
  writer.raw(std::as_bytes(std::span(kMagic))).add(kVersion);
  writer.add(parts_.task).add(parts_.outputs).add(parts_.inputs);
  parts_.scaler.save(writer);
  writer.add(parts_.nodes).add(parts_.roots).add(parts_.sums).add(parts_.gains);
  return writer.add(crc32c(writer.bytes())).take();
}

bool TreeModel::is_begun(std::span<const std::byte> bytes) noexcept {
  return bytes.size() >= kMagic.size() &&
         std::ranges::equal(bytes.first(kMagic.size()), std::as_bytes(std::span(kMagic)));
}

TreeModel TreeModel::load(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  reader.raw(kMagic.size());
  if (!is_begun(bytes)) throw DataError("bytes are no trees (damaged, or another kind of model)");
  if (reader.read<std::uint32_t>() != kVersion)
    throw DataError("trees are of another version (written by another version of jury)");
  const auto body = bytes.first(bytes.size() - sizeof(std::uint32_t));
  if (ByteReader(bytes.subspan(body.size())).read<std::uint32_t>() != crc32c(body))
    throw DataError("trees are damaged (their checksum does not match)");
  TreeParts parts;
  parts.task = reader.read<TaskKind>();
  parts.outputs = reader.read<std::uint32_t>();
  parts.inputs = reader.read<std::uint32_t>();
  parts.scaler = TargetScaler::load(reader);
  parts.nodes = reader.vector<TreeNode>();
  parts.roots = reader.vector<std::uint32_t>();
  parts.sums = reader.vector<std::uint32_t>();
  parts.gains = reader.vector<double>();
  return TreeModel(std::move(parts));
}

}  // namespace jury
