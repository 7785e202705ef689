#include "models/nn/loss.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/loss_kernels.hpp"
#include "models/nn/pairing.hpp"
#include "models/nn/plan_builder.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

LossBatch batch_of(const LossNode& node, const Step& step) {
  return {.sums = step.at(node.output),
          .targets = step.at(node.targets),
          .row_weights = step.at(node.row_weights),
          .d_sums = step.at(node.d_output),
          .scratch = step.at(node.scratch),
          .rows = static_cast<std::size_t>(node.batch),
          .cols = static_cast<std::size_t>(node.target_width)};
}

// A loss that is one kernel over targets.
template <double (*kKernel)(const LossBatch&) noexcept>
void compile_kernel(PlanBuilder& builder, const LossNode& node) {
  builder.forward([node](Step& step) { step.loss = kKernel(batch_of(node, step)); });
}

void compile_cross_entropy(PlanBuilder& builder, const LossNode& node) {
  if (node.soft_targets) return compile_kernel<soft_cross_entropy>(builder, node);
  builder.forward([node](Step& step) {
    step.loss = softmax_cross_entropy({.logits = step.at(node.output),
                                       .labels = step.ints_at(node.labels),
                                       .row_weights = step.at(node.row_weights),
                                       .d_logits = step.at(node.d_output),
                                       .scratch = step.at(node.scratch),
                                       .rows = static_cast<std::size_t>(node.batch),
                                       .cols = static_cast<std::size_t>(node.outputs)});
  });
}

void compile_squared_error(PlanBuilder& builder, const LossNode& node) {
  if (node.head == Head::softmax) return compile_kernel<softmax_squared_error>(builder, node);
  if (node.head == Head::sigmoid) return compile_kernel<sigmoid_squared_error>(builder, node);
  builder.forward([node](Step& step) {
    step.loss = squared_error({.values = step.at(node.output),
                               .targets = step.at(node.targets),
                               .row_weights = step.at(node.row_weights),
                               .d_values = step.at(node.d_output),
                               .rows = static_cast<std::size_t>(node.batch),
                               .cols = static_cast<std::size_t>(node.outputs)});
  });
}

void compile_huber(PlanBuilder& builder, const LossNode& node) {
  builder.forward([node](Step& step) { step.loss = huber_error(batch_of(node, step), node.huber_delta); });
}

void compile_quantile(PlanBuilder& builder, const LossNode& node) {
  builder.forward([node](Step& step) { step.loss = quantile_error(batch_of(node, step), node.quantile); });
}

}  // namespace

std::span<const Entry<Loss>> losses() noexcept {
  static constexpr Entry<Loss> table[] = {
      {"cross_entropy", "softmax cross-entropy, from logits", {compile_cross_entropy}},
      {"binary_cross_entropy", "cross-entropy of each output for itself", {compile_kernel<binary_cross_entropy>}},
      {"mse", "mean squared error of the scaled targets, or of one-hot classes", {compile_squared_error}},
      {"mae", "mean absolute error of the scaled targets", {compile_kernel<absolute_error>}},
      {"huber", "squared error near zero, absolute beyond train.huber_delta", {compile_huber}},
      {"quantile", "pinball loss at train.quantile", {compile_quantile}},
      {"gaussian_nll", "negative log likelihood of a normal mean and variance", {compile_kernel<gaussian_nll>}},
      {"poisson", "negative log likelihood of a rate of counts", {compile_kernel<poisson_nll>}},
  };
  return table;
}

std::vector<std::string_view> loss_choices() {
  std::vector<std::string_view> choices = names(losses());
  choices.insert(choices.begin(), "auto");
  return choices;
}

std::string_view resolve_loss(std::string_view loss, Head head, TaskKind task) {
  return resolve_pairing(name(head), loss, task).loss;
}

}  // namespace jury
