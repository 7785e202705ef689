#include "tools/command/compare_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/base/text.hpp"
#include "search/study/json.hpp"

namespace jury {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kAllWith = "-f json";

std::string full(double number) { return std::isnan(number) ? "" : fmt::format("{}", number); }
std::string brief(double number) { return std::isnan(number) ? "" : fmt::format("{:.4g}", number); }

std::vector<std::string> labels_of(std::span<const ComparedRun> runs) {
  std::vector<std::string> labels;
  for (const ComparedRun& run : runs) labels.push_back(run.label);
  return labels;
}

TextTable tests_table(std::span<const PairComparison> pairs, std::span<const std::string> labels,
                      std::string (*number)(double)) {
  TextTable table{.header = {"first", "second", "test", "over", "count", "difference", "low", "high", "statistic", "p",
                             "p_holm", "effect", "effect_name"},
                  .rows = {}};
  for (const PairComparison& pair : pairs)
    for (const PairTest& test : pair.tests)
      table.rows.push_back({labels[pair.first], labels[pair.second], test.test, test.over, std::to_string(test.count),
                            number(test.difference), number(test.low), number(test.high), number(test.statistic),
                            number(test.p), number(test.p_holm), number(test.effect), test.effect_name});
  return table;
}

std::string verdicts_of(std::span<const PairComparison> pairs) {
  std::string text;
  for (const PairComparison& pair : pairs) text += pair.verdict + "\n";
  return text;
}

std::string left_out_of(std::span<const PairComparison> pairs, std::span<const std::string> labels) {
  std::string text;
  for (const PairComparison& pair : pairs)
    for (const std::string& what : pair.left_out)
      text += fmt::format("left out of {} and {}: {}\n", labels[pair.first], labels[pair.second], what);
  return text.empty() ? "" : "\n" + text;
}

TextTable runs_table(std::span<const ComparedRun> runs, const Metric& metric) {
  TextTable table{.header = {"run", std::string(metric.name), "se", "folds", "rows"}, .rows = {}};
  for (const ComparedRun& run : runs) {
    std::vector<double> folds;
    for (const ComparedSplit& split : run.splits) folds.push_back(split.scores[position_of(run, metric)]);
    table.rows.push_back({run.label, brief(run.scores[position_of(run, metric)]),
                          brief(mean_over_folds(folds).standard_error),
                          run.splits.empty() ? "" : std::to_string(run.splits.size()), run.source});
  }
  return table;
}

TextTable scores_table(const DataSetComparison& comparison) {
  TextTable table{.header = {"data set"}, .rows = {}};
  table.header.insert(table.header.end(), comparison.learners.begin(), comparison.learners.end());
  const std::size_t k = comparison.learners.size();
  for (std::size_t set = 0; set < comparison.data_sets.size(); ++set) {
    table.rows.push_back({comparison.data_sets[set]});
    for (std::size_t j = 0; j < k; ++j) table.rows.back().push_back(brief(comparison.scores[set * k + j]));
  }
  table.rows.push_back({"mean rank"});
  for (const double rank : comparison.friedman.ranks) table.rows.back().push_back(brief(rank));
  return table;
}

std::string friedman_text(const DataSetComparison& comparison, double alpha) {
  const FriedmanTest& test = comparison.friedman;
  std::string text = fmt::format("Friedman: chi2({:g}) = {:.4g}, p = {:.2g}; Kendall's W = {:.2g}\n",
                                 test.degrees_of_freedom, test.statistic, test.p_value, test.effect_size);
  if (std::isinf(test.f_statistic))
    text += "Iman-Davenport: F is infinite, as all data sets rank alike; its p-value then says nothing\n";
  if (std::isfinite(test.f_statistic))
    text += fmt::format("Iman-Davenport: F({:g}, {:g}) = {:.4g}, p = {:.2g}\n", test.f_numerator_degrees,
                        test.f_denominator_degrees, test.f_statistic, test.f_p_value);
  return text + fmt::format("Nemenyi: mean ranks differ at {} when further apart than {:.4g}\n", alpha,
                            comparison.critical_difference);
}

Json json_pairs(std::span<const PairComparison> pairs, std::span<const std::string> labels) {
  Json list = Json::array();
  for (const PairComparison& pair : pairs) {
    Json one = {{"first", labels[pair.first]},
                {"second", labels[pair.second]},
                {"verdict", pair.verdict},
                {"tests", Json::array()},
                {"left_out", pair.left_out}};
    for (const PairTest& test : pair.tests)
      one["tests"].push_back({{"test", test.test},
                              {"over", test.over},
                              {"count", test.count},
                              {"difference", json_number(test.difference)},
                              {"low", json_number(test.low)},
                              {"high", json_number(test.high)},
                              {"statistic", json_number(test.statistic)},
                              {"p", json_number(test.p)},
                              {"p_holm", json_number(test.p_holm)},
                              {"effect", json_number(test.effect)},
                              {"effect_name", test.effect_name}});
    list.push_back(std::move(one));
  }
  return list;
}

// Names come from files of others, whose bytes need not be UTF-8.
std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string comparison_text(const RunComparison& comparison, std::span<const ComparedRun> runs,
                            const Terminal& terminal) {
  const auto labels = labels_of(runs);
  return fmt::format("{} on {}, compared by {}\n\n", counted(runs.size(), "run"), runs.front().data,
                     comparison.metric->name) +
         to_text(runs_table(runs, *comparison.metric), terminal, kAllWith) + "\n" + verdicts_of(comparison.pairs) +
         "\n" + to_text(tests_table(comparison.pairs, labels, brief), terminal, kAllWith) +
         left_out_of(comparison.pairs, labels);
}

std::string comparison_text(const DataSetComparison& comparison, double alpha, const Terminal& terminal) {
  return fmt::format("{} on {}, compared by {}\n\n", counted(comparison.learners.size(), "learner"),
                     counted(comparison.data_sets.size(), "data set"), comparison.metric->name) +
         to_text(scores_table(comparison), terminal, kAllWith) + "\n" + verdicts_of(comparison.pairs) +
         (comparison.note.empty() ? "" : "note: " + comparison.note + "\n") + "\n" + friedman_text(comparison, alpha) +
         "\n" + to_text(tests_table(comparison.pairs, comparison.learners, brief), terminal, kAllWith);
}

std::string comparison_json(const RunComparison& comparison, std::span<const ComparedRun> runs, double alpha) {
  Json json = {
      {"metric", comparison.metric->name}, {"alpha", alpha}, {"data", runs.front().data}, {"runs", Json::array()}};
  for (const ComparedRun& run : runs)
    json["runs"].push_back({{"label", run.label},
                            {"path", run.path},
                            {"complete", run.complete},
                            {"source", run.source},
                            {"value", json_number(run.scores[position_of(run, *comparison.metric)])},
                            {"folds", run.splits.size()}});
  json["pairs"] = json_pairs(comparison.pairs, labels_of(runs));
  return dumped(json);
}

std::string comparison_json(const DataSetComparison& comparison, double alpha) {
  const FriedmanTest& test = comparison.friedman;
  Json json = {{"metric", comparison.metric->name},
               {"alpha", alpha},
               {"learners", comparison.learners},
               {"data_sets", comparison.data_sets},
               {"scores", Json::array()}};
  const std::size_t k = comparison.learners.size();
  for (std::size_t set = 0; set < comparison.data_sets.size(); ++set) {
    json["scores"].push_back(Json::array());
    for (std::size_t j = 0; j < k; ++j) json["scores"].back().push_back(json_number(comparison.scores[set * k + j]));
  }
  json["mean_ranks"] = test.ranks;
  json["friedman"] = {{"statistic", json_number(test.statistic)},
                      {"p", json_number(test.p_value)},
                      {"kendall_w", json_number(test.effect_size)}};
  json["iman_davenport"] = {{"statistic", json_number(test.f_statistic)}, {"p", json_number(test.f_p_value)}};
  json["critical_difference"] = json_number(comparison.critical_difference);
  json["note"] = comparison.note;
  json["pairs"] = json_pairs(comparison.pairs, comparison.learners);
  return dumped(json);
}

TextTable comparison_table(const RunComparison& comparison, std::span<const ComparedRun> runs) {
  return tests_table(comparison.pairs, labels_of(runs), full);
}

TextTable comparison_table(const DataSetComparison& comparison) {
  TextTable table = tests_table(comparison.pairs, comparison.learners, full);
  const FriedmanTest& test = comparison.friedman;
  const std::string over = counted(test.num_sets, "data set"), count = std::to_string(test.num_sets);
  table.rows.insert(table.rows.begin(), {{"", "", "friedman", over, count, "", "", "", full(test.statistic),
                                          full(test.p_value), "", full(test.effect_size), "kendall_w"},
                                         {"", "", "iman_davenport", over, count, "", "", "", full(test.f_statistic),
                                          full(test.f_p_value), "", "", ""}});
  return table;
}

}  // namespace jury
