#include "models/nn/batch_norm_layer.hpp"

#include <algorithm>

#include "models/nn/primitive.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using dnnl::memory;

// running += momentum * (batch - running), the variance made unbiased.
struct RunningStatistics {
  Buffer mean, variance, running_mean, running_variance;
  std::size_t channels;
  float momentum, unbiased;

  void operator()(Step& step) const {
    float* const means = step.at(running_mean);
    float* const variances = step.at(running_variance);
    for (std::size_t c = 0; c < channels; ++c) {
      means[c] += momentum * (step.at(mean)[c] - means[c]);
      variances[c] += momentum * (unbiased * step.at(variance)[c] - variances[c]);
    }
  }
};

}  // namespace

std::vector<Tensor> BatchNormLayer::tensors(const Shape& src) const {
  using enum Tensor::Role;
  const Shape channels{src[0]};
  return {{.name = "scale", .shape = channels, .role = bias},
          {.name = "shift", .shape = channels, .role = bias},
          {.name = "running_mean", .shape = channels, .role = buffer},
          {.name = "running_variance", .shape = channels, .role = buffer}};
}

void BatchNormLayer::initialise(const Tensor& tensor, std::span<float> values, Rng&) const {
  if (tensor.name.ends_with("scale") || tensor.name.ends_with("running_variance")) std::ranges::fill(values, 1.0F);
}

// Rows and places are alike: the values are a (places, channels) matrix, which oneDNN takes as an
// image of one pixel, channels last. Scale and shift lie one after the other, as it wants them.
void BatchNormLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const bool training = node.kind == PlanKind::training;
  const bool of_batch = training && node.trains;
  const std::int32_t channels = node.src_shape[0];
  const auto places = static_cast<std::int64_t>(node.src_size()) / channels;
  JURY_EXPECTS(!of_batch || places > 1);
  const memory::desc values({places, channels, 1, 1}, memory::data_type::f32, memory::format_tag::acdb);
  const memory::desc scale_shift({2, channels}, memory::data_type::f32, memory::format_tag::ab);
  const memory::desc statistics({channels}, memory::data_type::f32, memory::format_tag::a);
  auto flags = dnnl::normalization_flags::use_scale_shift;
  if (options_.activation == "relu") flags = flags | dnnl::normalization_flags::fuse_norm_relu;
  if (!of_batch) flags = flags | dnnl::normalization_flags::use_global_stats;
  const auto epsilon = static_cast<float>(options_.epsilon);
  const dnnl::batch_normalization_forward::primitive_desc chosen(
      {training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference, values, epsilon, flags},
      cpu_engine());

  const auto width = static_cast<std::size_t>(channels);
  const Buffer mean = of_batch ? builder.allocate(width) : node.params[2];
  const Buffer variance = of_batch ? builder.allocate(width) : node.params[3];
  const std::size_t workspace_floats = floats_of(chosen.workspace_desc());
  const Buffer workspace = workspace_floats > 0 ? builder.allocate(workspace_floats) : Buffer{};
  PrimitiveOp forward(builder, dnnl::batch_normalization_forward(chosen));
  forward.arg(DNNL_ARG_SRC, values, node.src)
      .arg(DNNL_ARG_SCALE_SHIFT, scale_shift, node.params[0])
      .arg(DNNL_ARG_MEAN, statistics, mean)
      .arg(DNNL_ARG_VARIANCE, statistics, variance)
      .arg(DNNL_ARG_DST, values, node.dst);
  if (workspace_floats > 0) forward.arg(DNNL_ARG_WORKSPACE, chosen.workspace_desc(), workspace);
  builder.forward(forward.op());
  if (of_batch) {
    const auto count = static_cast<float>(places);
    builder.forward(RunningStatistics{mean, variance, node.params[2], node.params[3], width,
                                      static_cast<float>(options_.momentum), count / (count - 1)});
  }
  if (!training || !node.runs_backward) return;

  const dnnl::batch_normalization_backward::primitive_desc back(
      {dnnl::prop_kind::backward, values, values, epsilon, flags}, cpu_engine(), chosen);
  const Buffer d_scale_shift = node.trains ? node.grads[0] : builder.allocate(2 * width);
  const Buffer d_src = node.d_src ? *node.d_src : node.d_dst;
  PrimitiveOp backward(builder, dnnl::batch_normalization_backward(back));
  backward.arg(DNNL_ARG_SRC, values, node.src)
      .arg(DNNL_ARG_MEAN, statistics, mean)
      .arg(DNNL_ARG_VARIANCE, statistics, variance)
      .arg(DNNL_ARG_DIFF_DST, values, node.d_dst)
      .arg(DNNL_ARG_SCALE_SHIFT, scale_shift, node.params[0])
      .arg(DNNL_ARG_DIFF_SRC, values, d_src)
      .arg(DNNL_ARG_DIFF_SCALE_SHIFT, scale_shift, d_scale_shift);
  if (workspace_floats > 0) backward.arg(DNNL_ARG_WORKSPACE, chosen.workspace_desc(), workspace);
  builder.backward(backward.op());
}

}  // namespace jury
