#include "models/nn/loss.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
namespace {

void compile_cross_entropy(PlanBuilder& builder, const LossNode& node) {
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
  builder.forward([node](Step& step) {
    step.loss = squared_error({.values = step.at(node.output),
                               .targets = step.at(node.targets),
                               .row_weights = step.at(node.row_weights),
                               .d_values = step.at(node.d_output),
                               .rows = static_cast<std::size_t>(node.batch),
                               .cols = static_cast<std::size_t>(node.outputs)});
  });
}

}  // namespace

std::span<const Entry<Loss>> losses() noexcept {
  static constexpr Entry<Loss> table[] = {
      {"cross_entropy", "softmax cross-entropy, from logits", {TaskKind::classification, compile_cross_entropy}},
      {"mse", "mean squared error of the scaled targets", {TaskKind::regression, compile_squared_error}},
  };
  return table;
}

std::vector<std::string_view> loss_choices() {
  std::vector<std::string_view> choices = names(losses());
  choices.insert(choices.begin(), "auto");
  return choices;
}

std::string_view resolve_loss(std::string_view name, TaskKind task) {
  std::string_view suitable;
  for (const auto& line : losses())
    if (line.make.task == task && suitable.empty()) suitable = line.name;
  if (name == "auto") return suitable;
  if (find(losses(), "loss", name).task != task)
    throw ConfigError("train.loss = '" + std::string(name) + "' does not suit " + jury::name(task) + " (use '" +
                      std::string(suitable) + "' or 'auto')");
  return name;
}

}  // namespace jury
