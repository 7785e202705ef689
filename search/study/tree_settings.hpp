// Which settings have a meaning where boosted trees are trained, and where networks are.
#pragma once

#include "runtime/base/config.hpp"
#include "runtime/base/options.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// Leaves of what a base takes over from the experiment's own sections only what has a meaning for it: trees take
/// train.class_weights alone of [model] and [train], networks nothing of [trees]. `entry` is the base's own table.
void inherit_what_applies(const Config& entry, Configuration& base);

/// Adds a problem for each setting of `configuration` that is not its default and means nothing for what it trains:
/// of [model] and [train] for trees, of [trees] for networks. `given`: its table, where problems are; `path` is put
/// before the names of settings.
void check_tree_settings(const Configuration& configuration, const Config& given, const std::string& path,
                         Problems& problems);

/// The same of an experiment's own sections: a stack trains by what its bases take over from them.
void check_tree_settings(const Experiment& experiment, const Config& given, Problems& problems);

}  // namespace jury
