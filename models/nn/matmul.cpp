#include "models/nn/matmul.hpp"

#include <string>
#include <string_view>
#include <utility>

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

constexpr memory::data_type kFloat = memory::data_type::f32;

memory::desc describe_bias(const Matmul& product) { return {{1, product.dst.cols}, kFloat, memory::format_tag::ab}; }

// The primitive for factors that lie so.
dnnl::matmul::primitive_desc choose(const Matmul& product, const memory::desc& a, const memory::desc& b,
                                    const dnnl::primitive_attr& attributes) {
  const memory::desc dst = describe(product.dst, kFloat);
  if (!product.bias) return forward_primitive<dnnl::matmul>(cpu_engine(), attributes, a, b, dst);
  return forward_primitive<dnnl::matmul>(cpu_engine(), attributes, a, b, describe_bias(product), dst);
}

Op run_chosen(PlanBuilder& builder, const Matmul& product, const dnnl::matmul::primitive_desc& chosen, Buffer a,
              Buffer b) {
  PrimitiveOp op(builder, dnnl::matmul(chosen));
  op.arg(DNNL_ARG_SRC, chosen.src_desc(), a).arg(DNNL_ARG_WEIGHTS, chosen.weights_desc(), b);
  if (product.bias) op.arg(DNNL_ARG_BIAS, describe_bias(product), *product.bias);
  return op.arg(DNNL_ARG_DST, chosen.dst_desc(), product.dst.buffer).op();
}

// The product by oneDNN's kernels for blocks of rows ("brgemm"), or nothing where it has none, as before AVX-512.
// Weights that stay as they are for many runs are packed once. The same bits either way, but not those of
// dnnl_sgemm(). Its activations do not keep a NaN visible: ours come after it.
std::optional<Op> block_product(PlanBuilder& builder, const Matmul& product, Buffer a, Buffer b) {
  const bool packs = builder.kind() == PlanKind::inference;
  const memory::desc as_it_is = describe(product.b, kFloat);
  const memory::desc any({product.b.rows, product.b.cols}, kFloat, memory::format_tag::any);
  const auto chosen = choose(product, describe(product.a, kFloat), packs ? any : as_it_is, {});
  if (!std::string_view(chosen.impl_info_str()).starts_with("brg")) return std::nullopt;
  if (packs) {
    const Buffer packed = builder.allocate(floats_of(chosen.weights_desc()));
    builder.on_new_weights(reorder(builder, {b}, as_it_is, packed, chosen.weights_desc()));
    b = packed;
  }
  Op multiply = run_chosen(builder, product, chosen, a, b);
  if (product.activation == Activation::identity) return multiply;
  return [multiply = std::move(multiply), activation = product.activation, sums = product.dst.buffer,
          size = size_of(product.dst)](Step& step) {
    multiply(step);
    activation_forward(activation, step.at(sums), step.at(sums), size);
  };
}

// Whether kernels for blocks of rows gain: on weights of several columns (of one it is a sum of products) by at least
// a few rows. README.md has the figures.
bool suits_blocks(const Matmul& product) {
  return product.b.buffer.region == Region::params && product.a.order == Matrix::Order::plain && product.a.rows >= 16 &&
         product.b.cols > 1;
}

}  // namespace

Op matmul(PlanBuilder& builder, Phase phase, const Matmul& product) {
  check(product);
  const Operand a = operand(builder, phase, product.a.buffer, size_of(product.a));
  const Operand b = operand(builder, phase, product.b.buffer, size_of(product.b));
  if (a.type != memory::data_type::f32) return matmul_primitive(builder, phase, product);
  if (phase == Phase::forward && suits_blocks(product))
    if (auto op = block_product(builder, product, a.buffer, b.buffer)) return *std::move(op);
  return float_product(product, a.buffer, b.buffer);
}

Op matmul_primitive(PlanBuilder& builder, Phase phase, const Matmul& product) {
  check(product);
  const Operand left = operand(builder, phase, product.a.buffer, size_of(product.a));
  const Operand right = operand(builder, phase, product.b.buffer, size_of(product.b));
  const auto chosen =
      choose(product, describe(product.a, left.type), describe(product.b, right.type), fused(product.activation));
  return run_chosen(builder, product, chosen, left.buffer, right.buffer);
}

}  // namespace jury
