// What training minimises.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/nn/table.hpp"

namespace jury {

class PlanBuilder;
struct LossNode;

/// A loss as a plan sees it: appends the operation that adds the batch's loss to the step and writes
/// the gradient of its mean over the rows.
struct Loss {
  TaskKind task;  ///< what it suits
  void (*compile)(PlanBuilder& builder, const LossNode& node);
};

/// Every loss there is:
///
///   cross_entropy  -log softmax(logits)[label]
///   mse            mean over the targets of (value - target)^2, targets scaled
///
/// each times its row's weight.
std::span<const Entry<Loss>> losses() noexcept;
/// "auto" and the names of all losses.
std::vector<std::string_view> loss_choices();

/// The name that "auto" stands for. Throws ConfigError when there is no such loss or it does not
/// suit the task.
std::string_view resolve_loss(std::string_view name, TaskKind task);

}  // namespace jury
