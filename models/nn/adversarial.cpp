#include "models/nn/adversarial.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"

namespace jury {

Adversary::Adversary(std::span<const float> ranges, double epsilon) {
  JURY_EXPECTS(epsilon >= 0);
  for (const float range : ranges) steps_.push_back(static_cast<float>(epsilon * static_cast<double>(range)));
}

void Adversary::perturb(const float* inputs, const float* d_inputs, float* out, std::size_t rows) const noexcept {
  for (std::size_t at = 0; at < rows * steps_.size(); at += steps_.size())
    for (std::size_t j = 0; j < steps_.size(); ++j) {
      const float slope = d_inputs[at + j];
      const float sign = static_cast<float>(slope > 0) - static_cast<float>(slope < 0);
      out[at + j] = inputs[at + j] + steps_[j] * sign;
    }
}

std::vector<float> input_ranges(const Dataset& dataset, const Pipeline& pipeline, std::span<const std::uint32_t> rows) {
  JURY_EXPECTS(!rows.empty());
  constexpr std::size_t kBlockRows = 256;
  const std::size_t width = pipeline.width();
  std::vector<float> block(std::min(kBlockRows, rows.size()) * width);
  std::vector<float> lowest, highest;
  for (std::size_t first = 0; first < rows.size(); first += kBlockRows) {
    const auto some = rows.subspan(first, std::min(kBlockRows, rows.size() - first));
    pipeline.gather(dataset, some, block.data());
    if (first == 0) lowest = highest = std::vector<float>(block.data(), block.data() + width);
    for (std::size_t at = 0; at < some.size() * width; at += width)
      for (std::size_t j = 0; j < width; ++j) {
        lowest[j] = std::min(lowest[j], block[at + j]);
        highest[j] = std::max(highest[j], block[at + j]);
      }
  }
  for (std::size_t j = 0; j < width; ++j) highest[j] -= lowest[j];
  return highest;
}

}  // namespace jury
