#include "models/nn/plan.hpp"

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
      num_params_(network_.num_parameters()),
      arena_(layout_.arena_floats) {
  JURY_EXPECTS(options.batch > 0);
  // Of classes only cross_entropy reads labels.
  JURY_EXPECTS(options.loss.empty() || options.loss == "cross_entropy" || options.soft_targets ||
               spec.task == TaskKind::regression);
  step_.bases[static_cast<std::size_t>(Region::arena)] = arena_.data();
  const PlanKind kind = options.loss.empty() ? PlanKind::inference : PlanKind::training;

  PlanBuilder builder;
  for (const PlanLayout::Slot& slot : layout_.slots) {
    const Network::Node& place = network_.nodes()[slot.node];
    LayerNode node{.kind = kind,
                   .batch = options.batch,
                   .src_shape = place.src,
                   .dst_shape = place.dst,
                   .index = static_cast<std::uint32_t>(slot.node),
                   .src = slot.src,
                   .dst = slot.dst,
                   .d_src = slot.d_src,
                   .d_dst = slot.d_dst,
                   .scratch = slot.scratch,
                   .params = {},
                   .grads = {}};
    for (std::size_t i = 0; i < place.num_tensors; ++i) {
      const std::size_t offset = network_.tensors()[place.first_tensor + i].offset;
      node.params.push_back({Region::params, offset});
      node.grads.push_back({Region::grads, offset});
    }
    builder.begin_layer();
    place.layer->compile(builder, node);
  }
  if (kind == PlanKind::training)
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
}

void Plan::bind(std::span<const float> params, std::span<float> grads) {
  JURY_EXPECTS(params.size() >= num_params_);
  JURY_EXPECTS(options_.loss.empty() || grads.size() >= num_params_);
  step_.bases[static_cast<std::size_t>(Region::params)] = const_cast<float*>(params.data());  // only read
  step_.bases[static_cast<std::size_t>(Region::grads)] = grads.data();
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
