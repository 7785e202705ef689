// The inner folds of a stack: cuts of the rows that one predictor is trained on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"

namespace jury {

struct InnerFold {
  std::int32_t folds = 2;
  std::int32_t inner = 0;    ///< which of them
  std::uint64_t stream = 0;  ///< of the predictor: its bases share their folds
  std::string what = {};     ///< for messages
};

/// The rows that an inner fold leaves out, ascending; `distinct`: rows of the dataset, each once and ascending.
///
/// The rows of a group of data.group stay together, whatever splits the rows outside. Folds keep the shares of the
/// classes where each class that is there reaches into every fold, or as far as groups allow: nobody can choose what a
/// replicate draws. Throws ConfigError for fewer rows, or groups, than folds.
std::vector<std::uint32_t> inner_fold_rows(const Dataset& dataset, std::span<const std::uint32_t> distinct,
                                           const InnerFold& fold);

}  // namespace jury
