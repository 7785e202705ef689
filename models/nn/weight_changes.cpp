#include "models/nn/weight_changes.hpp"

#include <algorithm>

#include "models/nn/noise.hpp"

namespace jury {
namespace {

std::size_t total(const std::vector<WeightRange>& ranges) {
  std::size_t sum = 0;
  for (const WeightRange& range : ranges) sum += range.size;
  return sum;
}

void keep(const std::vector<WeightRange>& ranges, std::span<const float> params, std::vector<float>& kept) {
  auto to = kept.begin();
  for (const auto& [offset, size, factor] : ranges)
    to = std::copy_n(params.begin() + static_cast<std::ptrdiff_t>(offset), size, to);
}

// Calls f(tensor, factor of its layer).
template <class F>
void for_tensors(const Network& network, F f) {
  for (const Network::Node& node : network.nodes())
    for (std::size_t i = 0; i < node.num_tensors; ++i) f(network.tensors()[node.first_tensor + i], node.lr_factor);
}

}  // namespace

WeightNoise::WeightNoise(const Network& network, double deviation) : deviation_(deviation) {
  if (deviation > 0)
    for_tensors(network, [&](const Tensor& tensor, double factor) {
      if (tensor.role == Tensor::Role::weights && factor > 0) ranges_.push_back({tensor.offset, volume(tensor.shape)});
    });
  kept_.resize(total(ranges_));
}

void WeightNoise::add(std::span<float> params, std::uint64_t key, std::uint64_t step) {
  keep(ranges_, params, kept_);
  std::uint32_t lane = 0;
  for (const auto& [offset, size, factor] : ranges_)
    add_normal_noise({.key = key,
                      .step = step,
                      .lane = ++lane,
                      .deviation = deviation_,
                      .values = params.data() + offset,
                      .size = size});
}

void WeightNoise::remove(std::span<float> params) const {
  auto from = kept_.begin();
  for (const auto& [offset, size, factor] : ranges_) {
    std::copy_n(from, size, params.begin() + static_cast<std::ptrdiff_t>(offset));
    from += static_cast<std::ptrdiff_t>(size);
  }
}

LayerRates::LayerRates(const Network& network) {
  for_tensors(network, [&](const Tensor& tensor, double factor) {
    if (tensor.role != Tensor::Role::buffer && factor != 1)
      ranges_.push_back({tensor.offset, volume(tensor.shape), factor});
  });
  kept_.resize(total(ranges_));
}

void LayerRates::before_step(std::span<const float> params) { keep(ranges_, params, kept_); }

void LayerRates::after_step(std::span<float> params) const {
  std::size_t place = 0;
  for (const auto& [offset, size, factor] : ranges_)
    for (std::size_t i = offset; i < offset + size; ++i, ++place) {
      const float old = kept_[place];
      params[i] = factor == 0 ? old : old + static_cast<float>(factor) * (params[i] - old);
    }
}

}  // namespace jury
