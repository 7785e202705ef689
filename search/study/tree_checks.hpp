// What can be wrong with boosted trees in a study and is known before any training.
#pragma once

#include <cstddef>

#include "models/trees/tree_options.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// Whether trees can be trained as the configuration of `key` says. Throws ConfigError, also in a build without
/// xgboost.
void check_trees(const StudyPlan& plan, const TaskKey& key);

/// Operations of a round per row, on the scale of those of networks.
double tree_flops(const TreeOptions& trees, std::size_t inputs, std::size_t outputs) noexcept;

/// Whether anything random is in a training: members of an average are all the same otherwise.
bool is_random(const TreeOptions& trees) noexcept;

}  // namespace jury
