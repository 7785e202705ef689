#include "search/study/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "runtime/base/hash.hpp"
#include "runtime/base/text.hpp"
#include "search/study/json.hpp"
#include "search/study/requirement.hpp"
#include "search/study/search_summary.hpp"

namespace jury {
namespace {

std::string_view source_text(std::string_view source) {
  if (source == "oof") return "out of fold";
  return source == "oob" ? "out of bag" : "on the test set";
}

std::string several(std::string_view member) { return fmt::format("{}{}", member, member.ends_with("s") ? "es" : "s"); }

// "5 rounds", or "2 to 5 rounds" where the ensembles that are scored ended at different sizes.
std::string size_text(const StudyPlan& plan, const StudyResults& results) {
  const MethodTraits& method = traits_of(plan.experiment().ensemble);
  std::map<TaskKey, std::int32_t> sizes;
  for (const auto& [key, scores] : results.fits) {
    const bool is_scored =
        (key.fold != TaskKey::kNone) == (results.headline->source == "oof") && key.replicate == TaskKey::kNone;
    TaskKey jury = key;
    jury.member = TaskKey::kNone;
    if (is_scored) ++sizes[jury];
  }
  std::int32_t least = plan.num_members(), most = plan.num_members();
  if (!method.is_stack && !sizes.empty()) {
    const auto [smallest, largest] =
        std::ranges::minmax_element(sizes, {}, [](const auto& size) { return size.second; });
    least = smallest->second;
    most = largest->second;
  }
  const bool at_the_end = is_auto(plan.experiment().ensemble) && most == plan.num_members();
  const std::string number = least == most ? std::to_string(most) : fmt::format("{} to {}", least, most);
  return fmt::format("{} {}{}", number, most == 1 ? std::string(method.member) : several(method.member),
                     at_the_end ? " (the most: the tolerance would take more)" : "");
}

std::string headline_text(const StudyPlan& plan, const StudyResults& results) {
  const Headline& line = *results.headline;
  const std::string_view estimator = line.estimator == "632plus" ? ".632+ of "
                                     : line.estimator.empty()    ? ""
                                                                 : ".632 of ";
  const std::string_view rows = line.estimator.empty() ? source_text(line.source) : "on rows trained on and left out";
  std::string text = fmt::format("{}{} {}: {}", estimator, line.metric, rows, short_number(line.value));
  if (!std::isnan(line.standard_error))
    text += fmt::format(" +- {} (standard error over folds)", short_number(line.standard_error));
  text += "\n";
  if (plan.num_members() == 1) return text;
  const MethodTraits& method = traits_of(plan.experiment().ensemble);
  const std::string by = line.combine == method.name ? "" : " by " + line.combine;
  const std::string each =
      method.name == "gradient_boosting" ? "sums of the first rounds" : "single " + several(method.member);
  return text + fmt::format("{} of {}{}; {}: best {}, median {}, mean {}\n", method.name, size_text(plan, results), by,
                            each, short_number(line.member_best), short_number(line.member_median),
                            short_number(line.member_mean));
}

std::string calibration_text(const StudyPlan& plan, const StudyResults& results) {
  std::string text;
  if (results.headline && results.headline->calibrated)
    text += fmt::format("calibrated ({}): {} {}: {}\n", plan.experiment().final.calibrate, results.headline->metric,
                        source_text(results.headline->source), short_number(*results.headline->calibrated));
  const StudyConformal& conformal = results.conformal;
  return text + coverage_text(conformal.choice, conformal.coverage_asked, conformal.coverage, "the test set");
}

std::string bias_variance_text(const StudyBiasVariance& study) {
  if (study.overall.empty()) return "";
  std::string text = fmt::format("\n{:<9} {:<9} {:<14} {:>10} {:>10} {:>10} {:>10}\n", "predictor", "estimator",
                                 "definition", "mean loss", "bias", "variance", "noise");
  for (const auto& line : study.overall)
    for (const Decomposition& one : line.parts)
      text += fmt::format("{:<9} {:<9} {:<14} {:>10} {:>10} {:>10} {:>10}\n", line.predictor, line.estimator,
                          one.definition, short_number(one.overall.mean_loss), short_number(one.overall.bias),
                          short_number(one.overall.variance), short_number(one.overall.noise));
  return text;
}

// Shares of the variance of predictions; scores and intervals are in results.h5.
std::string sources_text(const StudyPlan& plan, const StudyResults& results) {
  if (results.variance_sources.empty()) return "";
  std::string text = fmt::format("\n{:<9} {:<20} {:>10} {:>11}\n", "predictor", "source", "share", "total share");
  const std::vector<std::string>& names = plan.experiment().bias_variance->sources;
  for (const StudyVarianceSources& line : results.variance_sources) {
    if (line.quantity != "prediction") continue;
    for (std::size_t s = 0; s < names.size(); ++s)
      text += fmt::format("{:<9} {:<20} {:>10} {:>11}\n", line.predictor, names[s],
                          short_number(line.found.shares[s].first_order), short_number(line.found.shares[s].total));
  }
  return text;
}

}  // namespace

std::string short_number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4f}", value); }

