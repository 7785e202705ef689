// Decompositions as bars. For this layer's own sources only.
#pragma once

#include <string>
#include <vector>

#include "tools/report/plots.hpp"
#include "tools/report/report_run.hpp"

namespace jury {

/// "Brier score" of "brier".
std::string definition_name(const std::string& name);

/// Bias, variance, noise and cross term of rows of a table of decompositions, one bar a row; of Domingos' the variance
/// of unbiased and, below zero, of biased points. The marks are the mean losses.
StackPlot decomposition_plot(const ReportColumns& table, const std::vector<std::size_t>& rows);

}  // namespace jury
