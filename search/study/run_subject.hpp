// What a run is about: a study, a search over studies, or a function. Whoever runs it needs to know no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "search/study/results_file.hpp"
#include "search/study/run_work.hpp"
#include "search/study/summary.hpp"

namespace jury {

/// How much of a run came to nothing.
struct RunOutcome {
  std::size_t num_planned = 0, num_complete = 0;
  bool too_many_failed = false;
  std::vector<std::string> failures = {};  ///< one line each
};

/// What there is to say of all that is done so far. Valid until the work goes on.
class RunReport {
 public:
  virtual ~RunReport() = default;
  /// Throws IoError.
  virtual void write_results(const std::string& path, RunFacts facts) const = 0;
  virtual std::string trials_csv() const = 0;
  /// summary.json, and the last lines of a run.
  virtual std::string json(RunSummary summary) const = 0;
  virtual std::string text(RunSummary summary) const = 0;
  /// Throws ConfigError where the run has no such score.
  virtual bool meets(std::string_view requirement) const = 0;
  virtual RunOutcome outcome() const = 0;
};

/// On rank 0.
class RunSubject {
 public:
  virtual ~RunSubject() = default;
  virtual std::uint64_t identity() const = 0;
  virtual std::uint64_t data_hash() const = 0;
  virtual std::vector<std::string> warnings() const = 0;
  /// What its tasks are called, in the singular.
  virtual std::string_view task_name() const = 0;
  virtual RunWork& work() = 0;
  virtual std::unique_ptr<RunReport> report() = 0;
};

}  // namespace jury
