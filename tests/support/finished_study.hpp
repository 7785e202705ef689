// A finished run's results file, made without running a command.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "search/study/results_file.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {

inline std::string written(const std::string& name, std::string_view content) { return scratch().write(name, content); }

/// All fits of a study, and what a run would have written of them.
struct FinishedStudy {
  explicit FinishedStudy(Experiment given) : study(std::move(given)) {
    fits = study.all_fits();
    write(fits);
  }
  void write(const Fits& some) {
    write_results(path, study.plan, some, compute_results(study.plan, some),
                  {.identity = 0x1234abcd, .provenance = {.sessions = {this_session(1, isa())}}, .timing = {}});
  }
  SmallStudy study;
  Fits fits;
  std::string path = scratch() / "stored.h5";
};

}  // namespace jury
