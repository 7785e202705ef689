#include "models/nn/matmul.hpp"

#include <string>

#include "models/nn/fused.hpp"
#include "models/nn/kernels.hpp"
#include "models/nn/primitive.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using dnnl::memory;

std::size_t size_of(const Matrix& matrix) {
  return static_cast<std::size_t>(matrix.rows) * static_cast<std::size_t>(matrix.cols);
}

memory::desc describe(const Matrix& matrix, memory::data_type type) {
  return {{matrix.rows, matrix.cols},
          type,
          matrix.order == Matrix::Order::plain ? memory::format_tag::ab : memory::format_tag::ba};
}

void check(const Matmul& product) {
  JURY_EXPECTS(product.a.cols == product.b.rows);
  JURY_EXPECTS(product.dst.rows == product.a.rows && product.dst.cols == product.b.cols);
  JURY_EXPECTS(can_fuse(product.activation));
}

// How BLAS sees a matrix.
struct Layout {
  char transposed;
  dnnl_dim_t stride;

  explicit Layout(const Matrix& matrix)
      : transposed(matrix.order == Matrix::Order::plain ? 'N' : 'T'),
        stride(matrix.order == Matrix::Order::plain ? matrix.cols : matrix.rows) {}
};

// The product by oneDNN's BLAS function, which the primitive calls too: without its look-ups, which cost
// as much as a small product.
struct FloatProduct {
  Layout a_layout, b_layout;
  dnnl_dim_t rows, cols, inner;
  Buffer a, b, dst;

  void operator()(Step& step) const {
    const dnnl_status_t status = dnnl_sgemm(a_layout.transposed, b_layout.transposed, rows, cols, inner, 1, step.at(a),
                                            a_layout.stride, step.at(b), b_layout.stride, 0, step.at(dst), cols);
    if (status != dnnl_success)
      throw Error("oneDNN could not multiply matrices (status " + std::to_string(status) + ")");
  }
};

Op float_product(const Matmul& product, Buffer a, Buffer b) {
  const Matrix& dst = product.dst;
  const FloatProduct multiply{Layout(product.a), Layout(product.b), dst.rows, dst.cols, product.a.cols, a, b,
                              dst.buffer};
  if (!product.bias && product.activation == Activation::identity) return multiply;
  return [multiply, activation = product.activation, bias = product.bias](Step& step) {
    multiply(step);
    float* const sums = step.at(multiply.dst);
    const auto rows = static_cast<std::size_t>(multiply.rows), cols = static_cast<std::size_t>(multiply.cols);
    if (bias) {
      add_bias_and_activate(activation, {sums, step.at(*bias), rows, cols});
    } else {
      activation_forward(activation, sums, sums, rows * cols);
    }
  };
}

}  // namespace

Op matmul(PlanBuilder& builder, Phase phase, const Matmul& product) {
  check(product);
  const Operand a = operand(builder, phase, product.a.buffer, size_of(product.a));
  const Operand b = operand(builder, phase, product.b.buffer, size_of(product.b));
  if (a.type != memory::data_type::f32) return matmul_primitive(builder, phase, product);
  return float_product(product, a.buffer, b.buffer);
}

Op matmul_primitive(PlanBuilder& builder, Phase phase, const Matmul& product) {
  check(product);
  const Operand left = operand(builder, phase, product.a.buffer, size_of(product.a));
  const Operand right = operand(builder, phase, product.b.buffer, size_of(product.b));
  const memory::desc a = describe(product.a, left.type), b = describe(product.b, right.type);
  const memory::desc dst = describe(product.dst, memory::data_type::f32);
  const memory::desc bias({1, product.dst.cols}, memory::data_type::f32, memory::format_tag::ab);
  const dnnl::primitive_attr attributes = fused(product.activation);
  const auto chosen = product.bias ? forward_primitive<dnnl::matmul>(cpu_engine(), attributes, a, b, bias, dst)
                                   : forward_primitive<dnnl::matmul>(cpu_engine(), attributes, a, b, dst);

  PrimitiveOp op(builder, dnnl::matmul(chosen));
  op.arg(DNNL_ARG_SRC, a, left.buffer).arg(DNNL_ARG_WEIGHTS, b, right.buffer);
  if (product.bias) op.arg(DNNL_ARG_BIAS, bias, *product.bias);
  return op.arg(DNNL_ARG_DST, dst, product.dst.buffer).op();
}

}  // namespace jury
