#include "search/study/function_subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/hash.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "search/study/json.hpp"
#include "search/study/objective_experiment.hpp"
#include "search/study/requirement.hpp"
#include "search/study/search_summary.hpp"

namespace jury {
namespace {

std::string settings_text(const Config::Table& values) {
  std::string text;
  for (const auto& [path, value] : values)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", path.substr(kObjectivePoint.size() + 1), to_text(value));
  return text;
}

class FunctionReport final : public RunReport {
 public:
  FunctionReport(const Experiment& experiment, const FunctionSource& source)
      : experiment_(experiment),
        failures_(source.failures()),
        progress_(source.progress()),
        results_(source.results()) {
    const auto best = std::ranges::find(results_.trials, TrialId{TaskKey::kNone, results_.chosen}, &TrialLine::id);
    if (best == results_.trials.end()) return;
    best_ = &*best;
    value_ = best->score.objectives.front();
    ObjectiveOptions exact = *experiment.objective;
    exact.noise = 0;
    exact_ = evaluate_objective(exact, objective_point(exact, best->values), 1, experiment.experiment.seed);
  }

  void write_results(const std::string& path, RunFacts facts) const override;
  std::string trials_csv() const override { return jury::trials_csv({}, &results_); }
  std::string json(RunSummary summary) const override;
  std::string text(RunSummary summary) const override;
  bool meets(std::string_view requirement) const override { return parse_requirement(requirement).holds(value_); }
  RunOutcome outcome() const override {
    return {.num_planned = progress_.fits_done,
            .num_complete = progress_.fits_done - progress_.fits_failed,
            .too_many_failed = best_ == nullptr || 2 * progress_.fits_failed > progress_.fits_done,
            .failures = failures_};
  }

 private:
  const ObjectiveFunction& function() const { return objective_function(experiment_.objective->function); }
  double regret() const { return exact_ - function().optimum; }

  const Experiment& experiment_;
  const std::vector<std::string>& failures_;
  WorkProgress progress_;
  SearchResults results_;
  const TrialLine* best_ = nullptr;
  double value_ = kNaN;
  double exact_ = kNaN;  // the same without noise
};

void FunctionReport::write_results(const std::string& path, RunFacts facts) const {
  write_hdf5_aside(path, [&](Hdf5Writer& file) {
    write_head(file, {.identity = facts.identity, .seed = experiment_.experiment.seed, .complete = results_.complete});
    file.group("config").text("resolved_json", to_json(recorded_config(experiment_), 2));
    write_trials_of_search(file, results_);
    const Hdf5Group selection = file.group("selection");
    selection.attribute("exact_value", exact_);
    selection.attribute("optimum", function().optimum);
    selection.attribute("regret", regret());
    write_timing(file, facts);
    write_provenance(file, facts.provenance);
  });
}

std::string FunctionReport::json(RunSummary run) const {
  nlohmann::ordered_json json;
  json["name"] = run.name;
  json["identity"] = hex(run.identity);
  json["directory"] = run.directory;
  json["complete"] = results_.complete;
  json["evaluations"] = {{"complete", progress_.fits_done - progress_.fits_failed}, {"failed", progress_.fits_failed}};
  json["function"] = function().name;
  json["value"] = json_number(value_);
  json["exact_value"] = json_number(exact_);
  json["optimum"] = function().optimum;
  json["regret"] = json_number(regret());
  json["search"] = search_json(results_);
  json["seconds"] = run.seconds;
  json["ranks"] = run.num_ranks;
  json["utilisation"] = run.utilisation;
  return json.dump(2) + "\n";
}

std::string FunctionReport::text(RunSummary run) const {
  std::string text = fmt::format("\n{}: {}", results_.method, counted(results_.trials.size(), "trial"));
  for (const char* state : {"pruned", "failed", "running"})
    if (const auto count = std::ranges::count(results_.trials, state, &TrialLine::state); count > 0)
      text += fmt::format(", {} {}", count, state);
  text += "\n";
  if (best_ != nullptr) {
    text += fmt::format("{}: {:.6g} at trial {}: {}\n", function().name, value_, best_->id.trial,
                        settings_text(best_->values));
    text += fmt::format("{:.6g} above the smallest value{}\n", regret(),
                        experiment_.objective->noise > 0 ? " (without noise)" : "");
  }
  text += fmt::format("\n{} of {} complete", progress_.fits_done - progress_.fits_failed,
                      counted(progress_.fits_done, "evaluation"));
  text += fmt::format(" in {} on {} ({:.0f} % busy)\n", format_duration(run.seconds),
                      counted(static_cast<std::uint64_t>(run.num_ranks), "rank"), 100 * run.utilisation);
  return text +
         files_text(run, results_.complete ? "jury show " + run.directory + " trials" : "jury resume " + run.directory);
}

}  // namespace

std::unique_ptr<RunReport> FunctionSubject::report() { return std::make_unique<FunctionReport>(experiment_, source_); }

}  // namespace jury
