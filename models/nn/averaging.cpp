#include "models/nn/averaging.hpp"

#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Epochs before the first that counts. The little more is for products like 0.29 * 100, which fall short.
std::int32_t epochs_before(double start, std::int32_t total_epochs) noexcept {
  return static_cast<std::int32_t>(std::floor(start * static_cast<double>(total_epochs) + 1e-9));
}

}  // namespace

bool WeightAverage::begun(std::int32_t epoch, std::int32_t total_epochs) const noexcept {
  return epoch > epochs_before(options_.start, total_epochs);
}

bool WeightAverage::takes(std::int32_t epoch, std::int32_t total_epochs) const noexcept {
  const std::int32_t first = epochs_before(options_.start, total_epochs) + 1;
  return epoch >= first && (epoch - first) % options_.every == 0;
}

void WeightAverage::add(std::span<const float> params) noexcept {
  JURY_EXPECTS(params.size() == mean_.size());
  ++count_;
  const auto count = static_cast<double>(count_);
  for (std::size_t i = 0; i < mean_.size(); ++i) mean_[i] += (static_cast<double>(params[i]) - mean_[i]) / count;
}

std::vector<float> WeightAverage::mean() const {
  JURY_EXPECTS(count_ > 0);
  std::vector<float> weights(mean_.size());
  for (std::size_t i = 0; i < mean_.size(); ++i) weights[i] = static_cast<float>(mean_[i]);
  return weights;
}

void WeightAverage::save(ByteWriter& writer) const { writer.add(count_).add(mean_); }

void WeightAverage::load(ByteReader& reader) {
  const auto count = reader.read<std::int64_t>();
  std::vector<double> mean = reader.vector<double>();
  if (count < 0 || mean.size() != mean_.size())
    throw DataError("averaged weights have another size (a checkpoint of another training)");
  count_ = count;
  mean_ = std::move(mean);
}

}  // namespace jury
