// What training minimises.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/nn/head.hpp"
#include "models/nn/table.hpp"

namespace jury {

class PlanBuilder;
struct LossNode;

/// A loss as a plan sees it: appends the operation that adds the batch's loss to the step and writes
/// the gradient of its mean over the rows with respect to the last layer's sums, through the head.
struct Loss {
  void (*compile)(PlanBuilder& builder, const LossNode& node);
};

/// Every loss there is, of a row with sums x, what the head makes of them f, and targets t; each is
/// the mean over the outputs (cross_entropy: their sum) and is multiplied by its row's weight:
///
///   cross_entropy         sum -t log f; f = softmax(x), t one-hot or a distribution
///   binary_cross_entropy  -t log f - (1 - t) log(1 - f); f = sigmoid(x)
///   mse                   (f - t)^2; for classes t is one-hot or soft, and with softmax this is the
///                         Brier score over the number of classes
///   mae                   |f - t|
///   huber                 e^2 / 2 where |e| = |f - t| <= delta, else delta (|e| - delta / 2) (Huber 1964)
///   quantile              max(q (t - f), (q - 1) (t - f)): its least is the quantile q (Koenker, Bassett 1978)
///   gaussian_nll          log(2 pi v) / 2 + (t - m)^2 / (2 v) (Nix, Weigend 1994; Lakshminarayanan 2017)
///   poisson               f - t log f + log t!; f = exp(x)
///
/// Targets of the heads linear and mean_variance are the scaled ones. What is not finite in x or t
/// makes the loss not finite. Which head each goes with is in pairing.hpp.
std::span<const Entry<Loss>> losses() noexcept;
/// "auto" and the names of all losses.
std::vector<std::string_view> loss_choices();

/// The name that train.loss stands for with this head. Throws ConfigError as resolve_pairing() does.
std::string_view resolve_loss(std::string_view name, Head head, TaskKind task);

}  // namespace jury
