// Reads [search.space], --space and search.start.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/options.hpp"
#include "search/sampler/space.hpp"

namespace jury {

/// Reads the table [search.space]. Each entry is a path of the experiment with a distribution, in one of two forms,
///
///   "train.momentum" = "uniform(0, 0.99) when train.optimizer == 'sgd'"
///   "train.momentum" = { dist = "uniform(0, 0.99)", when = "train.optimizer == 'sgd'" }
///
/// and tables in between are paths written in parts (train.lr without quotes). Problems are collected,
/// each with its place, key, column and what was expected; an empty table is one.
Space read_space(const Config& table, const Space::FixedSettings& fixed, Problems& problems);

/// The argument KEY=DIST of --space as an entry of the table, its origin "--space". DIST is either of the
/// forms above. Throws ConfigError when there is no KEY or no '='.
std::pair<std::string, Config> read_space_argument(std::string_view argument);

/// One of search.start, a table of paths and values in which paths may also be written in parts, as values by
/// path: {train = {lr = 1}} as {train.lr = 1}. Throws ConfigError when it is no table.
Config::Table read_start(const Config& start, const Space& space);

}  // namespace jury
