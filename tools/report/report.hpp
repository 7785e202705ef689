// jury report: runs as one page that needs nothing but a browser.
#pragma once

#include <span>
#include <string>

#include "tools/report/report_run.hpp"

namespace jury {

/// No page is larger.
inline constexpr std::size_t kMostReportBytes = 2'500'000;

/// The page of one run: all parts that it has, each thinned out until the page is within kMostReportBytes. The same
/// bytes for the same results. Throws DataError where the results are not as search/study/README.md has them; IoError.
std::string report_of_run(const ReportRun& run);

/// The page of several: their scores side by side, and against each setting that differs among them. Expects two or
/// more.
std::string report_of_runs(std::span<const ReportRun> runs);

}  // namespace jury
