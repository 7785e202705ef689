// When the trials of a run ran, and other things that several exports ask of its tables.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/report/report_run.hpp"

namespace jury {

/// A column of indices: -1 where one does not apply, throughout where there is no such column.
std::vector<std::int64_t> indices(const ReportColumns& table, std::string_view name);

/// A trial of a search: outer fold (-1: the main search) and number.
using TrialId = std::pair<std::int64_t, std::int64_t>;

/// From the start of the first task of a trial to the end of its last, in seconds of Unix time.
struct TrialTime {
  double begin = 0, end = 0;
};

/// Of all trials that did a task, from /timing and /provenance. Without those the result has none: see time_of().
std::map<TrialId, TrialTime> trial_times(const RunResults& results);

/// That of a trial; of one that is not there the start of the first that is, or the beginning of 1970.
TrialTime time_of(const std::map<TrialId, TrialTime>& times, const TrialId& trial);

/// The experiment's name, or that of the folder of the results.
std::string name_of_run(const RunResults& results);

}  // namespace jury
