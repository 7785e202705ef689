// jury predict: a stored ensemble and a file of new rows become a file of predictions.
#pragma once

#include <cstdint>
#include <string>

#include "models/data/texts.hpp"
#include "runtime/base/error.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/store/new_file.hpp"
#include "search/study/prediction_file.hpp"
#include "search/study/run_study.hpp"

namespace jury {

/// One call of `jury predict`.
struct PredictRequest {
  std::string run;                        ///< a run directory, or its results.h5
  std::string data;                       ///< file of the new rows
  std::string output;                     ///< .csv, .npy or .h5; "-": csv on standard output
  std::string format = "auto";            ///< of the data, as data.format
  Texts header = {};                      ///< as data.header; none: as the run has it
  std::vector<std::string> missing = {};  ///< as data.missing; none: as the run has it
  std::string combine = {};               ///< how members are joined; "": as the run reports it
  Calibrating calibrating = Calibrating::as_run;
  Detail detail = Detail::answer;
  MemberOutput members = MemberOutput::combined_only;
  Existing existing = Existing::refuse;
  std::uint64_t piece_bytes = 0;  ///< of the rows, read and predicted at a time; 0: all at once
  Verbosity verbosity = Verbosity::normal;
};

/// Collective over the session's ranks. Rank 0 reads the ensemble and the rows, all ranks predict, rank 0
/// writes. Where rows have targets the scores are printed as those of a run, unless rows come in pieces. The same file
/// on any number of ranks, and in pieces of any size. Throws ConfigError, DataError, IoError, CommError.
ExitCode predict_study(const PredictRequest& request, const MpiSession& session);

}  // namespace jury
