// What a run says at its end: for people, for scripts, and the trials as CSV.
#pragma once

#include <string>
#include <string_view>

#include "search/study/search_results.hpp"
#include "search/study/study_results.hpp"

namespace jury {

/// Where a run is and what it took.
struct RunSummary {
  std::string name;
  std::string directory;
  std::uint64_t identity = 0;
  int num_ranks = 1;
  double seconds = 0;
  double utilisation = 0;
  std::uint64_t peak_bytes = 0;           ///< of the rank that had most; 0: not known
  const SearchResults* search = nullptr;  ///< with [search]
  bool has_page = false;                  ///< report.html was written
};

/// The lines that name its files, and the command to go on with.
std::string files_text(const RunSummary& run, const std::string& next);

/// The last lines of a run: result, ensemble against its members, bias and variance, files, and the
/// command to go on with.
std::string summary_text(const RunSummary& run, const StudyPlan& plan, const StudyResults& results);

/// A line for each way to join the members and for the members themselves, a column for each metric.
std::string scores_text(const Scoring& scoring, const std::vector<JuryScores>& juries);

/// "0.9817": four decimals for people; "-" for NaN.
std::string short_number(double value);

/// summary.json.
std::string summary_json(const RunSummary& run, const StudyResults& results);

/// trials.csv: of a search a line for each trial.
std::string trials_csv(const StudyResults& results, const SearchResults* search = nullptr);

/// The lines of a search: how many trials, the chosen one's settings, and its value beside the honest one. "" for null.
std::string search_text(const SearchResults* search);

/// Whether "METRIC<=X" (also <, >=, >) holds for the scores of what `jury predict` would answer with: the reported
/// ensemble, calibrated where final.calibrate is set (bootstrap estimates have no calibrated form and stand as they
/// are); of a search the chosen trial's own. A score that is NaN holds nothing. Throws ConfigError when it cannot be
/// read or the run has no such score.
bool meets(std::string_view requirement, const StudyResults& results);

/// The metric a requirement names, checked against the scores there will be, before any training.
void check_requirement(std::string_view requirement, const Scoring& scoring);

}  // namespace jury
