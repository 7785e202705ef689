// What jury compare prints: sentences first, then tables; or JSON; or one csv.
#pragma once

#include <span>
#include <string>

#include "search/study/compare_data_sets.hpp"
#include "search/study/compare_runs.hpp"
#include "tools/command/print_table.hpp"

namespace jury {

/// For people, with tables as wide as the terminal. `alpha` as the comparison was asked for.
std::string comparison_text(const RunComparison& comparison, std::span<const ComparedRun> runs,
                            const Terminal& terminal);
std::string comparison_text(const DataSetComparison& comparison, double alpha, const Terminal& terminal);

/// One object: metric, alpha, what was compared, and of each pair verdict, tests and what was left out. Numbers that
/// are not there, and infinite ones, are null.
std::string comparison_json(const RunComparison& comparison, std::span<const ComparedRun> runs, double alpha);
std::string comparison_json(const DataSetComparison& comparison, double alpha);

/// One line a test, with the numbers in full: first, second, test, over, count, difference, low, high, statistic, p,
/// p_holm, effect, effect_name. Of data sets before them friedman and iman_davenport, which are of no pair.
TextTable comparison_table(const RunComparison& comparison, std::span<const ComparedRun> runs);
TextTable comparison_table(const DataSetComparison& comparison);

}  // namespace jury
