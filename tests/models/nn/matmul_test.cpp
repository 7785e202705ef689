// The ways to a product: oneDNN's BLAS function or kernel for blocks with a pass of ours, and its primitive alone.
#include "models/nn/matmul.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "vector_sets.hpp"

namespace jury {
namespace {

struct Product {
  std::int32_t rows, inner, cols;
  Matrix::Order a, b;
};

// dst of the product made by `make` of fixed numbers, one of them where `a` begins. The right factor and the bias are
// parameters.
template <class Make>
std::vector<float> result(const Product& p, PlanKind kind, Activation activation, Make make, float first = 1) {
  const auto size = [](std::int32_t rows, std::int32_t cols) {
    return padded_size(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
  };
  const std::size_t a = 0, dst = size(p.rows, p.inner), b = 0, bias = size(p.inner, p.cols);
  const std::size_t dst_size = static_cast<std::size_t>(p.rows * p.cols);
  AlignedBlock params = normals(bias + size(1, p.cols), 52);
  PlanBuilder builder(kind, Precision::f32, dst + size(p.rows, p.cols));
  const Op op = make(builder, Phase::forward,
                     Matmul{.a = {{Region::arena, a}, p.rows, p.inner, p.a},
                            .b = {{Region::params, b}, p.inner, p.cols, p.b},
                            .dst = {{Region::arena, dst}, p.rows, p.cols},
                            .bias = Buffer{Region::params, bias},
                            .activation = activation});
  AlignedBlock arena = normals(builder.arena_floats(), 51);
  arena.span()[a] = first;
  Step step;
  step.bases[static_cast<std::size_t>(Region::arena)] = arena.data();
  step.bases[static_cast<std::size_t>(Region::params)] = params.data();
  for (const Op& binder : builder.take_binders()) binder(step);
  op(step);
  return {arena.data() + dst, arena.data() + dst + dst_size};
}

constexpr Activation kFusible[] = {Activation::identity, Activation::relu, Activation::leaky_relu,
                                   Activation::elu,      Activation::tanh, Activation::sigmoid};

TEST(Matmul, IsThatOfThePrimitive) {
  using enum Matrix::Order;
  for (const Activation activation : kFusible)
    for (const Product& p : {Product{1, 1, 1, plain, plain},
                             {32, 13, 50, plain, transposed},
                             {5, 40, 2, transposed, plain},
                             {16, 3, 2, plain, plain},
                             {15, 3, 2, plain, transposed},
                             {17, 700, 33, plain, transposed},
                             {64, 30, 1, plain, transposed},
                             {64, 33, 100, transposed, transposed}}) {
      const std::vector<float> ours = result(p, PlanKind::training, activation, matmul),
                               predicted = result(p, PlanKind::inference, activation, matmul),
                               theirs = result(p, PlanKind::training, activation, matmul_primitive);
      EXPECT_EQ(ours, predicted) << p.rows << "x" << p.inner << "x" << p.cols;
      for (std::size_t i = 0; i < ours.size(); ++i)
        ASSERT_NEAR(static_cast<double>(ours[i]), static_cast<double>(theirs[i]), 5e-5)
            << p.rows << "x" << p.inner << "x" << p.cols;
    }
}

TEST(Matmul, KeepsANanVisible) {
  using enum Matrix::Order;
  for (const std::int32_t rows : {3, 64})
    for (const Activation activation : kFusible) {
      const Product p{rows, 20, 7, plain, transposed};
      const auto values = result(p, PlanKind::inference, activation, matmul, std::numeric_limits<float>::quiet_NaN());
      for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(std::isnan(values[i]), i < 7) << rows << " rows";
    }
}

}  // namespace
}  // namespace jury
