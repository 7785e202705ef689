// The numbers at the head of the page, and the table of scores.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "runtime/base/text.hpp"
#include "tools/report/html.hpp"
#include "tools/report/report_bias_variance.hpp"
#include "tools/report/report_parts.hpp"
#include "tools/report/report_trials.hpp"

namespace jury {
namespace {

// Mean over repeats of a score of one predictor, NaN where it has none.
double overall_score(const ReportRun& run, std::string_view predictor) {
  const auto source = run.overall.texts("source"), name = run.overall.texts("predictor");
  const auto scores = run.overall.numbers(run.metric);
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (source[i] == run.source && name[i] == predictor) {
      sum += scores[i];
      ++count;
    }
  return count == 0 ? std::nan("") : sum / static_cast<double>(count);
}

ReportCard value_card(const ReportRun& run) {
  const std::size_t row = run.chosen_row();
  const double value =
      row < run.trials.size() ? run.trials.numbers("value")[row] : run.selection.attribute("naive_value");
  const double error = row < run.trials.size() ? run.trials.numbers("value_se")[row] : std::nan("");
  ReportCard card{.label = "Best value: " + run.metric, .value = std::isnan(value) ? "none" : brief(value)};
  if (std::isfinite(error)) card.value += " ± " + brief(error, 2);
  card.note =
      std::isfinite(error) ? "± standard error over folds, " + source_name(run.source) : source_name(run.source);
  if (run.trials.size() > 1) card.note += fmt::format("; trial {}", run.chosen);
  return card;
}

// Of a run that has no score: what its replicates lose.
void add_loss_card(const ReportRun& run, std::vector<ReportCard>& cards) {
  const ReportColumns table(run.results, "/bias_variance/overall");
  if (table.empty()) return;
  const auto definition = table.texts("definition"), predictor = table.texts("predictor");
  const auto loss = table.numbers("mean_loss");
  ReportCard card{.label = "Mean loss: " + definition_name(definition[0]), .value = "", .note = ""};
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (definition[i] != definition[0] || !std::isfinite(loss[i])) continue;
    if (predictor[i] == "ensemble") card.value = brief(loss[i]);
    if (predictor[i] == "single")
      card.note = "of the ensemble, on new training sets; of a single model " + brief(loss[i]);
  }
  if (!card.value.empty()) cards.push_back(std::move(card));
}

// The score without the optimism of having been selected by it.
void add_honest_card(const ReportRun& run, std::vector<ReportCard>& cards) {
  if (const double nested = run.selection.attribute("nested_value"); std::isfinite(nested)) {
    cards.push_back({"Honest value: nested folds",
                     fmt::format("{} ± {}", brief(nested), brief(run.selection.attribute("nested_se"), 2)),
                     "on rows that no choice has seen"});
    return;
  }
  const double honest = run.selection.attribute("honest_value");
  if (std::isfinite(honest)) {
    cards.push_back(
        {"Honest value", brief(honest),
         fmt::format("95 % interval {} to {}; optimism of the selection {}", brief(run.selection.attribute("ci_low")),
                     brief(run.selection.attribute("ci_high")), brief(run.selection.attribute("optimism"), 2))});
  } else if (const std::string reason = run.selection.text_attribute("honest_reason"); !reason.empty()) {
    cards.push_back({"Honest value", "none", reason});
  }
}

void add_ensemble_cards(const ReportRun& run, std::vector<ReportCard>& cards) {
  const double jury = overall_score(run, run.combine), best = overall_score(run, "member_best"),
               median = overall_score(run, "member_median");
  if (!std::isfinite(jury) || !std::isfinite(best) || (jury == best && best == median)) return;
  cards.push_back({"Ensemble against its members", brief(jury),
                   fmt::format("best member {}, median member {}", brief(best), brief(median))});
  if (const double calibrated = overall_score(run, "calibrated"); std::isfinite(calibrated))
    cards.push_back({"Calibrated", brief(calibrated), run.metric_and_source()});
}

// "40 complete, 2 failed".
std::string states_of(const std::vector<std::string>& states) {
  std::map<std::string, std::size_t> counts;
  for (const std::string& state : states) ++counts[state];
  std::string text;
  for (const auto& [state, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  return text;
}

// "9 of 150 fits" while a run goes on.
std::string number_of_fits(const ReportRun& run) {
  const double planned = run.fits.attribute("num_planned");
  if (!(planned > static_cast<double>(run.fits.size()))) return counted(run.fits.size(), "fit");
  return fmt::format("{} of {:.0f} fits", run.fits.size(), planned);
}

void add_work_cards(const ReportRun& run, std::vector<ReportCard>& cards) {
  if (run.trials.size() > 1) {
    const MainTrials trials = main_trials(run);
    const std::size_t outer = run.trials.size() - trials.rows.size();
    cards.push_back({"Trials", std::to_string(trials.rows.size()),
                     states_of(trials.state) + (outer > 0 ? fmt::format("; and {} in outer folds", outer) : "")});
  }
  if (!run.fits.empty()) cards.push_back({"Trained", number_of_fits(run), states_of(run.fits.texts("state"))});
  const ReportColumns tasks(run.results, "/timing/tasks"), sessions(run.results, "/provenance/sessions");
  const auto started = tasks.numbers("started"), duration = tasks.numbers("duration");
  double busy = 0, span = 0;
  for (std::size_t i = 0; i < started.size(); ++i) {
    busy += duration[i];
    span = std::max(span, started[i] + duration[i]);
  }
  double ranks = 0;
  for (const double count : sessions.numbers("num_ranks")) ranks = std::max(ranks, count);
  if (tasks.empty()) return;
  const bool once = sessions.size() <= 1;
  cards.push_back({once ? "Time" : "Training time", format_duration(once ? span : busy),
                   fmt::format("{} of training on {}{}", format_duration(busy),
                               counted(static_cast<std::uint64_t>(std::max(ranks, 1.0)), "rank"),
                               once ? "" : fmt::format(" in {}", counted(sessions.size(), "session")))});
}

}  // namespace

std::vector<ReportCard> header_cards(const ReportRun& run) {
  std::vector<ReportCard> cards;
  if (run.metric.empty())
    add_loss_card(run, cards);
  else
    cards.push_back(value_card(run));
  add_honest_card(run, cards);
  add_ensemble_cards(run, cards);
  add_work_cards(run, cards);
  const ReportColumns data(run.results, "/data");
  if (const double rows = data.attribute("num_train"); rows > 0)
    cards.push_back({"Data", fmt::format("{:.0f} rows", rows),
                     fmt::format("{:.0f} test rows, {}, {}", data.attribute("num_test"),
                                 counted(ReportColumns(run.results, "/data/features").size(), "feature"),
                                 run.outcome == Outcome::classes ? fmt::format("{} classes", run.outputs.size())
                                                                 : counted(run.outputs.size(), "target"))});
  return cards;
}

ReportPart summary_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "scores",
                  .title = "Scores",
                  .lead =
                      "Every way to join the members, and the members by themselves. Intervals are 95 % bootstrap "
                      "intervals over rows."};
  const auto names = run.overall.names_after("");
  ReportTable table{.header = {"source", "repeat", "predictor"}};
  std::vector<std::vector<double>> low, high, scores;
  for (const std::string& name : names) {
    if (name == "source" || name == "repeat" || name == "predictor" || name.starts_with("ci_") ||
        name.ends_with(".ci_low") || name.ends_with(".ci_high"))
      continue;
    if (scores.size() == limits.choices) break;
    table.header.push_back(name);
    scores.push_back(run.overall.numbers(name));
    low.push_back(run.overall.numbers(name + ".ci_low"));
    high.push_back(run.overall.numbers(name + ".ci_high"));
  }
  const auto source = run.overall.texts("source"), repeat = run.overall.texts("repeat"),
             predictor = run.overall.texts("predictor");
  const bool repeated = std::ranges::any_of(run.overall.numbers("repeat"), [](double r) { return r > 0; });
  for (std::size_t i = 0; i < run.overall.size() && table.rows.size() < 4 * limits.table_rows; ++i) {
    if (std::ranges::none_of(scores, [&](const auto& column) { return std::isfinite(column[i]); })) continue;
    table.rows.push_back({source_name(source[i]), repeated ? repeat[i] : "", predictor[i]});
    for (std::size_t k = 0; k < scores.size(); ++k) {
      const bool interval = std::isfinite(low[k][i]);
      table.rows.back().push_back(brief(scores[k][i]) +
                                  (interval ? fmt::format(" [{}, {}]", brief(low[k][i]), brief(high[k][i])) : ""));
    }
  }
  if (!table.rows.empty()) part.blocks.emplace_back(std::move(table));
  return part;
}

}  // namespace jury
