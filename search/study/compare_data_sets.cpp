#include "search/study/compare_data_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

std::size_t position_in(std::vector<std::string>& names, const std::string& name) {
  const auto at = std::ranges::find(names, name) - names.begin();
  if (static_cast<std::size_t>(at) == names.size()) names.push_back(name);
  return static_cast<std::size_t>(at);
}

// Runs by place: cell (data set, learner), row after row.
struct Table {
  std::vector<std::string> learners, hashes, data_sets;
  std::vector<const ComparedRun*> cells;
};

Table table_of(std::span<const ComparedRun> runs) {
  Table table;
  for (const ComparedRun& run : runs) {
    position_in(table.learners, run.label);
    if (position_in(table.hashes, run.data_hash) == table.data_sets.size()) table.data_sets.push_back(run.data);
  }
  const std::vector<std::string> names = table.data_sets;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::ranges::count(names, names[i]) > 1) table.data_sets[i] += " " + table.hashes[i].substr(0, 8);
  table.cells.resize(table.hashes.size() * table.learners.size());
  for (const ComparedRun& run : runs) {
    const std::size_t learner = position_in(table.learners, run.label), set = position_in(table.hashes, run.data_hash);
    const ComparedRun*& cell = table.cells[set * table.learners.size() + learner];
    if (cell != nullptr)
      throw ConfigError(
          fmt::format("'{}' and '{}' are both '{}' on {} (a learner has one run on a data set) tell them apart with "
                      "--label, once per run",
                      cell->path, run.path, run.label, table.data_sets[set]));
    cell = &run;
  }
  return table;
}

void check_table(const Table& table) {
  const std::size_t k = table.learners.size();
  if (k < 2)
    throw ConfigError(fmt::format(
        "all runs are of the learner '{}' (there is nothing to compare) name learners with --label, once per run",
        table.learners[0]));
  for (std::size_t i = 0; i < table.cells.size(); ++i)
    if (table.cells[i] == nullptr)
      throw ConfigError(fmt::format(
          "there is no run of '{}' on {} (every learner needs one on each of the {}) add it, or name learners with "
          "--label, once per run",
          table.learners[i % k], table.data_sets[i / k], counted(table.data_sets.size(), "data set")));
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    const ComparedRun &run = *table.cells[i], &other = *table.cells[i / k * k];
    if (run.source != other.source)
      throw ConfigError(
          fmt::format("on {} '{}' is scored by {} and '{}' by {} (these are different rows) give both [cv], or neither",
                      table.data_sets[i / k], other.path, other.source, run.path, run.source));
  }
}

void add_pairs(DataSetComparison& out) {
  const std::size_t k = out.learners.size(), num_sets = out.data_sets.size();
  const std::vector<double> nemenyi = nemenyi_p_values(out.friedman);
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = i + 1; j < k; ++j) {
      std::vector<double> differences;
      double sum = 0;
      for (std::size_t set = 0; set < num_sets; ++set) {
        differences.push_back(out.scores[set * k + i] - out.scores[set * k + j]);
        sum += differences.back();
      }
      PairComparison pair{.first = i, .second = j};
      pair.tests.push_back(to_pair_test(wilcoxon_test(differences), out.metric->direction));
      pair.tests.back().over = counted(pair.tests.back().count, "data set");
      if (k > 2) {
        const double ranks = out.friedman.ranks[i] - out.friedman.ranks[j];
        pair.tests.push_back({.test = "nemenyi",
                              .over = "mean ranks",
                              .count = out.friedman.num_sets,
                              .difference = ranks,
                              .p = nemenyi[i * k + j],
                              .favours = favoured(ranks, Direction::minimize)});
      }
      out.pairs.push_back(std::move(pair));
    }
}

// The smallest p-value that signs of so few differences can have, after the correction, may be too large already.
std::string note_of(const DataSetComparison& comparison, double alpha) {
  const auto num_pairs = static_cast<double>(comparison.pairs.size());
  const double smallest =
      std::min(1.0, num_pairs * std::pow(2.0, 1.0 - static_cast<double>(comparison.friedman.num_sets)));
  if (smallest <= alpha) return "";
  return fmt::format(
      "with {} and {} to correct for, the smallest p-value of Wilcoxon's test is {:.2g}: no difference can be shown at "
      "{} "
      "(more data sets can)",
      counted(comparison.friedman.num_sets, "data set"), counted(comparison.pairs.size(), "pair"), smallest, alpha);
}

}  // namespace

DataSetComparison compare_data_sets(std::span<const ComparedRun> runs, const CompareOptions& options) {
  const Table table = table_of(runs);
  check_table(table);
  DataSetComparison out{.metric = &compared_metric(runs, options.metric),
                        .learners = table.learners,
                        .data_sets = table.data_sets,
                        .scores = {},
                        .friedman = {},
                        .pairs = {},
                        .note = {}};
  for (const ComparedRun* run : table.cells) out.scores.push_back(run->scores[position_of(*run, *out.metric)]);
  out.friedman = friedman_test(out.scores, out.learners.size(), out.metric->direction);
  if (out.friedman.num_sets == 0)
    throw ConfigError(fmt::format("no data set has a {} of every learner", out.metric->name));
  out.critical_difference = nemenyi_critical_difference(out.learners.size(), out.friedman.num_sets, options.alpha);
  add_pairs(out);
  correct_for_pairs(out.pairs);
  for (PairComparison& pair : out.pairs)
    pair.verdict = verdict_of(pair, {.labels = out.learners, .metric = out.metric->name, .alpha = options.alpha});
  out.note = note_of(out, options.alpha);
  return out;
}

}  // namespace jury