std::string scores_text(const Scoring& scoring, const std::vector<JuryScores>& juries) {
  std::string text = fmt::format("\n{:<6} {:<14}", "rows", "predictor");
  for (const Metric* metric : scoring.metrics) text += fmt::format(" {:>18}", metric->name);
  text += "\n";
  for (const JuryScores& jury : juries) {
    if (jury.repeat > 0) continue;  // the table shows the first repeat; all are in results.h5
    for (const ScoreLine& line : jury.overall) {
      text += fmt::format("{:<6} {:<14}", jury.source, line.predictor);
      for (const double score : line.scores) text += fmt::format(" {:>18}", short_number(score));
      text += "\n";
    }
  }
  return text;
}

std::string summary_text(const RunSummary& run, const StudyPlan& plan, const StudyResults& results) {
  std::string text = "\n" + search_text(run.search);
  if (results.headline)
    text +=
        headline_text(plan, results) + calibration_text(plan, results) + scores_text(results.scoring, results.juries);
  text += bias_variance_text(results.bias_variance) + sources_text(plan, results);
  if (results.largest_residual() > kLargestResidual)
    text +=
        fmt::format("warning: an identity is off by {:.1e} (a bug: please report it)\n", results.largest_residual());
  const std::string_view of = run.search == nullptr    ? ""
                              : is_joined(*run.search) ? " of the selected trials"
                                                       : " of the chosen trial";
  text += fmt::format("\n{} of {} fits{} complete", results.num_complete, results.num_planned, of);
  if (results.num_diverged > 0) text += fmt::format(", {} diverged", results.num_diverged);
  if (results.num_failed > 0) text += fmt::format(", {} failed", results.num_failed);
  text += fmt::format(
      " in {} on {} ({:.0f} % busy{})\n", format_duration(run.seconds),
      counted(static_cast<std::uint64_t>(run.num_ranks), "rank"), 100 * run.utilisation,
      run.peak_bytes > 0 ? fmt::format(", at most {} a rank", format_bytes(static_cast<double>(run.peak_bytes))) : "");
  return text + files_text(run, !results.complete()     ? "jury resume " + run.directory
                                : run.search != nullptr ? "jury show " + run.directory + " trials"
                                                        : "jury show " + run.directory + " members");
}

std::string files_text(const RunSummary& run, const std::string& next) {
  return fmt::format("results: {0}/results.h5\n{1}next:    {2}\n", run.directory,
                     run.has_page ? fmt::format("page:    {}/report.html\n", run.directory) : "", next);
}

std::string summary_json(const RunSummary& run, const StudyResults& results) {
  nlohmann::ordered_json json;
  json["name"] = run.name;
  json["identity"] = hex(run.identity);
  json["directory"] = run.directory;
  json["complete"] = results.complete();
  json["fits"] = {{"planned", results.num_planned},
                  {"complete", results.num_complete},
                  {"diverged", results.num_diverged},
                  {"failed", results.num_failed}};
  if (results.headline) {
    const Headline& line = *results.headline;
    json["metric"] = line.metric;
    json["source"] = line.source;
    if (!line.estimator.empty()) json["estimator"] = line.estimator;
    json["combine"] = line.combine;
    json["value"] = json_number(line.value);
    json["value_se"] = json_number(line.standard_error);
    json["member_best"] = json_number(line.member_best);
    json["member_median"] = json_number(line.member_median);
    json["member_mean"] = json_number(line.member_mean);
    for (std::size_t k = 0; k < results.headline_scores.size(); ++k)
      json["scores"][std::string(results.scoring.metrics[k]->name)] = json_number(results.headline_scores[k]);
    if (line.calibrated) json["calibrated"] = json_number(*line.calibrated);
  }
  if (run.search != nullptr) json["search"] = search_json(*run.search);
  if (results.conformal.coverage.count > 0)
    json["conformal"] = {{"method", results.conformal.choice.method},
                         {"coverage_asked", results.conformal.coverage_asked},
                         {"coverage", results.conformal.coverage.coverage},
                         {"mean_size", json_number(results.conformal.coverage.mean_size)}};
  json["largest_residual"] = json_number(results.largest_residual());
  json["seconds"] = run.seconds;
  json["ranks"] = run.num_ranks;
  json["utilisation"] = run.utilisation;
  json["peak_bytes"] = run.peak_bytes;
  return json.dump(2) + "\n";
}

void check_requirement(std::string_view requirement, const Scoring& scoring) {
  const std::string name = parse_requirement(requirement).metric;
  std::vector<std::string_view> known;
  for (const Metric* metric : scoring.metrics) {
    if (metric->name == name) return;
    known.push_back(metric->name);
  }
  const bool exists = std::ranges::any_of(metrics(), [&](const Metric& metric) {
    return metric.name == name && metric.outcome == scoring.metrics.front()->outcome;
  });
  throw ConfigError(fmt::format(
      "--require names '{}', which is not scored{}", name,
      exists ? fmt::format(" (add it to cv.metrics beside {})", fmt::join(known, ", ")) : suggestion(name, known)));
}

bool meets(std::string_view requirement, const StudyResults& results) {
  check_requirement(requirement, results.scoring);
  const Requirement wanted = parse_requirement(requirement);
  const std::vector<double>& judged =
      results.calibrated_scores.empty() ? results.headline_scores : results.calibrated_scores;
  for (std::size_t k = 0; k < judged.size(); ++k)
    if (results.scoring.metrics[k]->name == wanted.metric) return wanted.holds(judged[k]);
  return false;
}

}  // namespace jury
