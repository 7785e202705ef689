// Several runs on one page. For this layer's own sources only.
#pragma once

#include <span>

#include "tools/report/report_page.hpp"
#include "tools/report/report_run.hpp"

namespace jury {

/// Scores of the runs side by side and against each setting that differs among them, decompositions against the same,
/// and their scores by number of members. Expects two or more.
ReportPage comparison_page(std::span<const ReportRun> runs, const ReportLimits& limits);

}  // namespace jury
