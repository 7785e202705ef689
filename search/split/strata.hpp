// What stratified splitters keep the shares of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/split/splitter.hpp"

namespace jury {

/// The stratum of each sample: its class; of a single number to predict, its bin.
///
/// Bins hold the quantiles of the values: the sample of rank r (from 0, in the order of the values) is in bin
/// floor(r b / n), equal values in that of the first of them. b is cv.bins, and at most n / at_least, so that a bin has
/// about that many samples. Throws ConfigError when there are neither classes nor values, naming the method.
std::vector<std::int32_t> strata_of(std::string_view method, const CvOptions& options, const SplitInput& input,
                                    std::size_t at_least);

/// The samples of each stratum, ascending; strata that do not occur are empty. Expects numbers from 0.
std::vector<std::vector<SampleIndex>> samples_by_stratum(const std::vector<std::int32_t>& strata);

/// "class 'b'", "class 2", or "bin 2" for messages.
std::string stratum_name(const SplitInput& input, std::size_t stratum);

}  // namespace jury
