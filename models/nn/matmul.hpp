// Matrix products as operations of a plan.
#pragma once

#include <cstdint>
#include <optional>

#include "models/nn/activation.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

/// A (rows, cols) matrix; `transposed`: it lies in memory as (cols, rows), row-major.
struct Matrix {
  Buffer buffer;
  std::int32_t rows = 1, cols = 1;
  enum class Order : std::uint8_t { plain, transposed } order = Order::plain;
};

/// dst = activation(a b + bias): a (m, k), b (k, n), dst (m, n), bias (n).
struct Matmul {
  Matrix a, b, dst;
  std::optional<Buffer> bias = std::nullopt;
  Activation activation = Activation::identity;
};

/// Whether a product or convolution can apply it to its sums. The others are an activation_forward()
/// of their own.
bool can_fuse(Activation activation) noexcept;

/// The product as an operation of that phase; its arguments follow the plan's bindings, its operands
/// have the plan's precision. Takes milliseconds.
/// Expects can_fuse(product.activation) and a plain dst.
Op matmul(PlanBuilder& builder, Phase phase, const Matmul& product);
/// The same as one of oneDNN's primitives whatever the precision; matmul() uses it for bf16.
Op matmul_primitive(PlanBuilder& builder, Phase phase, const Matmul& product);

}  // namespace jury
