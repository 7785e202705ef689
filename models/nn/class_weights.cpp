#include "models/nn/class_weights.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

[[noreturn]] void refuse(const Config& setting, const std::string& why) {
  throw ConfigError(fmt::format("{}train.class_weights = {} {}", prefix(setting.origin()), to_text(setting), why));
}

double factor(const Config& setting, const Config& item) {
  const auto* whole = item.as<std::int64_t>();
  const auto* real = item.as<double>();
  if (whole == nullptr && real == nullptr)
    refuse(setting, fmt::format("holds {} (must be a positive number per class)", kind_name(item)));
  const double value = whole != nullptr ? static_cast<double>(*whole) : *real;
  if (!(value > 0) || !std::isfinite(value))
    refuse(setting, fmt::format("holds {} (must be a positive number per class)", to_text(item)));
  return value;
}

std::vector<double> balanced(std::size_t num_classes, std::span<const std::int32_t> labels) {
  std::vector<double> counts(num_classes), factors(num_classes);
  for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
  for (std::size_t c = 0; c < num_classes; ++c)
    if (counts[c] > 0) factors[c] = static_cast<double>(labels.size()) / (static_cast<double>(num_classes) * counts[c]);
  return factors;
}

}  // namespace

std::vector<double> class_weights(const Config& setting, std::size_t num_classes,
                                  std::span<const std::int32_t> labels) {
  const auto* word = setting.as<std::string>();
  if (word != nullptr && *word == "none") return {};
  const auto* list = setting.as<Config::List>();
  if (list == nullptr && (word == nullptr || *word != "balanced"))
    refuse(setting, "is no weighting of classes (use \"none\", \"balanced\" or a list of a number per class)");
  if (num_classes == 0) refuse(setting, "is for classification (values are learned, not classes)");
  if (list == nullptr) return balanced(num_classes, labels);
  if (list->size() != num_classes)
    refuse(setting, fmt::format("has {} (the data has {})", counted(list->size(), "number"),
                                num_classes == 1 ? "1 class" : fmt::format("{} classes", num_classes)));
  std::vector<double> factors;
  for (const Config& item : *list) factors.push_back(factor(setting, item));
  return factors;
}

}  // namespace jury
