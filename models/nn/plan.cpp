#include "models/nn/plan.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/layer.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/plan_builder.hpp"
#include "runtime/base/error.hpp"

namespace jury {

Plan::Plan(const NetworkSpec& spec, const PlanOptions& options)
    : spec_(spec),
      options_(options),
      network_(spec),
      layout_(network_, options),
      inputs_(volume(spec.input)),
      outputs_(static_cast<std::size_t>(spec.outputs)),
      target_width_(outputs_ / outputs_per_target(spec.head)),
      num_params_(network_.num_parameters()) {
  JURY_EXPECTS(options.batch > 0);
  // Of classes only cross_entropy reads labels.
  JURY_EXPECTS(options.loss.empty() || options.loss == "cross_entropy" || options.soft_targets ||
               spec.task == TaskKind::regression);
  const PlanKind kind = options.trains() ? PlanKind::training : PlanKind::inference;

  PlanBuilder builder(kind, options.precision, layout_.arena_floats);
  for (const PlanLayout::Slot& slot : layout_.slots) {
    const Network::Node& place = network_.nodes()[slot.node];
    LayerNode node{.kind = kind,
                   .batch = options.batch,
                   .src_shape = place.src(),
                   .dst_shape = place.dst,
                   .index = static_cast<std::uint32_t>(slot.node),
                   .src = slot.srcs.front(),
                   .dst = slot.dst,
                   .d_src = slot.d_srcs.empty() ? std::nullopt : slot.d_srcs.front(),
                   .d_dst = slot.d_dst,
                   .params = {},
                   .grads = {},
                   .trains = place.trains(),
                   .src_shapes = place.srcs,
                   .srcs = slot.srcs,
                   .d_srcs = slot.d_srcs,
                   .runs_backward = slot.runs_backward};
    for (std::size_t i = 0; i < place.num_tensors; ++i) {
      const std::size_t offset = network_.tensors()[place.first_tensor + i].offset;
      node.params.push_back({Region::params, offset});
      node.grads.push_back({Region::grads, offset});
    }
    builder.begin_layer();
    place.layer->compile(builder, node);
    for (const PlanLayout::Sum& sum : slot.sums)
      builder.backward([sum](Step& step) { add_scaled(1, step.at(sum.from), step.at(sum.to), sum.size); });
  }
  if (!options.loss.empty())
    find(losses(), "loss", options.loss)
        .compile(builder, {.batch = options.batch,
                           .outputs = spec.outputs,
                           .target_width = static_cast<std::int32_t>(target_width_),
                           .head = spec.head,
                           .huber_delta = options.huber_delta,
                           .quantile = options.quantile,
                           .soft_targets = options.soft_targets,
                           .output = layout_.output,
                           .d_output = layout_.d_output,
                           .labels = layout_.labels,
                           .targets = layout_.targets,
                           .row_weights = layout_.row_weights,
                           .scratch = layout_.row_scratch});
  ops_ = builder.take_ops();
  binders_ = builder.take_binders();
  arena_ =
      AlignedBlock(builder.arena_floats() + kVectorFloats);  // a vector read from within the last row may pass its end
  step_.bases[static_cast<std::size_t>(Region::arena)] = arena_.data();
}

void Plan::bind(std::span<const float> params) {
  JURY_EXPECTS(!options_.trains());
  bind_blocks(const_cast<float*>(params.data()), nullptr, params.size());  // inference only reads them
}

void Plan::bind(std::span<float> params, std::span<float> grads) {
  JURY_EXPECTS(grads.size() >= num_params_);
  bind_blocks(params.data(), grads.data(), params.size());
}

void Plan::bind_blocks(float* params, float* grads, std::size_t num_params) {
  JURY_EXPECTS(num_params >= num_params_);
  step_.bases[static_cast<std::size_t>(Region::params)] = params;
  step_.bases[static_cast<std::size_t>(Region::grads)] = grads;
  for (const Op& binder : binders_) binder(step_);
}

double Plan::run(const Draw& draw) {
  step_.dropout_key = draw.dropout_key;
  step_.number = draw.number;
  step_.loss = 0;
  for (const Op& op : ops_) op(step_);
  return step_.loss;
}

}  // namespace jury
