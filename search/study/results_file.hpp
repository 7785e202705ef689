// results.h5: the study's results in the documented layout (search/study/README.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/task_key.hpp"
#include "runtime/store/provenance.hpp"
#include "search/study/run_work.hpp"
#include "search/study/study_results.hpp"

namespace jury {

struct SearchResults;

/// What a results file holds beside the results themselves.
struct RunFacts {
  std::uint64_t identity = 0;
  Provenance provenance;
  std::vector<FitTiming> timing;
  std::uint32_t session = 0;  ///< the journal's epoch of records that were not read from it
  struct Coordinator {
    std::string host;
    std::uint64_t peak_bytes = 0;
  };
  Coordinator coordinator = {};  ///< rank 0, of this session
  const SearchResults* search =
      nullptr;  ///< with [search]: all trials; the study is that of the chosen one, or of those that are joined
};

/// What the tables of fits hold: of a search, the fits of all trials.
struct FitTable {
  const Fits& fits;
  const std::vector<std::pair<TaskKey, FitScores>>& scores;
  const std::map<TaskKey, double>& weights;
  const std::vector<const Metric*>& task_metrics;
  std::size_t num_planned = 0;  ///< fits that the run asks for; 0: nobody knows, as of a search
};

/// Writes the whole file aside and puts it in place. Throws IoError.
void write_results(const std::string& path, const StudyPlan& plan, const Fits& fits, const StudyResults& results,
                   const RunFacts& facts);

/// What every results file begins with.
struct ResultsHead {
  std::uint64_t identity = 0;
  std::uint64_t data_hash = 0;
  std::uint64_t seed = 0;
  bool complete = false;
  bool deterministic = true;  ///< no task ended in a way that its key does not decide
};
void write_head(Hdf5Writer& file, const ResultsHead& head);
/// /timing: tasks, ranks and utilisation.
void write_timing(Hdf5Writer& file, const RunFacts& facts);
/// The most memory that any rank had; 0 where nothing is known.
std::uint64_t peak_bytes_of(const std::vector<FitTiming>& timing) noexcept;

// The parts, each in a file of its own.
/// /trials and /selection.
void write_trials_of_search(Hdf5Writer& file, const SearchResults& search);
void write_search(Hdf5Writer& file, const StudyPlan& plan, const SearchResults& search);
void write_fits_of_search(Hdf5Writer& file, const Fits& chosen, const StudyResults& results,
                          const SearchResults& search);
void write_fits(Hdf5Writer& file, const FitTable& table);
void write_splits(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
void write_scores(Hdf5Writer& file, const StudyResults& results);
void write_predictions(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
void write_calibration(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
void write_conformal(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
void write_bias_variance(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
void write_variance_sources(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
void write_diversity(Hdf5Writer& file, const StudyResults& results);
void write_uncertainty(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
void write_data_value(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results);
/// `trial`: the chosen one of a search, or 0.
void write_models(Hdf5Writer& file, const StudyPlan& plan, const Fits& fits, const StudyResults& results,
                  std::int32_t trial);

/// Columns trial, outer, repeat, fold, replicate, base, inner, member, rung of a table.
void add_key_columns(TableWriter& table, const std::vector<TaskKey>& keys);

}  // namespace jury
