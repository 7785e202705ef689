// Small datasets for the tests of preprocessing.
#pragma once

#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "models/data/dataset_builder.hpp"
#include "models/data/pipeline.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

inline constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

/// A regression dataset of numbers (rows, width), named x0, x1, ..., whose target is the row number.
inline Dataset number_table(std::size_t width, const std::vector<float>& numbers) {
  DataSchema schema{.task = TaskKind::regression, .features = {}, .targets = {"y"}};
  for (std::size_t j = 0; j < width; ++j) schema.features.push_back({.name = "x" + std::to_string(j)});
  const std::size_t rows = numbers.size() / width;
  DatasetBuilder builder(schema, {.num_train = rows});
  std::copy(numbers.begin(), numbers.end(), builder.numeric().begin());
  for (std::size_t row = 0; row < rows; ++row) builder.targets()[row] = static_cast<double>(row);
  return Dataset::own(std::move(builder).finish());
}

/// number, text (3 values), number, text (2 values): 8 rows, with missing cells in each.
inline Dataset mixed_table() {
  DataSchema schema{.task = TaskKind::regression,
                    .features = {{.name = "a"},
                                 {.name = "k", .kind = FeatureKind::categorical, .vocabulary = {"p", "q", "r"}},
                                 {.name = "b"},
                                 {.name = "m", .kind = FeatureKind::categorical, .vocabulary = {"no", "yes"}}},
                    .targets = {"y"}};
  DatasetBuilder builder(schema, {.num_train = 8});
  const float numbers[] = {1, 10, 2, kNoNumber, 3, 30, 4, 40, 5, 50, 100, 60, kNoNumber, 70, 8, 10};
  const std::uint32_t codes[] = {0, 0, 1, 1, 1, 1, 2, kMissingCode, kMissingCode, 0, 0, 0, 2, 1, 2, 1};
  std::copy(std::begin(numbers), std::end(numbers), builder.numeric().begin());
  std::copy(std::begin(codes), std::end(codes), builder.codes().begin());
  return Dataset::own(std::move(builder).finish());
}

inline std::vector<std::uint32_t> first_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

/// What a pipeline makes of some rows, row-major.
inline std::vector<float> gathered(const Pipeline& pipeline, const Dataset& data,
                                   const std::vector<std::uint32_t>& rows) {
  std::vector<float> out(rows.size() * pipeline.width());
  pipeline.gather(data, rows, out.data());
  return out;
}

/// Column j of what steps fitted on all rows make of all rows.
inline std::vector<float> fitted_column(const Dataset& data, const std::vector<PreprocessStep>& steps, std::size_t j) {
  const auto rows = first_rows(data.rows());
  const auto pipeline = fit_pipeline(data, steps, rows);
  const auto out = gathered(*pipeline, data, rows);
  std::vector<float> column;
  for (std::size_t i = 0; i < rows.size(); ++i) column.push_back(out[i * pipeline->width() + j]);
  return column;
}

}  // namespace jury
