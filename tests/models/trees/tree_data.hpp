// Small datasets to grow trees on.
#pragma once

#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "models/data/dataset_builder.hpp"
#include "models/data/pipeline.hpp"
#include "models/metrics/truth.hpp"
#include "models/trees/train_trees.hpp"
#include "models/trees/tree_model.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// A dataset, a pipeline that standardises its features, and all of its rows.
struct TreeData {
  Dataset dataset;
  Pipeline pipeline;
  std::vector<std::uint32_t> rows;

  std::size_t outputs() const noexcept {
    return dataset.task() == TaskKind::classification ? dataset.num_classes() : dataset.num_targets();
  }
  TreeTrainingSet all() const noexcept { return {.dataset = dataset, .pipeline = pipeline, .rows = rows}; }
};

/// What a row is, beside its features: a label (classes > 0) or values.
struct TreeShape {
  std::size_t rows, features;
  std::size_t classes = 0, targets = 1;
};

/// Features are standard normal; the label, or each target, is f(features, output), which may change them.
/// The pipeline leaves no gap, but none are filled where there was none to begin with.
inline TreeData tree_data(const TreeShape& shape, const std::function<double(std::span<float>, std::size_t)>& f) {
  DataSchema schema;
  schema.task = shape.classes > 0 ? TaskKind::classification : TaskKind::regression;
  for (std::size_t j = 0; j < shape.features; ++j) schema.features.emplace_back().name = "x" + std::to_string(j);
  for (std::size_t c = 0; c < shape.classes; ++c) schema.classes.push_back("c" + std::to_string(c));
  for (std::size_t k = 0; k < shape.targets; ++k) schema.targets.push_back("y" + std::to_string(k));
  DatasetBuilder builder(schema, {.num_train = shape.rows});
  Rng rng(1);
  for (float& x : builder.numeric()) x = static_cast<float>(rng.normal());
  for (std::size_t i = 0; i < shape.rows; ++i) {
    const auto x = builder.numeric().subspan(i * shape.features, shape.features);
    if (shape.classes > 0)
      builder.labels()[i] = static_cast<std::int32_t>(f(x, 0));
    else
      for (std::size_t k = 0; k < shape.targets; ++k) builder.targets()[i * shape.targets + k] = f(x, k);
  }
  Dataset dataset = Dataset::own(std::move(builder).finish());
  std::vector<std::uint32_t> rows(shape.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<PreprocessStep> steps = {{.step = "standardize"}};
  for (const Feature& feature : dataset.schema().features)
    if (feature.num_missing > 0) steps = default_steps(dataset);
  Pipeline pipeline = *fit_pipeline(dataset, steps, rows);
  return {std::move(dataset), std::move(pipeline), std::move(rows)};
}

inline TreeData tree_xor(std::size_t rows) {
  return tree_data({.rows = rows, .features = 2, .classes = 2},
                   [](std::span<const float> x, std::size_t) { return (x[0] > 0) != (x[1] > 0) ? 1.0 : 0.0; });
}

/// Which third of the line x0 is in; the other two features say nothing.
inline TreeData tree_thirds(std::size_t rows) {
  return tree_data({.rows = rows, .features = 3, .classes = 3}, [](std::span<const float> x, std::size_t) {
    return x[0] < -0.43F ? 0.0 : x[0] < 0.43F ? 1.0 : 2.0;
  });
}

/// (100 x0 + 1000, x0 x1): targets of different scales.
inline TreeData tree_values(std::size_t rows) {
  return tree_data({.rows = rows, .features = 2, .targets = 2}, [](std::span<const float> x, std::size_t k) {
    const double a = static_cast<double>(x[0]), b = static_cast<double>(x[1]);
    return k == 0 ? 100 * a + 1000 : a * b;
  });
}

/// What a stored model says of all rows.
inline std::vector<float> predicted(const TreeData& data, const Bytes& model) {
  const TreeModel trees = TreeModel::load(model);
  std::vector<float> out(data.rows.size() * trees.outputs());
  trees.predict(data.dataset, data.pipeline, data.rows, out);
  return out;
}

inline constexpr TreeContext kContext{.key = 0x123456789abcdef0};

inline TrainedTrees grow(const TreeData& data, const TreeOptions& options = {}) {
  return train_trees(options, data.all(), kContext);
}

/// Share of all rows whose likeliest class is theirs.
inline double share_right(const TreeData& data, const Bytes& model) {
  const std::vector<float> shares = predicted(data, model);
  double right = 0;
  for (std::size_t i = 0; i < data.rows.size(); ++i)
    right += predicted_label(row_of(shares, i, data.outputs())) == data.dataset.labels()[i] ? 1 : 0;
  return right / static_cast<double>(data.rows.size());
}

}  // namespace jury
