// The two ways to a product: oneDNN's BLAS function with a pass of ours, and its primitive.
#include "models/nn/matmul.hpp"

#include <gtest/gtest.h>

#include "vector_sets.hpp"

namespace jury {
namespace {

struct Product {
  std::int32_t rows, inner, cols;
  Matrix::Order a, b;
};

// dst of the product made by `make` of fixed numbers.
template <class Make>
std::vector<float> result(const Product& p, Activation activation, Make make) {
  const auto size = [](std::int32_t rows, std::int32_t cols) {
    return padded_size(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
  };
  const std::size_t a = 0, b = a + size(p.rows, p.inner), bias = b + size(p.inner, p.cols),
                    dst = bias + size(1, p.cols);
  const std::size_t dst_size = static_cast<std::size_t>(p.rows * p.cols);
  AlignedBlock arena = normals(dst + size(p.rows, p.cols), 51);
  PlanBuilder builder(PlanKind::training, Precision::f32, arena.size());
  const Op op = make(builder, Phase::forward,
                     Matmul{.a = {{Region::arena, a}, p.rows, p.inner, p.a},
                            .b = {{Region::arena, b}, p.inner, p.cols, p.b},
                            .dst = {{Region::arena, dst}, p.rows, p.cols},
                            .bias = Buffer{Region::arena, bias},
                            .activation = activation});
  Step step;
  step.bases[static_cast<std::size_t>(Region::arena)] = arena.data();
  for (const Op& binder : builder.take_binders()) binder(step);
  op(step);
  return {arena.data() + dst, arena.data() + dst + dst_size};
}

TEST(Matmul, IsThatOfThePrimitive) {
  using enum Matrix::Order;
  for (const Activation activation : {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::elu,
                                      Activation::tanh, Activation::sigmoid})
    for (const Product& p : {Product{1, 1, 1, plain, plain},
                             {32, 13, 50, plain, transposed},
                             {5, 40, 2, transposed, plain},
                             {64, 33, 100, transposed, transposed}}) {
      const std::vector<float> ours = result(p, activation, matmul), theirs = result(p, activation, matmul_primitive);
      for (std::size_t i = 0; i < ours.size(); ++i)
        ASSERT_NEAR(static_cast<double>(ours[i]), static_cast<double>(theirs[i]), 5e-5)
            << p.rows << "x" << p.inner << "x" << p.cols;
    }
}

}  // namespace
}  // namespace jury
