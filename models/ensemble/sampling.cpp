#include "models/ensemble/sampling.hpp"

#include <numeric>
#include <string>
#include <string_view>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr struct {
  std::string_view name;
  BagScheme scheme;
} kSchemes[] = {{"rows", BagScheme::rows},
                {"balanced", BagScheme::balanced},
                {"groups", BagScheme::groups},
                {"blocks", BagScheme::blocks}};

bool draws_a_part(const EnsembleOptions& ensemble) noexcept {
  return ensemble.method == "pasting" || ensemble.method == "patches" || ensemble.method == "gradient_boosting";
}

// What is set of the draws of a method without draws; "" where there is nothing.
std::string needless_setting(const EnsembleOptions& ensemble) {
  if (ensemble.samples < 1) return "ensemble.samples below 1";
  if (ensemble.bootstrap != "rows") return "ensemble.bootstrap = \"" + ensemble.bootstrap + "\"";
  if (ensemble.block != 0) return "ensemble.block";
  return ensemble.stratify ? "" : "ensemble.stratify = false";
}

void check_draws(const EnsembleOptions& ensemble) {
  if (!draws_rows(ensemble)) {
    const std::string setting = needless_setting(ensemble);
    const bool is_stack = ensemble.method == "stacking" || ensemble.method == "selection";
    if (!setting.empty())
      throw ConfigError(setting + " does not go with ensemble.method = \"" + ensemble.method +
                        "\" (whose members draw no rows) leave it out, " +
                        (is_stack ? "or set it in a base" : "or use bagging, pasting, patches or gradient_boosting"));
  }
  if (ensemble.block != 0 && ensemble.bootstrap != "blocks")
    throw ConfigError("ensemble.block does not go with ensemble.bootstrap = \"" + ensemble.bootstrap +
                      "\" (it is the length of blocks) leave it out, or set ensemble.bootstrap = \"blocks\"");
}

[[noreturn]] void refuse(const EnsembleOptions& ensemble, const std::string& why) {
  throw ConfigError("ensemble.bootstrap = \"" + ensemble.bootstrap + "\" " + why);
}

}  // namespace

bool draws_rows(const EnsembleOptions& ensemble) noexcept {
  return ensemble.method == "bagging" || draws_a_part(ensemble);
}

BagOptions bag_options(const EnsembleOptions& ensemble) {
  BagOptions options{
      .samples = ensemble.samples, .stratified = ensemble.stratify, .block = static_cast<std::size_t>(ensemble.block)};
  for (const auto& known : kSchemes)
    if (known.name == ensemble.bootstrap) options.scheme = known.scheme;
  if (draws_a_part(ensemble)) options.scheme = BagScheme::part;
  return options;
}

void check_sampling(const EnsembleOptions& ensemble, const RowFacts& facts) {
  check_draws(ensemble);
  if (draws_a_part(ensemble) && ensemble.bootstrap != "rows")
    refuse(ensemble, "does not go with ensemble.method = \"" + ensemble.method +
                         "\" (it draws rows, without replacement) "
                         "leave it out, or set ensemble.method = \"bagging\"");
  if (ensemble.method != "bagging") return;
  if (ensemble.bootstrap == "groups" && facts.groups.empty())
    refuse(ensemble, "needs data.group (it draws whole groups) name the column that tells the groups");
  if (ensemble.bootstrap == "balanced" && facts.labels.empty())
    refuse(ensemble, "needs classes (it draws equally many rows of each; the targets are numbers) leave it out");
}

std::vector<std::uint32_t> feature_subset(std::size_t num_features, double share, Rng& rng) {
  JURY_EXPECTS(num_features > 0);
  std::vector<std::uint32_t> features(num_features);
  std::iota(features.begin(), features.end(), 0U);
  return bag(features, {}, {.samples = share, .scheme = BagScheme::part}, rng);
}

}  // namespace jury
