// Rows of every kind for the tests of gradient boosting.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/ensemble/gradient_loss.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// The rows of one training, with what they are boosted by.
struct GradientCase {
  GradientBoostingOptions options;
  Outcome outcome = Outcome::values;
  std::size_t num_outputs = 1;
  std::vector<std::int32_t> labels = {};
  std::vector<double> values = {};
  std::vector<float> weights = {};

  Truth truth() const {
    return {.outcome = outcome, .num_outputs = num_outputs, .labels = labels, .values = values, .weights = weights};
  }
  GradientRule rule() const {
    GradientRule made{.loss = resolve_gradient_loss(options, outcome, num_outputs),
                      .num_outputs = num_outputs,
                      .quantile = options.quantile};
    if (made.loss == GradientLoss::huber) made.deltas.assign(num_outputs, 0.7);
    return made;
  }
};

inline GradientCase values_case(const std::string& loss, std::vector<double> values, std::size_t targets = 1) {
  GradientCase made;
  made.options.loss = loss;
  made.num_outputs = targets;
  made.values = std::move(values);
  return made;
}

inline GradientCase classes_case(const std::string& loss, std::vector<std::int32_t> labels, std::size_t classes) {
  GradientCase made;
  made.options.loss = loss;
  made.outcome = Outcome::classes;
  made.num_outputs = classes;
  made.labels = std::move(labels);
  return made;
}

inline std::vector<double> normals(std::size_t count, std::uint64_t key, double scale = 1) {
  Rng rng(key);
  std::vector<double> values(count);
  for (double& value : values) value = scale * rng.normal();
  return values;
}

inline std::vector<float> float_normals(std::size_t count, std::uint64_t key) {
  std::vector<float> values;
  for (const double value : normals(count, key)) values.push_back(static_cast<float>(value));
  return values;
}

/// Of every loss: 41 random rows with weights 0, 1, 2, ...; two targets, two classes, or four.
inline std::vector<GradientCase> gradient_cases() {
  constexpr std::size_t kRows = 41;
  std::vector<GradientCase> cases;
  for (const char* loss : {"squared", "absolute", "huber", "quantile"}) {
    cases.push_back(values_case(loss, normals(2 * kRows, 5, 2), 2));
    cases.back().options.quantile = 0.8;
  }
  for (const std::size_t classes : {2U, 4U}) {
    Rng rng(classes);
    std::vector<std::int32_t> labels(kRows);
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(rng.below(classes));
    cases.push_back(classes_case("softmax", labels, classes));
    if (classes == 2) cases.push_back(classes_case("logistic", labels, classes));
  }
  for (GradientCase& made : cases)
    for (std::size_t i = 0; i < kRows; ++i) made.weights.push_back(static_cast<float>(i % 4));
  return cases;
}

}  // namespace jury
