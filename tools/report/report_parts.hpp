// The parts of a report, each made of a run's results alone. A part of which the run has nothing has no blocks.
#pragma once

#include <vector>

#include "tools/report/report_page.hpp"
#include "tools/report/report_run.hpp"

namespace jury {

std::vector<ReportCard> header_cards(const ReportRun& run);
ReportPart summary_part(const ReportRun& run, const ReportLimits& limits);
/// Search history, parallel coordinates, importance, slices; `trials` gets the columns that they and the table share.
ReportPart search_part(const ReportRun& run, const ReportLimits& limits, Json& trials);
ReportPart importance_part(const ReportRun& run, const ReportLimits& limits);
ReportPart curves_part(const ReportRun& run, const ReportLimits& limits);
ReportPart folds_part(const ReportRun& run, const ReportLimits& limits);
ReportPart by_size_part(const ReportRun& run, const ReportLimits& limits);
ReportPart bias_variance_part(const ReportRun& run, const ReportLimits& limits);
ReportPart points_part(const ReportRun& run, const ReportLimits& limits);
ReportPart diversity_part(const ReportRun& run, const ReportLimits& limits);
ReportPart classes_part(const ReportRun& run, const ReportLimits& limits);
ReportPart calibration_part(const ReportRun& run, const ReportLimits& limits);
ReportPart margins_part(const ReportRun& run, const ReportLimits& limits);
ReportPart values_part(const ReportRun& run, const ReportLimits& limits);
ReportPart intervals_part(const ReportRun& run, const ReportLimits& limits);
ReportPart suspects_part(const ReportRun& run, const ReportLimits& limits);
ReportPart timeline_part(const ReportRun& run, const ReportLimits& limits);
ReportPart settings_part(const ReportRun& run, const ReportLimits& limits);
ReportPart reproduce_part(const ReportRun& run, const ReportLimits& limits);

}  // namespace jury
