// Artificial data with a known answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/data/data_options.hpp"
#include "models/data/dataset.hpp"
#include "models/data/raw_table.hpp"
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
  double noise;  ///< published: standard deviation of the target's noise, or as planar_generators.hpp says; -1:
                 ///< data.noise means nothing
  /// Draws the features x of one sample, rounded to float; everything else is a function of the
  /// rounded ones. Returns the class as a number; 0 for regression.
  double (*draw)(const DataOptions& options, Rng& rng, std::span<double> x);
  /// The noise-free target (1 number), or P(c|x) (num_classes numbers).
  void (*answer)(const DataOptions& options, std::span<const double> x, std::span<double> answer);

  /// Whether data.noise means something to it.
  bool takes_noise() const noexcept { return noise >= 0; }
};

/// Every generator there is; models/data/README.md says how to add one.
std::span<const Generator> generators() noexcept;

/// Throws ConfigError when there is none of this name.
const Generator& find_generator(std::string_view name);

/// options.rows training rows out of one stream and num_test test rows out of another: the block of
/// a Dataset with the answers in truth() or posterior().
Bytes generate_dataset(const DataOptions& options, Rng train, Rng test, std::size_t num_test);

/// Whether noise-free targets or class probabilities become columns.
enum class Answers { left_out, kept };

/// A generated dataset as columns x1, x2, ..., with "truth", or "p1", "p2", ..., if they are kept, and "y": the class
/// as a whole number from 1, or the target. A feature is the shortest decimal that rounds to the dataset's float.
RawTable table_of(const Dataset& dataset, Answers answers);

}  // namespace jury
