// The trials of a search as columns, which its figures and its table share. For this layer's own sources only.
#pragma once

#include <string>
#include <vector>

#include "tools/report/report_page.hpp"
#include "tools/report/report_run.hpp"

namespace jury {

/// Trials of the main search, in their order.
struct MainTrials {
  std::vector<std::size_t> rows = {};  ///< of /trials
  std::vector<double> number = {}, value = {};
  std::vector<std::string> state = {};
  std::vector<std::size_t> best_first = {};  ///< positions in `rows` of complete ones
};

MainTrials main_trials(const ReportRun& run);

/// The best of all complete trials so far, at each trial; NaN before the first.
std::vector<double> best_so_far(const ReportRun& run, const MainTrials& trials);

/// The worst value that a picture of the values has room for, where a few far-off ones would press all others into a
/// line; NaN where it has room for all. Fewer than ten values have none that are far off.
double worst_in_frame(const ReportRun& run, const MainTrials& trials);

/// Positions of the trials that are shown, at most `most`: where they are too many the best third, those that were the
/// best so far, and the rest evenly.
std::vector<std::size_t> shown_trials(const MainTrials& trials, const std::vector<double>& best, std::size_t most);

struct TrialColumn {
  std::string name;   ///< in the file
  std::string shown;  ///< on the page
  std::string role;   ///< trial, state, value, parameter, metric or other
};

std::vector<TrialColumn> trial_columns(const ReportRun& run, std::size_t most);

/// All positive, the largest at least 20 times the smallest.
bool spans_decades(const std::vector<double>& numbers);

/// The columns as the page's scripts read them: objective, maximize, chosen, total, worst_in_frame, and columns with
/// name, role and either values or levels (in natural order) and codes.
Json trials_json(const ReportRun& run, const MainTrials& trials, const ReportLimits& limits);

}  // namespace jury
