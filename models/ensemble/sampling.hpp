// From the settings of an ensemble to the rows and features that are drawn for its members.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/ensemble/bootstrap.hpp"
#include "models/ensemble/ensemble_options.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// Whether members are trained on rows that are drawn as samples, bootstrap, block and stratify say.
bool draws_rows(const EnsembleOptions& ensemble) noexcept;

/// How the bags of an ensemble are drawn: pasting (Breiman 1999), patches (Louppe and Geurts 2012) and
/// gradient_boosting (Friedman 2002) take a part of the rows without replacement, all others what
/// ensemble.bootstrap says.
BagOptions bag_options(const EnsembleOptions& ensemble);

/// Throws ConfigError, naming the setting, when bags cannot be drawn as asked from a dataset of which
/// this is known: "groups" without data.group, "balanced" without classes, any but "rows" with a
/// method that draws without replacement; and when samples, bootstrap, block or stratify is set for a method whose
/// members draw no rows, or block without blocks.
void check_sampling(const EnsembleOptions& ensemble, const RowFacts& facts);

/// The features a member sees: round(share * num_features) different ones, at least one, ascending;
/// each set of that size is equally likely (random subspaces, Ho 1998; with a part of the rows:
/// patches, Louppe and Geurts 2012). Positions in the order of the schema, as fit_pipeline takes them.
/// Expects at least one feature and a share in (0, 1].
std::vector<std::uint32_t> feature_subset(std::size_t num_features, double share, Rng& rng);

}  // namespace jury
