// A run as jury compare sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/metrics/scores.hpp"
#include "search/study/run_results.hpp"

namespace jury {

/// Rows and what the run says of them: out of fold in its first repeat, or of the test set.
struct ComparedRows {
  std::vector<std::int64_t> ids;          ///< rows of the dataset
  std::vector<std::int32_t> labels = {};  ///< (rows), the truth of classes
  std::vector<double> values = {};        ///< (rows, outputs), the truth of targets
  std::vector<float> predictions = {};    ///< (rows, outputs), as the run is judged by; NaN: not predicted
  std::vector<float> variances = {};      ///< (rows, outputs) where networks predict them, else empty
};

/// One split of a cross-validation.
struct ComparedSplit {
  std::int32_t repeat = 0, fold = 0;
  std::uint64_t rows_hash = 0;  ///< of which rows it trains on and which it tests
  std::uint64_t num_train = 0, num_test = 0;
  std::vector<double> scores = {};  ///< one per metric of the run
};

struct ComparedRun {
  std::string path;        ///< as it was named
  std::string name;        ///< of its experiment
  std::string label = {};  ///< what tables call it
  std::string data = {};   ///< file or generator
  std::string data_hash = {};
  bool complete = true;
  Outcome outcome = Outcome::classes;
  std::size_t num_outputs = 0;            ///< classes or targets
  std::string source = {}, combine = {};  ///< of its scores: oof, test or oob; how members are joined
  std::vector<std::string> metrics = {};  ///< the first is what it is judged by
  std::vector<double> scores = {};        ///< one per metric, mean over repeats
  std::vector<ComparedSplit> splits = {};
  std::optional<ComparedRows> oof = {}, test = {};  ///< nothing where its results hold no such predictions
};

/// Reads the results of a run directory or results file as a foreign one, in the limited child, all but `oof` and
/// `test`. Throws ConfigError when there is none or nothing in it is scored; DataError when it is none of ours,
/// damaged, or of another version; IoError.
ComparedRun read_compared_run(const std::string& run);

/// The rows of "oof", "test" or "oob" and what a run of such an outcome, number of outputs and combination says of
/// them; nothing where its results hold none. Throws DataError, IoError.
std::optional<ComparedRows> read_rows(const ComparedRun& run, const RunResults& results, const std::string& source);

/// Reads `oof` and `test` as well, which only runs on the same data are compared by. Throws DataError, IoError.
void read_predictions(ComparedRun& run);

}  // namespace jury
