#include "search/study/study_conformal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "models/data/fitted.hpp"
#include "models/ensemble/jackknife_plus.hpp"
#include "search/study/study_calibration.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

struct NamedScore {
  std::string_view name;
  ConformalScore score;
};
constexpr NamedScore kScores[] = {{"absolute", ConformalScore::absolute},
                                  {"normalised", ConformalScore::normalised},
                                  {"lac", ConformalScore::lac},
                                  {"aps", ConformalScore::aps}};

double alpha_of(const StudyPlan& plan) noexcept { return 1 - plan.experiment().final.coverage; }

bool is_calibrated(const StudyPlan& plan) noexcept { return plan.experiment().final.calibrate != "none"; }

struct Judged {
  const MemberPredictions* members = nullptr;
  const JuryScores* jury = nullptr;
};

std::vector<Judged> of_source(std::span<const MemberPredictions> predictions, std::span<const JuryScores> juries,
                              std::string_view source) {
  std::vector<Judged> found;
  for (std::size_t i = 0; i < juries.size(); ++i)
    if (juries[i].source == source) found.push_back({&predictions[i], &juries[i]});
  return found;
}

// What the threshold is found by, with the rows it saw. Nothing while none of them is predicted.
std::optional<Fitted<SplitConformal>> fit_split(const StudyPlan& plan, std::span<const Judged> judged,
                                                ConformalScore score) {
  std::vector<double> mean;
  std::vector<std::uint32_t> saw;
  for (const Judged& one : judged) {
    const std::vector<float>& predictions = is_calibrated(plan) ? one.jury->calibrated : one.jury->reported;
    const TruthOf truth(plan, one.members->rows);
    const SplitConformal split(truth.truth(), predictions, {.score = score, .alpha = alpha_of(plan)});
    mean.resize(split.thresholds().size());
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += split.thresholds()[k] / static_cast<double>(judged.size());
    for (std::size_t row = 0; row < one.members->rows.size(); ++row)
      if (is_predicted(row_of(predictions, row, prediction_width(plan)))) saw.push_back(one.members->rows[row]);
  }
  if (saw.empty()) return std::nullopt;
  return Fitted(SplitConformal(score, combination_shape(plan, 0), std::move(mean)),
                RowSet(plan.dataset().domain(), saw));
}

void split(const StudyPlan& plan, std::span<const Judged> unseen, std::span<const Judged> test, StudyConformal& out) {
  const auto fitted = fit_split(plan, unseen, out.choice.score);
  if (!fitted) return;
  out.thresholds.assign((*fitted)->thresholds().begin(), (*fitted)->thresholds().end());
  if (test.empty()) return;
  const std::vector<std::uint32_t>& rows = test.front().members->rows;
  require_unseen(fitted->saw(), plan.dataset().domain(), rows, "conformal prediction");
  const JuryScores& jury = *test.front().jury;
  const std::vector<float>& predictions = is_calibrated(plan) ? jury.calibrated : jury.reported;
  if (outcome_of(plan.dataset()) == Outcome::classes) {
    out.sets = (*fitted)->sets(predictions);
  } else {
    out.intervals = (*fitted)->intervals(predictions);
  }
}

void jackknife(const StudyPlan& plan, std::span<const Judged> oob, std::span<const Judged> test, StudyConformal& out) {
  if (oob.empty()) return;
  const TruthOf truth(plan, oob.front().members->rows);
  const JackknifePlus fitted(truth.truth(), oob.front().jury->mean);
  out.residuals.assign(fitted.residuals().begin(), fitted.residuals().end());
  if (test.empty()) return;
  const MemberPredictions& members = *test.front().members;
  require_unseen(RowSet(plan.dataset().domain(), oob.front().members->rows), plan.dataset().domain(), members.rows,
                 "conformal prediction");
  BagTable table(plan.dataset().num_train(), combination_shape(plan, members.rows.size()));
  for (std::size_t m = 0; m < members.num_members; ++m) {
    std::vector<std::uint32_t> counts(plan.dataset().num_train());
    for (const std::uint32_t row : plan.rows({.member = static_cast<std::int32_t>(m)}).draws) ++counts[row];
    table.add(counts, members.member(m));
  }
  out.intervals = fitted.intervals(table, alpha_of(plan));
}

void check_jackknife(const StudyPlan& plan, const ConformalChoice& choice) {
  const auto refuse = [](const std::string& why) {
    throw ConfigError("final.conformal = \"jackknife_plus\" " + why + ", or set final.conformal = \"split\"");
  };
  if (outcome_of(plan.dataset()) == Outcome::classes)
    refuse("makes intervals of values (the targets are classes) choose a regression");
  if (choice.score != ConformalScore::absolute)
    refuse(fmt::format("knows absolute errors alone (final.conformal_score = \"{}\") leave the score out",
                       name(choice.score)));
  if (!plan.is_bagged())
    refuse("needs members with rows out of their bags (bagging, pasting, patches) choose one of them");
}

