// Settings that differ among runs. For this layer's own sources only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/report/report_run.hpp"

namespace jury {

/// A setting that is not the same in all runs, with its value in each.
struct Swept {
  std::string path = {};
  std::vector<std::string> texts = {};  ///< "" where a run lacks it
  std::vector<double> numbers = {};     ///< empty unless all are
};

/// At most so many, those of what is trained first.
std::vector<Swept> swept_settings(std::span<const ReportRun> runs, std::size_t most);

/// Positions of the runs by a setting: numbers in their order, texts by name.
std::vector<std::size_t> order_by(const Swept& swept);

}  // namespace jury
