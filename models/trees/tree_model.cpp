#include "models/trees/tree_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/data/pipeline.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Rows taken through a tree before the next: its nodes stay in the cache.
constexpr std::size_t kBlock = 256;

// What a tree says of a sample.
float leaf(std::span<const TreeNode> nodes, std::uint32_t root, const float* sample) noexcept {
  const TreeNode* node = &nodes[root];
  while (node->child != 0) {
    const float number = sample[node->input];
    const std::uint32_t second = std::isnan(number) ? node->missing_second : (number < node->value ? 0U : 1U);
    node = &nodes[node->child + second];
  }
  return node->value;
}

void write_values(std::span<const double> sums, const TargetScaler& scaler, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(scaler.original(sums[i], i % scaler.num_targets()));
}

void write_odds(std::span<const double> sums, std::span<float> out) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double e = std::exp(-std::abs(sums[i]));  // never overflows
    const auto likelier = static_cast<float>(1 / (1 + e)), other = static_cast<float>(e / (1 + e));
    out[2 * i] = sums[i] > 0 ? other : likelier;
    out[2 * i + 1] = sums[i] > 0 ? likelier : other;
  }
}

void write_softmax(std::span<double> sums, std::size_t classes, std::span<float> out) {
  for (std::size_t begin = 0; begin < sums.size(); begin += classes) {
    const auto row = sums.subspan(begin, classes);
    const double top = *std::max_element(row.begin(), row.end());
    double total = 0;
    for (double& sum : row) total += sum = std::exp(sum - top);
    for (std::size_t c = 0; c < classes; ++c) out[begin + c] = static_cast<float>(row[c] / total);
  }
}

}  // namespace

void TreeModel::predict(const Dataset& dataset, const Pipeline& pipeline, std::span<const std::uint32_t> rows,
                        std::span<float> out) const {
  JURY_EXPECTS(pipeline.width() == inputs() && out.size() == rows.size() * outputs());
  const std::size_t width = inputs(), num_sums = parts_.num_sums();
  std::vector<float> samples(std::min(kBlock, rows.size()) * width);
  for (std::size_t begin = 0; begin < rows.size(); begin += kBlock) {
    const auto block = rows.subspan(begin, std::min(kBlock, rows.size() - begin));
    pipeline.gather(dataset, block, samples.data());
    std::vector<double> sums(block.size() * num_sums);
    for (std::size_t t = 0; t < parts_.roots.size(); ++t)
      for (std::size_t i = 0; i < block.size(); ++i)
        sums[i * num_sums + parts_.sums[t]] +=
            static_cast<double>(leaf(parts_.nodes, parts_.roots[t], samples.data() + i * width));
    const auto said = out.subspan(begin * outputs(), block.size() * outputs());
    if (task() == TaskKind::regression)
      write_values(sums, parts_.scaler, said);
    else if (num_sums == 1)
      write_odds(sums, said);
    else
      write_softmax(sums, num_sums, said);
  }
}

std::vector<double> TreeModel::importance() const {
  std::vector<double> shares = parts_.gains;
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (sum > 0)
    for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace jury
