#include "models/nn/matmul.hpp"

#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using dnnl::memory;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

memory::desc describe(const Matrix& matrix) {
  return {{matrix.rows, matrix.cols},
          memory::data_type::f32,
          matrix.order == Matrix::Order::plain ? memory::format_tag::ab : memory::format_tag::ba};
}

struct PostOp {
  dnnl::algorithm algorithm;
  float alpha = 0;
};

// oneDNN 2.6's soft_relu is not among them: it is -2e-6 at -17.7. Its elu is within 2e-7, though exp(x)
// and 1 cancel near 0.
std::optional<PostOp> post_op(Activation activation) noexcept {
  switch (activation) {
    case Activation::relu:
      return PostOp{dnnl::algorithm::eltwise_relu};
    case Activation::leaky_relu:
      return PostOp{dnnl::algorithm::eltwise_relu, kLeakySlope};
    case Activation::elu:
      return PostOp{dnnl::algorithm::eltwise_elu, 1};
    case Activation::tanh:
      return PostOp{dnnl::algorithm::eltwise_tanh};
    case Activation::sigmoid:
      return PostOp{dnnl::algorithm::eltwise_logistic};
    case Activation::identity:
    case Activation::gelu:
    case Activation::swish:
    case Activation::softplus:
    case Activation::softsign:
      break;
  }
  return std::nullopt;
}

dnnl::primitive_attr fused(Activation activation) {
  dnnl::post_ops after;
  if (activation != Activation::identity) {
    const auto known = post_op(activation);
    JURY_EXPECTS(known.has_value());
    after.append_eltwise(1.0F, known->algorithm, known->alpha, 0);
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  return attributes;
}

// The C call with its arguments ready: the C++ one copies a map on each execution.
struct MatmulOp {
  dnnl::primitive primitive;
  dnnl::stream stream;
  std::vector<memory> places{};  // kept alive for args
  std::vector<dnnl_exec_arg_t> args{};

  void operator()(Step&) const {
    const dnnl_status_t status =
        dnnl_primitive_execute(primitive.get(), stream.get(), static_cast<int>(args.size()), args.data());
    if (status != dnnl_success) throw Error("oneDNN could not run a product (status " + std::to_string(status) + ")");
  }
};

}  // namespace

bool can_fuse(Activation activation) noexcept {
  return activation == Activation::identity || post_op(activation).has_value();
}

Op matmul(PlanBuilder& builder, const Matmul& product) {
  JURY_EXPECTS(product.a.cols == product.b.rows);
  JURY_EXPECTS(product.dst.rows == product.a.rows && product.dst.cols == product.b.cols);
  const memory::desc a = describe(product.a), b = describe(product.b), dst = describe(product.dst);
  const memory::desc bias({1, product.dst.cols}, memory::data_type::f32, memory::format_tag::ab);
  const auto desc = product.bias ? dnnl::matmul::desc(a, b, bias, dst) : dnnl::matmul::desc(a, b, dst);
  const dnnl::matmul::primitive_desc chosen(desc, fused(product.activation), engine());

  MatmulOp op{.primitive = dnnl::matmul(chosen), .stream = dnnl::stream(engine())};
  const auto add = [&](int argument, const memory::desc& shape, Buffer buffer) {
    const memory place(shape, engine(), DNNL_MEMORY_NONE);
    op.places.push_back(place);
    op.args.push_back({argument, place.get()});
    builder.on_bind([place, buffer](Step& step) { place.set_data_handle(step.at(buffer)); });
  };
  add(DNNL_ARG_SRC, a, product.a.buffer);
  add(DNNL_ARG_WEIGHTS, b, product.b.buffer);
  if (product.bias) add(DNNL_ARG_BIAS, bias, *product.bias);
  add(DNNL_ARG_DST, dst, product.dst.buffer);
  return op;
}

}  // namespace jury
