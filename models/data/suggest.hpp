// An experiment to start from, sized to the data.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/data/dataset.hpp"
#include "runtime/base/config.hpp"

namespace jury {

/// Settings in their order, and why some of them are as they are.
struct Suggestion {
  Config settings = {};                                           ///< sections, as in an experiment file
  std::vector<std::pair<std::string, std::string>> reasons = {};  ///< by path, "cv.folds"

  void set(const std::string& path, Config value, std::string reason = {});
  /// The reason of a path, or "".
  std::string_view reason(std::string_view path) const noexcept;
};

/// What was said of the data, and for n training rows: a bag of networks, of 25 up to 20,000 rows, 10 up to 200,000,
/// then 5; hidden units 32 below 1,000 rows, 64 up to 20,000, then 128 and 64, convolutions for images of 16 pixels a
/// side and more; epochs such that a training has some ten thousand steps. Folds where there is no test set: 5, or as
/// many as the smallest class or the groups allow; of whole groups, forward in time where [data] names such a column.
Suggestion suggest_settings(const Dataset& dataset, const DataOptions& options);

/// The same as the text of an experiment file.
std::string suggest_experiment(const Dataset& dataset, const DataOptions& options);

}  // namespace jury
