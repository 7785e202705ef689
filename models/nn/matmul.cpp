#include "models/nn/matmul.hpp"

#include "models/nn/fused.hpp"
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

}  // namespace

Op matmul(PlanBuilder& builder, Phase phase, const Matmul& product) {
  JURY_EXPECTS(product.a.cols == product.b.rows);
  JURY_EXPECTS(product.dst.rows == product.a.rows && product.dst.cols == product.b.cols);
  const Operand left = operand(builder, phase, product.a.buffer, size_of(product.a));
  const Operand right = operand(builder, phase, product.b.buffer, size_of(product.b));
  const memory::desc a = describe(product.a, left.type), b = describe(product.b, right.type);
  const memory::desc dst = describe(product.dst, memory::data_type::f32);
  const memory::desc bias({1, product.dst.cols}, memory::data_type::f32, memory::format_tag::ab);
  const auto desc = product.bias ? dnnl::matmul::desc(a, b, bias, dst) : dnnl::matmul::desc(a, b, dst);
  const dnnl::matmul::primitive_desc chosen(desc, fused(product.activation), cpu_engine());

  PrimitiveOp op(builder, dnnl::matmul(chosen));
  op.arg(DNNL_ARG_SRC, a, left.buffer).arg(DNNL_ARG_WEIGHTS, b, right.buffer);
  if (product.bias) op.arg(DNNL_ARG_BIAS, bias, *product.bias);
  return op.arg(DNNL_ARG_DST, dst, product.dst.buffer).op();
}

}  // namespace jury
