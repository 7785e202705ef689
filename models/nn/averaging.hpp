// Stochastic weight averaging (Izmailov, Podoprikhin, Garipov, Vetrov, Wilson 2018).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/nn/train_options.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// The mean of the weights after some epochs, kept in double: 8 bytes a parameter.
///
/// A network with statistics of batches (batch normalisation) needs them anew for the mean weights.
class WeightAverage {
 public:
  WeightAverage(const AveragingOptions& options, std::size_t num_params) : options_(options), mean_(num_params) {}

  /// Whether the weights after this epoch (from 1) count: once epoch > start * total_epochs, every
  /// `every` epochs from the first such on, which there always is.
  bool takes(std::int32_t epoch, std::int32_t total_epochs) const noexcept;
  /// Whether this epoch (from 1) is trained at the averaging's learning rate, if that is not 0.
  bool begun(std::int32_t epoch, std::int32_t total_epochs) const noexcept;

  /// mean += (params - mean) / count. Expects as many parameters as it was made for.
  void add(std::span<const float> params) noexcept;
  /// How many weights the mean is of; 0 where training ended before the first.
  std::int64_t count() const noexcept { return count_; }
  /// Expects count() > 0.
  std::vector<float> mean() const;

  /// Its state, so that a resumed training has the same mean bit for bit. load() Throws DataError when
  /// the bytes are of no such network.
  void save(ByteWriter& writer) const;
  void load(ByteReader& reader);

 private:
  AveragingOptions options_;
  std::vector<double> mean_;
  std::int64_t count_ = 0;
};

}  // namespace jury
