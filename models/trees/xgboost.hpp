// libxgboost behind RAII handles and exceptions. For this layer's own sources only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "runtime/base/bytes.hpp"
#include "runtime/base/handle.hpp"

namespace jury::xgboost {

struct MatrixTraits {
  using type = void*;
  static type null() noexcept { return nullptr; }
  static void close(type& matrix) noexcept;
};
/// Rows to learn from or to score, with their labels and weights.
using Matrix = Handle<MatrixTraits>;

/// Copies (rows, width), row-major, stride width; NaN is missing. Throws DataError when a number is infinite.
Matrix make_matrix(std::span<const float> values, std::size_t width, int threads);
/// (rows, outputs), row-major.
void set_labels(const Matrix& matrix, std::span<const float> labels, std::size_t outputs);
void set_weights(const Matrix& matrix, std::span<const float> weights);

struct BoosterTraits {
  using type = void*;
  static type null() noexcept { return nullptr; }
  static void close(type& booster) noexcept;
};

/// A model under construction. For one thread at a time.
class Booster {
 public:
  /// Knows the matrices it will be trained and scored on, so that a round costs no prediction anew.
  explicit Booster(std::span<void* const> matrices);

  void set(const char* parameter, const std::string& value);
  void update(std::int32_t round, const Matrix& training);
  /// Fills (rows, outputs) with probabilities of the classes, or values.
  void predict(const Matrix& matrix, std::span<float> out) const;
  /// The model as Universal Binary JSON, without what only training needs.
  Bytes save() const;

 private:
  Handle<BoosterTraits> handle_;
};

/// "1.7.4", of the library this process runs with.
std::string version();

}  // namespace jury::xgboost
