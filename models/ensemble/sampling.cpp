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

bool draws_a_part(const EnsembleOptions& ensemble) {
  return ensemble.method == "pasting" || ensemble.method == "patches" || ensemble.method == "gradient_boosting";
}

[[noreturn]] void refuse(const EnsembleOptions& ensemble, const std::string& why) {
  throw ConfigError("ensemble.bootstrap = \"" + ensemble.bootstrap + "\" " + why);
}

}  // namespace

BagOptions bag_options(const EnsembleOptions& ensemble) {
  BagOptions options{.samples = ensemble.samples, .stratified = ensemble.stratify,
                     .block = static_cast<std::size_t>(ensemble.block)};
  for (const auto& known : kSchemes)
    if (known.name == ensemble.bootstrap) options.scheme = known.scheme;
  if (draws_a_part(ensemble)) options.scheme = BagScheme::part;
  return options;
}

void check_sampling(const EnsembleOptions& ensemble, const RowFacts& facts) {
  if (draws_a_part(ensemble) && ensemble.bootstrap != "rows")
    refuse(ensemble, "does not go with ensemble.method = \"" + ensemble.method + "\" (it draws rows, without replacement) "
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
