// What splitters check alike.
#pragma once

#include <cstddef>
#include <string_view>

#include "search/split/splitter.hpp"

namespace jury {

/// Throws ConfigError unless 2 <= options.folds <= n, the number of samples, groups, ...
void check_folds(const CvOptions& options, std::size_t n, std::string_view noun = "sample");

/// Throws ConfigError, naming the method, when there are no groups.
void require_groups(std::string_view method, const SplitInput& input);

/// For methods without anything random. Throws ConfigError for more than one cv.repeats.
void refuse_repeats(std::string_view method, const CvOptions& options);

/// For methods that are nothing but random. Throws ConfigError without cv.shuffle.
void require_shuffle(std::string_view method, const CvOptions& options);

/// cv.folds times cv.repeats, of methods each of whose splits is drawn by itself. Throws ConfigError when that is more
/// than a million.
std::size_t num_drawn_splits(const CvOptions& options);

/// round(cv.fraction * n), for n samples or groups. Throws ConfigError when none of them is left to test on, or to
/// train on.
std::size_t num_tested(const CvOptions& options, std::size_t n, std::string_view noun);

}  // namespace jury
