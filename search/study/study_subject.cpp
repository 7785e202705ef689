#include "search/study/study_subject.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "runtime/base/text.hpp"
#include "search/study/fold_overlaps.hpp"
#include "search/study/search_source.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_source.hpp"

namespace jury {
namespace {

// What makes scores too good though no row is on both sides of a fold.
std::vector<std::string> overlap_warnings(const StudyPlan& plan) {
  const FoldOverlaps overlaps = count_overlaps(plan);
  std::vector<std::string> warnings;
  if (const std::size_t rows = overlaps.duplicate_rows; rows > 0)
    warnings.push_back(fmt::format(
        "{} equal in all features to a row of another fold, which is trained on while they are tested (scores are too "
        "good by that; remove duplicates)",
        rows == 1 ? "1 row is" : fmt::format("{} rows are", rows)));
  if (const std::size_t groups = overlaps.split_groups; groups > 0)
    warnings.push_back(fmt::format(
        "{} of data.group {} in both parts of a fold (scores are too good by that; use cv.method = \"group_kfold\")",
        counted(groups, "group"), groups == 1 ? "is" : "are"));
  return warnings;
}

// The work of a study, or of a search.
std::unique_ptr<StudyWork> make_work(const StudyPlan& plan, const std::string& directory, const BlobStore& blobs,
                                     const Checkpoints& checkpoints, const std::vector<double>& flops_per_draw) {
  if (!plan.experiment().search) return std::make_unique<StudySource>(plan, blobs, checkpoints, flops_per_draw);
  return std::make_unique<SearchSource>(trial_context(plan, directory), plan, blobs);
}

class StudyReport final : public RunReport {
 public:
  explicit StudyReport(const WorkState& state)
      : state_(state), results_(compute_results(*state.plan, *state.fits, state.fits_left)) {}

  void write_results(const std::string& path, RunFacts facts) const override {
    facts.search = state_.search;
    jury::write_results(path, *state_.plan, *state_.fits, results_, facts);
  }
  std::string trials_csv() const override { return jury::trials_csv(results_, state_.search); }
  std::string json(RunSummary summary) const override {
    summary.search = state_.search;
    return summary_json(summary, results_);
  }
  std::string text(RunSummary summary) const override {
    summary.search = state_.search;
    return summary_text(summary, *state_.plan, results_);
  }
  bool meets(std::string_view requirement) const override { return jury::meets(requirement, results_); }
  RunOutcome outcome() const override;

 private:
  WorkState state_;
  StudyResults results_;
};

RunOutcome StudyReport::outcome() const {
  RunOutcome outcome{.num_planned = results_.num_planned,
                     .num_complete = results_.num_complete,
                     .too_many_failed = too_many_failed(*state_.plan, *state_.fits)};
  for (const auto& [key, fit] : *state_.fits)
    if (fit.state != TaskState::complete)
      outcome.failures.push_back(fmt::format("{}: {} ({})", to_string(key), to_string(fit.state), fit.message));
  return outcome;
}

}  // namespace

bool too_many_failed(const StudyPlan& plan, const Fits& fits) {
  std::size_t incomplete = 0;
  std::set<TaskKey> juries, alive;
  for (const TaskKey& key : plan.tasks()) {
    TaskKey jury = key;
    jury.member = 0;
    juries.insert(jury);
    const auto fit = fits.find(key);
    const bool complete = fit != fits.end() && fit->second.state == TaskState::complete;
    const bool withdrawn = fit == fits.end() && is_auto(plan.configuration(key).ensemble);
    incomplete += complete || withdrawn ? 0U : 1U;
    if (complete) alive.insert(jury);
  }
  return alive.size() < juries.size() || 2 * incomplete > plan.num_fits();
}

StudySubject::StudySubject(const StudyPlan& plan, const std::string& directory,
                           const std::vector<double>& flops_per_draw)
    : plan_(plan),
      blobs_(directory + "/blobs"),
      checkpoints_(directory + "/checkpoints", plan.identity()),
      work_(make_work(plan, directory, blobs_, checkpoints_, flops_per_draw)) {}

std::vector<std::string> StudySubject::warnings() const {
  std::vector<std::string> warnings = plan_.dataset().schema().warnings;
  for (std::string& warning : warnings_of(plan_)) warnings.push_back(std::move(warning));
  for (std::string& warning : overlap_warnings(plan_)) warnings.push_back(std::move(warning));
  return warnings;
}

std::unique_ptr<RunReport> StudySubject::report() { return std::make_unique<StudyReport>(work_->state()); }

}  // namespace jury
