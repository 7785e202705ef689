// A run on all ranks, whatever it is about.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runtime/mpi/session.hpp"
#include "runtime/pool/evaluator.hpp"
#include "search/study/run_study.hpp"
#include "search/study/run_subject.hpp"

namespace jury {

/// What runs differ in. What is made is made once the run's directory is there.
struct RankRun {
  std::uint64_t identity = 0;
  /// Rank 0, before the directory is touched: throws what makes the run impossible.
  std::function<void()> check;
  /// Rank 0, once the directory is there.
  std::function<std::unique_ptr<RunSubject>(const std::string& directory)> subject;
  /// Every rank.
  std::function<EvaluatorFactory(const std::string& directory)> evaluators;
};

/// Collective over the session's ranks: see run_study().
ExitCode run_on_ranks(const RunRequest& request, const MpiSession& session, const RankRun& run);

}  // namespace jury
