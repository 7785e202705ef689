#include "search/split/strata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::vector<std::int32_t> bins_of(std::span<const double> values, std::size_t bins) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<std::int32_t> bin_of(values.size());
  std::size_t first = 0;  // rank of the first sample of this value
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    if (rank > 0 && values[order[rank]] != values[order[rank - 1]]) first = rank;
    bin_of[order[rank]] = static_cast<std::int32_t>(first * bins / values.size());
  }
  return bin_of;
}

}  // namespace

std::vector<std::int32_t> strata_of(std::string_view method, const CvOptions& options, const SplitInput& input,
                                    std::size_t at_least) {
  if (!input.labels.empty()) return {input.labels.begin(), input.labels.end()};
  if (input.values.empty())
    throw ConfigError(
        fmt::format("cv.method = \"{}\" has no classes to keep the share of (the target is no class and no single "
                    "number) use cv.method = \"kfold\"",
                    method));
  for (const double value : input.values) JURY_EXPECTS(!std::isnan(value));
  const std::size_t most = std::max<std::size_t>(1, input.n / std::max<std::size_t>(at_least, 1));
  return bins_of(input.values, std::min(static_cast<std::size_t>(options.bins), most));
}

std::vector<std::vector<SampleIndex>> samples_by_stratum(const std::vector<std::int32_t>& strata) {
  std::vector<std::vector<SampleIndex>> samples;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    JURY_EXPECTS(strata[i] >= 0);
    const auto stratum = static_cast<std::size_t>(strata[i]);
    if (stratum >= samples.size()) samples.resize(stratum + 1);
    samples[stratum].push_back(static_cast<SampleIndex>(i));
  }
  return samples;
}

std::string stratum_name(const SplitInput& input, std::size_t stratum) {
  if (input.labels.empty()) return fmt::format("bin {}", stratum);
  return stratum < input.class_names.size() ? "class '" + input.class_names[stratum] + "'"
                                            : fmt::format("class {}", stratum);
}

}  // namespace jury
