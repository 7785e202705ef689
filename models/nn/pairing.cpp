#include "models/nn/pairing.hpp"

#include <algorithm>
#include <string>

#include "models/nn/loss.hpp"

namespace jury {
namespace {

bool agrees(std::string_view given, std::string_view name) noexcept { return given == "auto" || given == name; }

// "softmax or sigmoid": each column once, of the pairings of the task that agree with output and loss.
template <class Column>
std::string choices(std::string_view output, std::string_view loss, TaskKind task, Column column) {
  std::vector<std::string_view> found;
  for (const Pairing& line : pairings())
    if (line.task == task && agrees(output, name(line.head)) && agrees(loss, line.loss) &&
        std::ranges::find(found, column(line)) == found.end())
      found.push_back(column(line));
  std::string text;
  for (std::size_t i = 0; i < found.size(); ++i)
    text.append(i == 0 ? "" : i + 1 == found.size() ? " or " : ", ").append(found[i]);
  return text;
}

std::string outputs_for(std::string_view loss, TaskKind task) {
  return choices("auto", loss, task, [](const Pairing& line) { return name(line.head); });
}
std::string losses_for(std::string_view output, TaskKind task) {
  return choices(output, "auto", task, [](const Pairing& line) { return line.loss; });
}

}  // namespace

std::span<const Pairing> pairings() noexcept {
  using enum TaskKind;
  static constexpr Pairing table[] = {
      {classification, Head::softmax, "cross_entropy"},
      {classification, Head::sigmoid, "binary_cross_entropy"},
      {classification, Head::sigmoid, "mse"},
      {classification, Head::softmax, "mse"},
      {classification, Head::linear, "mse"},
      {regression, Head::linear, "mse"},
      {regression, Head::linear, "mae"},
      {regression, Head::linear, "huber"},
      {regression, Head::linear, "quantile"},
      {regression, Head::mean_variance, "gaussian_nll"},
      {regression, Head::exponential, "poisson"},
      {regression, Head::sigmoid, "binary_cross_entropy"},
  };
  return table;
}

const Pairing& resolve_pairing(std::string_view output, std::string_view loss, TaskKind task) {
  if (output != "auto") find(heads(), "output", output);
  if (loss != "auto") find(losses(), "loss", loss);
  for (const Pairing& line : pairings())
    if (line.task == task && agrees(output, name(line.head)) && agrees(loss, line.loss)) return line;

  const std::string said_loss = "train.loss = '" + std::string(loss) + "'";
  const std::string said_output = "model.output = '" + std::string(output) + "'";
  const std::string with_output = losses_for(output, task), with_loss = outputs_for(loss, task);
  if (with_loss.empty())
    throw ConfigError(said_loss + " does not suit " + jury::name(task) + " (use " + losses_for("auto", task) +
                      ", or 'auto')");
  if (with_output.empty())
    throw ConfigError(said_output + " does not suit " + jury::name(task) + " (use " + outputs_for("auto", task) +
                      ", or 'auto')");
  throw ConfigError(said_loss + " and " + said_output + " do not go together for " + jury::name(task) +
                    " (with this loss use " + with_loss + "; with this output use " + with_output + ")");
}

ValueKind value_kind(Head head, std::string_view loss) noexcept {
  if (head == Head::mean_variance) return ValueKind::means_and_variances;
  if (head == Head::exponential) return ValueKind::rates;
  if (head == Head::sigmoid) return ValueKind::probabilities;
  return loss == "quantile" ? ValueKind::quantiles : ValueKind::values;
}

}  // namespace jury
