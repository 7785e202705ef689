#include "search/study/compare_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "search/study/row_losses.hpp"

namespace jury {
namespace {

// Two runs, and the folds they share: splits that train on and test the same rows.
struct Pair {
  const ComparedRun& first;
  const ComparedRun& second;
  const Metric& metric;
  double alpha;
  std::vector<std::pair<const ComparedSplit*, const ComparedSplit*>> folds = {};
};

bool is_scored(const ComparedRun& run, const ComparedSplit& split, const Metric& metric) {
  return !std::isnan(split.scores[position_of(run, metric)]);
}

void find_shared_folds(Pair& pair) {
  std::map<std::pair<std::int32_t, std::int32_t>, const ComparedSplit*> first;
  for (const ComparedSplit& a : pair.first.splits) first[{a.repeat, a.fold}] = &a;
  for (const ComparedSplit& b : pair.second.splits) {
    const auto a = first.find({b.repeat, b.fold});
    if (a != first.end() && a->second->rows_hash == b.rows_hash) pair.folds.emplace_back(a->second, &b);
  }
  std::ranges::stable_sort(pair.folds, {},
                           [](const auto& fold) { return std::pair(fold.first->repeat, fold.first->fold); });
}

std::size_t num_folds_of(const ComparedRun& run, std::int32_t repeat) {
  return static_cast<std::size_t>(std::ranges::count(run.splits, repeat, &ComparedSplit::repeat));
}

// Whether every row of the first repeat was predicted by fits of the same training rows.
bool same_first_repeat(const Pair& pair) {
  const auto shared = std::ranges::count_if(pair.folds, [](const auto& fold) { return fold.first->repeat == 0; });
  const std::size_t all = num_folds_of(pair.first, 0);
  return all > 0 && static_cast<std::size_t>(shared) == all && num_folds_of(pair.second, 0) == all;
}

bool is_five_by_two(const Pair& pair) {
  if (pair.folds.size() != 10) return false;
  std::set<std::pair<std::int32_t, std::int32_t>> places;
  for (const auto& [a, b] : pair.folds)
    if (a->repeat >= 0 && a->repeat < 5 && a->fold >= 0 && a->fold < 2) places.emplace(a->repeat, a->fold);
  return places.size() == 10;
}

// Leaves out those that a run that is not finished has no score of.
std::size_t drop_unscored_folds(Pair& pair) {
  return std::erase_if(pair.folds, [&](const auto& fold) {
    return !is_scored(pair.first, *fold.first, pair.metric) || !is_scored(pair.second, *fold.second, pair.metric);
  });
}

// Why no fold is the same in both.
std::string why_no_folds(const Pair& pair) {
  for (const ComparedRun* run : {&pair.first, &pair.second})
    if (run->splits.empty()) return fmt::format("{} was not cross-validated", run->label);
  return "the folds differ: give both the same experiment.seed and [cv]";
}

void compare_folds(Pair pair, PairComparison& out) {
  const std::size_t shared = pair.folds.size(), unscored = drop_unscored_folds(pair);
  if (pair.folds.size() < 2) {
    out.left_out.push_back(fmt::format("tests over folds ({})", shared == 0          ? why_no_folds(pair)
                                                                : pair.folds.empty() ? "no fold is scored in both"
                                                                : unscored > 0
                                                                    ? "one fold is scored in both, they need two"
                                                                    : "one fold is shared, they need two"));
    return;
  }
  const std::size_t most = std::max(pair.first.splits.size(), pair.second.splits.size());
  if (shared < most)
    out.left_out.push_back(fmt::format("{} of {} folds (they are not the same in both)", most - shared, most));
  if (unscored > 0) out.left_out.push_back(fmt::format("{} of {} folds (they are not scored in both)", unscored, most));
  std::vector<double> differences;
  std::uint64_t num_train = 0, num_test = 0;
  for (const auto& [a, b] : pair.folds) {
    differences.push_back(a->scores[position_of(pair.first, pair.metric)] -
                          b->scores[position_of(pair.second, pair.metric)]);
    num_train += a->num_train;
    num_test += a->num_test;
  }
  const double ratio = static_cast<double>(num_test) / static_cast<double>(std::max<std::uint64_t>(num_train, 1));
  if (is_five_by_two(pair)) {
    out.tests.push_back(to_pair_test(five_by_two_test(differences), pair.metric.direction));
    out.tests.back().over = "5 x 2 folds";
  }
  out.tests.push_back(to_pair_test(corrected_t_test(differences, ratio, 1 - pair.alpha), pair.metric.direction));
  out.tests.back().over = counted(out.tests.back().count, "fold");
}

struct SharedRows {
  const ComparedRows *first, *second;
  std::string words;
  std::string scope;
};

std::size_t num_predicted_by_both(const ComparedRun& run, const ComparedRows& a, const ComparedRows& b) {
  std::size_t both = 0;
  for (std::size_t i = 0; i < a.ids.size(); ++i)
    if (is_predicted(row_of(a.predictions, i, run.num_outputs)) &&
        is_predicted(row_of(b.predictions, i, run.num_outputs)))
      ++both;
  return both;
}

// The rows to be compared by; nothing with the reason why.
std::optional<SharedRows> shared_rows(const Pair& pair, std::string& why) {
  const auto &a = pair.first, &b = pair.second;
  const auto count = [&](const ComparedRows& first, const ComparedRows& second) {
    return first.ids == second.ids ? num_predicted_by_both(a, first, second) : 0;
  };
  if (same_first_repeat(pair) && a.oof && b.oof)
    if (const std::size_t both = count(*a.oof, *b.oof); both > 0)
      return SharedRows{&*a.oof, &*b.oof,
                        counted(both, "out-of-fold row") + (num_folds_of(a, 1) > 0 ? " of the first repeat" : ""), ""};
  if (a.test && b.test)
    if (const std::size_t both = count(*a.test, *b.test); both > 0)
      return SharedRows{&*a.test, &*b.test, counted(both, "test row"), "; says nothing of other training sets"};
  why = "no rows were predicted by both in the same folds or as a test set";
  for (const ComparedRun* run : {&a, &b})
    if (!run->oof && !run->test)
      why = fmt::format("the results of {} hold no predictions by '{}'", run->label, run->combine);
  return std::nullopt;
}

void compare_losses(const Pair& pair, const SharedRows& rows, PairComparison& out) {
  if (pair.metric.name == "accuracy") return;  // its losses are McNemar's
  const std::string_view name = row_loss_of(pair.metric.name);
  if (name.empty() || find_metric(name).outcome != pair.first.outcome) {
    out.left_out.push_back(fmt::format("Wilcoxon's signed ranks ({} has no losses of single rows)", pair.metric.name));
    return;
  }
  const Metric& loss = find_metric(name);
  const auto a = row_losses(pair.first, *rows.first, loss), b = row_losses(pair.second, *rows.second, loss);
  if (a.size() != b.size() || a.empty()) {
    out.left_out.push_back(
        fmt::format("Wilcoxon's signed ranks (the predictions that {} needs are not in the results)", name));
    return;
  }
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  out.tests.push_back(to_pair_test(wilcoxon_test(differences), loss.direction));
  out.tests.back().over = fmt::format("the {} of {}", name, rows.words);
  out.tests.back().scope = rows.scope;
}

void compare_rows(const Pair& pair, PairComparison& out) {
  std::string why;
  const auto rows = shared_rows(pair, why);
  if (!rows) {
    out.left_out.push_back(fmt::format("tests over rows ({})", why));
    return;
  }
  compare_losses(pair, *rows, out);
  if (pair.first.outcome == Outcome::classes) {
    const auto a = reported_labels(pair.first, *rows->first), b = reported_labels(pair.second, *rows->second);
    std::size_t both = 0;
    for (std::size_t i = 0; i < a.size(); ++i) both += a[i] >= 0 && b[i] >= 0 ? 1U : 0U;
    out.tests.push_back(to_pair_test(mcnemar_test(rows->first->labels, a, b), both));
    out.tests.back().over = rows->words;
    out.tests.back().scope = rows->scope;
  }
}

}  // namespace

std::size_t position_of(const ComparedRun& run, const Metric& metric) {
  return static_cast<std::size_t>(std::ranges::find(run.metrics, metric.name) - run.metrics.begin());
}

const Metric& compared_metric(std::span<const ComparedRun> runs, const std::string& name) {
  const std::string wanted = name.empty() ? runs.front().metrics.front() : name;
  for (const ComparedRun& run : runs) {
    if (std::ranges::find(run.metrics, wanted) != run.metrics.end()) continue;
    throw ConfigError(fmt::format("'{}' is not scored by '{}'{}", run.path, wanted,
                                  suggestion(wanted, {run.metrics.begin(), run.metrics.end()})));
  }
  const Metric& metric = find_metric(wanted);
  if (metric.direction == Direction::target)
    throw ConfigError(fmt::format(
        "runs cannot be compared by {} (it is best at {}, so that a difference says nothing) name another in "
        "--metric",
        wanted, metric.target));
  return metric;
}

void label_apart(std::span<ComparedRun> runs) {
  const auto folder = [](const ComparedRun& run) {
    const std::filesystem::path path = std::filesystem::absolute(run.path).lexically_normal();
    const auto last = path.has_filename() ? path : path.parent_path();
    return (last.extension() == ".h5" ? last.parent_path() : last).filename().string();
  };
  std::set<std::string> names, folders;
  for (const ComparedRun& run : runs) {
    names.insert(run.name);
    folders.insert(folder(run));
  }
  for (ComparedRun& run : runs)
    run.label = names.size() == runs.size() ? run.name : folders.size() == runs.size() ? folder(run) : run.path;
}

RunComparison compare_runs(std::span<const ComparedRun> runs, const CompareOptions& options) {
  JURY_EXPECTS(runs.size() >= 2);
  RunComparison out{.metric = &compared_metric(runs, options.metric), .pairs = {}};
  std::vector<std::string> labels;
  for (const ComparedRun& run : runs) labels.push_back(run.label);
  bool any = false;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (std::size_t j = i + 1; j < runs.size(); ++j) {
      Pair pair{.first = runs[i], .second = runs[j], .metric = *out.metric, .alpha = options.alpha};
      find_shared_folds(pair);
      PairComparison one{.first = i, .second = j};
      compare_folds(pair, one);
      compare_rows(pair, one);
      any = any || !one.tests.empty();
      out.pairs.push_back(std::move(one));
    }
  if (!any)
    throw ConfigError(fmt::format("there is nothing to compare between these runs ({}; {})",
                                  out.pairs[0].left_out.front(), out.pairs[0].left_out.back()));
  correct_for_pairs(out.pairs);
  for (PairComparison& pair : out.pairs)
    pair.verdict = verdict_of(pair, {.labels = labels, .metric = out.metric->name, .alpha = options.alpha});
  return out;
}

}  // namespace jury
