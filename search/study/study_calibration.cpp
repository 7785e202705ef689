#include "search/study/study_calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "models/ensemble/calibration_rows.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

constexpr std::size_t kGroups = 10;

// Equal numbers for rows of one group of data.group; without groups each row has its own.
std::vector<std::uint32_t> units_of(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> units(rows.size());
  std::map<std::int32_t, std::uint32_t> number_of;
  for (std::size_t i = 0; i < rows.size(); ++i)
    units[i] = dataset.group().empty()
                   ? static_cast<std::uint32_t>(i)
                   : number_of.try_emplace(dataset.group()[rows[i]], static_cast<std::uint32_t>(number_of.size()))
                         .first->second;
  return units;
}

// What is left out together when predictions of training rows are calibrated: groups of the data stay whole.
std::vector<std::int32_t> groups_of(const StudyPlan& plan, const MemberPredictions& members) {
  std::vector<std::int32_t> groups(members.rows.size());
  if (members.source == "oof" && plan.num_folds() > 1) {
    for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold)
      for (const std::uint32_t row : plan.valid_rows(members.repeat, fold)) groups[row - members.rows.front()] = fold;
    return groups;
  }
  Rng rng(plan.stream(Purpose::calibration, {.repeat = members.repeat}));
  const std::vector<std::uint32_t> units = units_of(plan.dataset(), members.rows);
  const std::size_t num_units = units.empty() ? 0 : std::ranges::max(units) + std::size_t{1};
  const std::vector<std::uint32_t> order = permutation(num_units, rng);
  std::vector<std::int32_t> of_unit(num_units);
  for (std::size_t i = 0; i < order.size(); ++i) of_unit[order[i]] = static_cast<std::int32_t>(i % kGroups);
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = of_unit[units[i]];
  return groups;
}

// Each group is calibrated by the others, so there must be two of them.
bool can_be_cross_fitted(const Truth& truth, Predictions predictions, std::span<const std::int32_t> groups) {
  std::set<std::int32_t> counted;
  for_each_counted_row(truth, predictions, [&](std::size_t row, Predictions, double) { counted.insert(groups[row]); });
  return counted.size() > 1;
}

// The calibrator of rows that are no training rows, from all repeats of what is predicted of those.
void fit_to_unseen(const StudyPlan& plan, std::span<const MemberPredictions> predictions,
                   std::span<const JuryScores> juries, StudyCalibration& out) {
  std::vector<std::uint32_t> rows;
  std::vector<float> reported;
  for (std::size_t i = 0; i < juries.size(); ++i) {
    if (juries[i].source != out.source) continue;
    rows.insert(rows.end(), predictions[i].rows.begin(), predictions[i].rows.end());
    reported.insert(reported.end(), juries[i].reported.begin(), juries[i].reported.end());
  }
  const TruthOf truth(plan, rows);
  std::vector<std::uint32_t> counted;
  for_each_counted_row(truth.truth(), reported,
                       [&](std::size_t row, Predictions, double) { counted.push_back(rows[row]); });
  out.num_rows = counted.size();
  if (counted.empty()) return;
  out.calibrator.emplace(fit_calibrator(plan.experiment().final.calibrate, truth.truth(), reported),
                         RowSet(plan.dataset().domain(), counted));
}

std::vector<float> calibrated(const StudyPlan& plan, const MemberPredictions& members, const JuryScores& jury,
                              const StudyCalibration& study) {
  const std::vector<float> nothing(jury.reported.size(), std::numeric_limits<float>::quiet_NaN());
  if (jury.source == "test")
    return study.calibrator ? calibrate_unseen(*study.calibrator, plan.dataset(), members.rows, jury.reported)
                            : nothing;
  const TruthOf truth(plan, members.rows);
  const std::vector<std::int32_t> groups = groups_of(plan, members);
  if (!can_be_cross_fitted(truth.truth(), jury.reported, groups)) return nothing;
  return cross_fitted(plan.experiment().final.calibrate, truth.truth(), jury.reported, groups);
}

}  // namespace

std::string_view unseen_source(const StudyPlan& plan) noexcept {
  if (plan.has_cv()) return "oof";
  return plan.has_final() && plan.is_bagged() ? "oob" : "";
}

void check_calibration(const StudyPlan& plan) {
  const std::string& method = plan.experiment().final.calibrate;
  if (method == "none") return;
  const TruthOf none(plan, {});
  check_calibration(method, none.truth());
  if (unseen_source(plan).empty())
    throw ConfigError(
        fmt::format("final.calibrate = \"{}\" has nothing to be fitted to (no training row is predicted by members "
                    "that have not seen it) give [cv], or a final ensemble of bags (ensemble.method = \"bagging\", "
                    "final.refit = true)",
                    method));
}

std::vector<float> calibrate_unseen(const Fitted<Calibrator>& calibrator, const Dataset& dataset,
                                    std::span<const std::uint32_t> rows, Predictions predictions) {
  JURY_EXPECTS(predictions.size() == rows.size() * calibrator->width());
  require_unseen(calibrator.saw(), dataset.domain(), rows, "calibration");
  return calibrator->apply(predictions);
}

StudyCalibration calibrate_study(const StudyPlan& plan, std::span<const MemberPredictions> predictions,
                                 std::span<JuryScores> juries, const Scoring& scoring) {
  JURY_EXPECTS(predictions.size() == juries.size());
  StudyCalibration out;
  if (plan.experiment().final.calibrate == "none") return out;
  out.source = unseen_source(plan);
  fit_to_unseen(plan, predictions, juries, out);
  for (std::size_t i = 0; i < juries.size(); ++i) {
    JuryScores& jury = juries[i];
    jury.calibrated = calibrated(plan, predictions[i], jury, out);
    jury.calibrated_intervals =
        intervals_of(plan, predictions[i], jury.calibrated, scoring, interval_stream(plan, predictions[i]));
    const TruthOf truth(plan, predictions[i].rows);
    const auto after_combines = jury.overall.begin() + static_cast<std::ptrdiff_t>(scoring.combines.size());
    jury.overall.insert(after_combines, {std::string(kCalibrated), score_all(truth.truth(), jury.calibrated, scoring)});
    if (outcome_of(plan.dataset()) != Outcome::classes) continue;
    out.reliability.push_back(
        {jury.source, jury.repeat, scoring.combines.front(), reliability(truth.truth(), jury.reported)});
    out.reliability.push_back(
        {jury.source, jury.repeat, std::string(kCalibrated), reliability(truth.truth(), jury.calibrated)});
  }
  return out;
}

}  // namespace jury