void check_split(const StudyPlan& plan, const ConformalChoice& choice) {
  const TruthOf none(plan, {});
  try {
    const SplitConformal suits(none.truth(), {}, {.score = choice.score, .alpha = alpha_of(plan)});
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("final.conformal_score: {}", error.what()));
  }
  if (unseen_source(plan).empty())
    throw ConfigError(
        fmt::format("final.conformal = \"{}\" has nothing to be calibrated by (no training row is predicted by members "
                    "that have not seen it) give [cv], or bags (ensemble.method = \"bagging\")",
                    plan.experiment().final.conformal));
}

}  // namespace

std::string_view name(ConformalScore score) noexcept {
  return std::ranges::find(kScores, score, &NamedScore::score)->name;
}

std::optional<ConformalScore> find_conformal_score(std::string_view name) noexcept {
  const auto found = std::ranges::find(kScores, name, &NamedScore::name);
  return found == std::end(kScores) ? std::nullopt : std::optional(found->score);
}

std::string coverage_text(const ConformalChoice& choice, double asked, const Coverage& met, std::string_view of_what) {
  if (met.count == 0) return "";
  const bool is_set = choice.score == ConformalScore::lac || choice.score == ConformalScore::aps;
  return fmt::format("{} asked to hold {:.4g} % ({}) hold {:.4g} % of {}, mean {} {:.4f}\n",
                     is_set ? "sets" : "intervals", 100 * asked, choice.method, 100 * met.coverage, of_what,
                     is_set ? "size" : "width", met.mean_size);
}

ConformalChoice conformal_choice(const StudyPlan& plan, const Scoring& scoring) {
  const FinalOptions& options = plan.experiment().final;
  const bool classes = outcome_of(plan.dataset()) == Outcome::classes;
  ConformalChoice choice{.method = options.conformal};
  const bool has_score = options.conformal_score != "auto";
  if (choice.method == "auto") {
    const bool jackknife = !classes && plan.is_bagged() && plan.has_final() && scoring.combines.front() == "mean" &&
                           (!has_score || options.conformal_score == "absolute");
    choice.method = jackknife ? "jackknife_plus" : "split";
  }
  if (has_score) {
    choice.score = std::ranges::find(kScores, options.conformal_score, &NamedScore::name)->score;
  } else if (choice.method != "jackknife_plus") {
    const bool variances = prediction_width(plan) > num_outputs(plan.dataset());
    choice.score = classes ? ConformalScore::lac : variances ? ConformalScore::normalised : ConformalScore::absolute;
  }
  return choice;
}

void check_conformal(const StudyPlan& plan, const Scoring& scoring) {
  const ConformalChoice choice = conformal_choice(plan, scoring);
  if (choice.method == "none") return;
  if (!plan.has_final())
    throw ConfigError(
        fmt::format("final.conformal = \"{}\" needs the final ensemble, whose predictions it is about (set "
                    "final.refit = true)",
                    plan.experiment().final.conformal));
  if (choice.method == "split") return check_split(plan, choice);
  check_jackknife(plan, choice);
}

StudyConformal conform_study(const StudyPlan& plan, std::span<const MemberPredictions> predictions,
                             std::span<const JuryScores> juries, const Scoring& scoring) {
  StudyConformal out{.choice = conformal_choice(plan, scoring)};
  if (out.choice.method == "none") return out;
  const bool is_split = out.choice.method == "split";
  out.predictor = !is_split ? "mean" : is_calibrated(plan) ? std::string(kCalibrated) : scoring.combines.front();
  out.source = is_split ? unseen_source(plan) : "oob";
  out.coverage_asked = plan.experiment().final.coverage;
  out.guarantee = is_split ? out.coverage_asked : std::max(0.0, 1 - 2 * alpha_of(plan));
  const auto unseen = of_source(predictions, juries, out.source), test = of_source(predictions, juries, "test");
  if (is_split)
    split(plan, unseen, test, out);
  else
    jackknife(plan, unseen, test, out);
  if (test.empty()) return out;
  const TruthOf truth(plan, test.front().members->rows);
  if (!out.sets.empty()) out.coverage = coverage_of_sets(truth.truth(), out.sets);
  if (!out.intervals.empty()) out.coverage = coverage_of_intervals(truth.truth(), out.intervals);
  return out;
}

}  // namespace jury
