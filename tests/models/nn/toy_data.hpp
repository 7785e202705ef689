// Small datasets with everything that is fitted to them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/data/dataset.hpp"
#include "models/data/dataset_builder.hpp"
#include "models/data/pipeline.hpp"
#include "models/data/target_scaler.hpp"
#include "models/nn/train.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// A dataset, the pipeline that leaves or standardises its features, and all of its rows.
struct ToyData {
  Dataset dataset;
  Pipeline pipeline;
  TargetScaler scaler;
  std::vector<std::uint32_t> rows;

  bool classes() const noexcept { return dataset.task() == TaskKind::classification; }
  const TargetScaler* target_scaler() const noexcept { return classes() ? nullptr : &scaler; }
  TrainingSet all() const noexcept { return of(rows); }
  TrainingSet of(std::span<const std::uint32_t> draws, std::span<const float> weights = {}) const noexcept {
    return {
        .dataset = dataset, .pipeline = pipeline, .rows = draws, .weights = weights, .target_scaler = target_scaler()};
  }
  NetworkSpec network(const ModelOptions& model, const std::string& loss = "auto") const {
    const auto count = classes() ? dataset.num_classes() : dataset.num_targets();
    return make_network(model, static_cast<std::int32_t>(pipeline.width()),
                        {dataset.task(), static_cast<std::int32_t>(count), loss});
  }
};

inline DataSchema toy_schema(TaskKind task, std::size_t features, std::size_t outputs) {
  DataSchema schema;
  schema.task = task;
  for (std::size_t i = 0; i < features; ++i) schema.features.emplace_back().name = "x" + std::to_string(i);
  auto& names = task == TaskKind::classification ? schema.classes : schema.targets;
  for (std::size_t i = 0; i < outputs; ++i) names.push_back(std::to_string(i));
  if (task == TaskKind::classification) schema.targets = {"y"};
  return schema;
}

inline ToyData finish_toy(DatasetBuilder&& builder, std::span<const PreprocessStep> steps = {}) {
  Dataset dataset = Dataset::own(std::move(builder).finish());
  std::vector<std::uint32_t> rows(dataset.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const auto fitted = fit_pipeline(dataset, steps, rows);
  TargetScaler scaler;
  if (dataset.task() == TaskKind::regression) scaler = *fit_target_scaler(dataset, rows);
  return {dataset, *fitted, scaler, rows};
}

/// Exclusive or of the signs of two features.
inline ToyData toy_xor(std::size_t num_rows) {
  DatasetBuilder builder(toy_schema(TaskKind::classification, 2, 2), {.num_train = num_rows});
  Rng rng(1);
  for (std::size_t i = 0; i < num_rows; ++i) {
    float* x = builder.numeric().data() + 2 * i;
    for (int k = 0; k < 2; ++k) x[k] = static_cast<float>((rng.below(2) == 0 ? -1 : 1) + 0.2 * rng.normal());
    builder.labels()[i] = (x[0] > 0) != (x[1] > 0) ? 1 : 0;
  }
  return finish_toy(std::move(builder));
}

/// y = (2 x0 - 3 x1 + 0.5 x2 + 7, x0 + x1) without noise, in units of 100.
inline ToyData toy_line(std::size_t num_rows) {
  DatasetBuilder builder(toy_schema(TaskKind::regression, 3, 2), {.num_train = num_rows});
  Rng rng(2);
  for (std::size_t i = 0; i < num_rows; ++i) {
    float* x = builder.numeric().data() + 3 * i;
    for (int k = 0; k < 3; ++k) x[k] = static_cast<float>(rng.normal());
    builder.targets()[2 * i] =
        100 * (2 * static_cast<double>(x[0]) - 3 * static_cast<double>(x[1]) + 0.5 * static_cast<double>(x[2]) + 7);
    builder.targets()[2 * i + 1] = 100 * (static_cast<double>(x[0]) + static_cast<double>(x[1]));
  }
  return finish_toy(std::move(builder));
}

/// A number of classes around centres of their own, with `features` features.
inline ToyData toy_blobs(std::size_t num_rows, std::size_t features, std::size_t classes) {
  DatasetBuilder builder(toy_schema(TaskKind::classification, features, classes), {.num_train = num_rows});
  Rng rng(3);
  std::vector<float> centres(features * classes);
  for (float& c : centres) c = static_cast<float>(2 * rng.normal());
  for (std::size_t i = 0; i < num_rows; ++i) {
    const std::size_t label = i % classes;
    builder.labels()[i] = static_cast<std::int32_t>(label);
    for (std::size_t k = 0; k < features; ++k)
      builder.numeric()[i * features + k] = centres[label * features + k] + static_cast<float>(rng.normal());
  }
  return finish_toy(std::move(builder));
}

/// The same rows with other numbers: f(row, its features).
inline ToyData toy_changed(const ToyData& data, const std::function<void(std::size_t, std::span<float>)>& f) {
  const Dataset& old = data.dataset;
  DatasetBuilder builder(toy_schema(TaskKind::classification, old.num_numeric(), old.num_classes()),
                         {.num_train = old.rows()});
  std::ranges::copy(old.numeric(), builder.numeric().begin());
  std::ranges::copy(old.labels(), builder.labels().begin());
  for (std::size_t row = 0; row < old.rows(); ++row)
    f(row, builder.numeric().subspan(row * old.num_numeric(), old.num_numeric()));
  return finish_toy(std::move(builder));
}

}  // namespace jury
