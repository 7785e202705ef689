// jury export csv and json: the tables of a run, as jury show has them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "search/study/run_results.hpp"
#include "tools/command/print_table.hpp"

namespace jury {

/// Every table of the results as csv, by the name of its file: "ensemble.overall.csv". Beside them "attributes.csv"
/// has what is said of whole tables, group by group. Arrays of several dimensions and the stored networks are no
/// tables. Throws as RunResults does.
std::map<std::string, std::string> tables_as_csv(const RunResults& results);

/// The same as one object, {"attributes": {group: {name: value}}, "config": {...}, "tables": {name: [row, ...]}}.
std::string tables_as_json(const RunResults& results);

/// One table, by a name of `jury show`, by its group ("/ensemble/overall") or by its name here
/// ("ensemble.overall"). Throws ConfigError where the run has none such.
std::string one_table(const RunResults& results, const std::string& name, TableFormat format);

}  // namespace jury
