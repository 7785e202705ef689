// Settings of a cross-validation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/options.hpp"

namespace jury {

struct CvOptions {
  std::string method =
      "auto";  ///< "auto": kfold, stratified where there are classes, of whole groups where there are groups
  bool shuffle = true;
  std::int32_t folds = 5;
  std::int32_t repeats = 1;
  std::int32_t outer_folds = 0;  ///< above 0: nested
  double fraction = 0.2;         ///< of the rows that holdout and the shuffle splits test on
  std::int32_t p = 2;            ///< rows that leave_p_out leaves out
  std::int32_t bins = 10;   ///< of the target's quantiles, which stratified methods keep the shares of in a regression
  std::int32_t gap = 0;     ///< time_series: moments between training and test
  std::int32_t window = 0;  ///< time_series: moments trained on at most; 0: all that are earlier
  std::int32_t test_size = 0;   ///< time_series: moments a fold tests; 0: as many as all parts have
  std::string column = {};      ///< predefined: column of the data that names the fold of each row
  std::string test_index = {};  ///< predefined: files of row numbers, "{}" for the number of the split
  std::string train_index = {};
  std::vector<std::string> metrics = {};  ///< names of scores; none: those that are always shown

  /// The data bring their splits. ("auto" with one of the keys that say where from means so, too.)
  bool is_predefined() const noexcept {
    return method == "predefined" || (method == "auto" && !(column.empty() && test_index.empty()));
  }

  /// Rows are divided at all; otherwise there are the metrics alone.
  bool has_folds() const noexcept { return method != "none"; }

  /// Training sets are drawn with replacement, and what is reported weighs their training error too.
  bool is_bootstrap() const noexcept { return method == "bootstrap_632" || method == "632plus"; }

  static void fields(auto& self, auto&& visit) {
    visit("method", self.method,
          Field{.help = "how rows are split (auto: predefined with column or test_index; else kfold, stratified with "
                        "classes, of whole groups with data.group; none: not "
                        "at all, the metrics are those of the test set)",
                .choices = {"auto", "none", "holdout", "kfold", "stratified_kfold", "group_kfold",
                            "stratified_group_kfold", "leave_one_out", "leave_p_out", "leave_one_group_out",
                            "shuffle_split", "stratified_shuffle_split", "time_series", "predefined", "bootstrap_632",
                            "632plus"}});
    visit("shuffle", self.shuffle, Field{.help = "draw the folds at random instead of in the order of the rows"});
    visit("folds", self.folds,
          Field{.help = "number of folds, or of random splits; predefined: of test_index files, 0: all there are",
                .low = 0,
                .high = 1e9});
    visit("repeats", self.repeats,
          Field{.help = "number of times the whole is done, each with new folds", .low = 1, .high = 1e6});
    visit("outer_folds", self.outer_folds,
          Field{.help = "folds around a search (0: not nested)", .low = 0, .high = 1e9});
    visit("fraction", self.fraction,
          Field{.help = "share of the rows that holdout and shuffle splits test on", .low = 0, .high = 1});
    visit("p", self.p, Field{.help = "leave_p_out: rows left out", .low = 2, .high = 100});
    visit("bins", self.bins,
          Field{.help = "stratified methods of a regression: bins of the target's quantiles", .low = 2, .high = 1e6});
    visit("gap", self.gap,
          Field{.help = "time_series: times (groups, rows) left out between training and test", .low = 0, .high = 1e9});
    visit("window", self.window,
          Field{.help = "time_series: times (groups, rows) trained on at most; 0: all earlier ones",
                .low = 0,
                .high = 1e9});
    visit("test_size", self.test_size,
          Field{.help = "time_series: times (groups, rows) tested by each fold; 0: rows / (folds + 1)",
                .low = 0,
                .high = 1e9});
    visit("column", self.column,
          Field{.help =
                    "predefined: column whose values are the folds; without a value or with -1 a row is never tested"});
    visit("test_index", self.test_index,
          Field{.help = "predefined: files of the rows (from 0) that each split tests, {} for 0, 1, 2, ..."});
    visit("train_index", self.train_index,
          Field{.help = "predefined: the same of the rows it trains on (not given: all others)"});
    visit("metrics", self.metrics,
          Field{.help = "scores to report (none named: those always shown; models/metrics/README.md has all)"});
  }
};

}  // namespace jury
