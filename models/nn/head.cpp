#include "models/nn/head.hpp"

#include <algorithm>
#include <cmath>

#include "models/nn/pairing.hpp"

namespace jury {

std::span<const Entry<Head>> heads() noexcept {
  static constexpr Entry<Head> table[] = {
      {"softmax", "probabilities of classes", Head::softmax},
      {"sigmoid", "each output for itself in (0, 1)", Head::sigmoid},
      {"linear", "plain values", Head::linear},
      {"mean_variance", "a mean and a variance per target", Head::mean_variance},
      {"exponential", "rates of counts", Head::exponential},
  };
  return table;
}

std::vector<std::string_view> head_choices() {
  std::vector<std::string_view> choices = names(heads());
  choices.insert(choices.begin(), "auto");
  return choices;
}

std::string_view name(Head head) noexcept {
  for (const auto& line : heads())
    if (line.make == head) return line.name;
  return "?";
}

Head resolve_head(std::string_view output, std::string_view loss, TaskKind task) {
  return resolve_pairing(output, loss, task).head;
}

double variance_of(double sum) noexcept {
  const double nothing = sum - sum;  // NaN unless finite
  return std::max(sum, 0.0) + std::log1p(std::exp(-std::abs(sum))) + 1e-6 + nothing;
}

std::size_t outputs_per_target(Head head) noexcept { return head == Head::mean_variance ? 2 : 1; }
bool scales_targets(Head head) noexcept { return head != Head::sigmoid && head != Head::exponential; }

}  // namespace jury
