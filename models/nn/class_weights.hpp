// How much each class counts: train.class_weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "runtime/base/config.hpp"

namespace jury {

/// One factor per class, for the weights of the rows that are of it; nothing for "none":
///
///   "balanced"  n / (K n_c): of n draws of K classes n_c are of class c; 0 for a class without draws
///   a list      the factors themselves, in the order of the classes
///
/// Only their ratios matter, because row weights are normalised to mean 1 afterwards. `labels`: of
/// the draws, repeats counted. Throws ConfigError naming train.class_weights when it is another word
/// or kind, the list has not one positive finite number per class, or there are no classes.
std::vector<double> class_weights(const Config& setting, std::size_t num_classes, std::span<const std::int32_t> labels);

}  // namespace jury
