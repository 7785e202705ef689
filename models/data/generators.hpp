// Artificial data with a known answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/data/data_options.hpp"
#include "models/data/dataset.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// A source of independent samples: features and, of each sample, its expected target or the
/// probability of each class, so that noise and bias can be told apart.
struct Generator {
  std::string_view name;
  TaskKind task;
  std::size_t num_features;
  std::size_t num_classes;  ///< 0 for regression
  double noise;             ///< published standard deviation of the noise of the target; 0: none
  /// Draws the features x of one sample, rounded to float; everything else is a function of the
  /// rounded ones. Returns the class as a number; 0 for regression.
  double (*draw)(const DataOptions& options, Rng& rng, std::span<double> x);
  /// The noise-free target (1 number), or P(c|x) (num_classes numbers).
  void (*answer)(const DataOptions& options, std::span<const double> x, std::span<double> answer);
};

/// Every generator there is; models/data/README.md says how to add one.
std::span<const Generator> generators() noexcept;

/// Throws ConfigError when there is none of this name.
const Generator& find_generator(std::string_view name);

/// options.rows training rows out of one stream and num_test test rows out of another: the block of
/// a Dataset with the answers in truth() or posterior().
Bytes generate_dataset(const DataOptions& options, Rng train, Rng test, std::size_t num_test);

}  // namespace jury
