// Truths and learners for the tests of boosting.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/metrics/truth.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

using Labels = std::vector<std::int32_t>;
using Doubles = std::vector<double>;
using Floats = std::vector<float>;

// Each to 1e-9.
inline auto near(const Doubles& expected) { return testing::Pointwise(testing::DoubleNear(1e-9), expected); }

inline Truth classes_of(const Labels& labels, std::size_t num_classes) {
  return {.outcome = Outcome::classes, .num_outputs = num_classes, .labels = labels};
}
inline Truth values_of(const Doubles& values, std::size_t num_targets = 1) {
  return {.outcome = Outcome::values, .num_outputs = num_targets, .values = values};
}

// Predictions of the labels, but for the next class in the rows that are wrong.
inline Floats all_right_but(const Truth& truth, const std::vector<std::size_t>& wrong) {
  Floats predictions(truth.num_rows() * truth.num_outputs, 0.0F);
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const std::size_t shift = std::ranges::count(wrong, row) > 0 ? 1 : 0;
    predictions[row * truth.num_outputs + (static_cast<std::size_t>(truth.labels[row]) + shift) % truth.num_outputs] =
        1;
  }
  return predictions;
}

// Learners of a fixed pattern: wrong where a hash of (round, row) says so.
inline Floats learner(const Truth& truth, std::uint64_t round, std::uint64_t one_in) {
  Rng rng(stream_key(7, Purpose::noise, {static_cast<std::int64_t>(round)}));
  std::vector<std::size_t> wrong;
  for (std::size_t row = 0; row < truth.num_rows(); ++row)
    if (rng.below(one_in) == 0) wrong.push_back(row);
  return all_right_but(truth, wrong);
}

inline Labels labels_below(std::int32_t num_classes, std::size_t rows) {
  Labels labels(rows);
  for (std::size_t row = 0; row < rows; ++row) labels[row] = static_cast<std::int32_t>(row) % num_classes;
  return labels;
}

}  // namespace jury
