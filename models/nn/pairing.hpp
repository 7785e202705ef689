// Which losses go with which heads, for which task.
#pragma once

#include <span>
#include <string_view>

#include "models/metrics/truth.hpp"
#include "models/nn/head.hpp"

namespace jury {

/// A loss that a head can be trained with.
struct Pairing {
  TaskKind task;
  Head head;
  std::string_view loss;  ///< a name of the loss table
};

/// Every pairing there is. The first that agrees with what was said is what "auto" stands for.
std::span<const Pairing> pairings() noexcept;

/// The pairing of model.output and train.loss, either of which may be "auto". Throws ConfigError that
/// names what suits when one of them is unknown, does not suit the task, or they do not go together.
const Pairing& resolve_pairing(std::string_view output, std::string_view loss, TaskKind task);

/// What the predictions of a regression are, for the scores.
ValueKind value_kind(Head head, std::string_view loss) noexcept;

}  // namespace jury
