#include "tools/export/export_optuna.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "models/metrics/scores.hpp"
#include "tools/export/optuna_space.hpp"
#include "tools/export/trial_times.hpp"

namespace jury {
namespace {

using Json = nlohmann::ordered_json;

// Numbers of Optuna's enumerations.
enum Operation : std::int8_t { kCreateStudy = 0, kSetStudyUserAttribute = 2, kCreateTrial = 4 };
enum State : std::int8_t { kComplete = 1, kPruned = 2, kFailed = 3 };
constexpr int kMinimize = 1, kMaximize = 2;

// "2026-11-22T01:29:52.000123+00:00"
std::string time_text(double seconds) {
  const auto whole = static_cast<std::time_t>(std::floor(seconds));
  const auto micros = static_cast<int>((seconds - std::floor(seconds)) * 1e6);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}+00:00", fmt::gmtime(whole), micros);
}

int direction_of(std::string_view score) {
  const auto found = std::ranges::find(metrics(), score, &Metric::name);
  return found != metrics().end() && found->direction == Direction::maximize ? kMaximize : kMinimize;
}

class Journal {
 public:
  explicit Journal(const RunResults& results)
      : results_(results),
        trials_(results, "/trials"),
        selection_(results, "/selection"),
        parameters_(optuna_parameters(results, trials_)),
        times_(trial_times(results)),
        objectives_(trials_.names_after("value.")),
        number_(indices(trials_, "trial")),
        outer_(indices(trials_, "outer")),
        state_(trials_.texts("state")),
        error_(trials_.texts("error")),
        resource_(trials_.numbers("resource")) {
    values_.push_back(trials_.numbers("value"));
    for (const std::string& metric : trials_.names_after("metric."))
      scores_.emplace_back("metric." + metric, trials_.numbers("metric." + metric));
    scores_.emplace_back("value_se", trials_.numbers("value_se"));
    for (const std::string& objective : objectives_) values_.push_back(trials_.numbers("value." + objective));
  }

  std::string text() {
    std::vector<std::int64_t> searches = outer_;
    searches.push_back(-1);
    std::ranges::sort(searches);
    searches.erase(std::unique(searches.begin(), searches.end()), searches.end());
    const std::string name =
        fmt::format("{}-{}", name_of_run(results_), results_.text(results_.root(), "config_hash").substr(0, 8));
    for (std::size_t study = 0; study < searches.size(); ++study) {
      const std::int64_t outer = searches[study];
      const std::string of = outer < 0 ? name : fmt::format("{}-outer{}", name, outer);
      add(kCreateStudy, {{"study_name", of}, {"directions", directions()}});
      add_trials(static_cast<std::int64_t>(study), outer);
    }
    if (results_.complete())
      for (std::size_t study = 0; study < searches.size(); ++study) about_study(static_cast<std::int64_t>(study));
    return std::move(text_);
  }

 private:
  void add(Operation operation, const Json& fields) {
    Json line{{"op_code", static_cast<int>(operation)}, {"worker_id", "jury"}};
    line.update(fields);
    text_ += line.dump() + "\n";
  }

  Json directions() const {
    const std::string said = selection_.text_attribute("direction");
    Json all = Json::array({said.empty()         ? direction_of(selection_.text_attribute("metric"))
                            : said == "maximize" ? kMaximize
                                                 : kMinimize});
    for (const std::string& objective : objectives_) all.push_back(direction_of(objective));
    return all;
  }

  // While a run goes on, the trials before the first that is not settled: so the journal only grows.
  void add_trials(std::int64_t study, std::int64_t outer) {
    for (std::size_t row = 0; row < trials_.size(); ++row) {
      if (outer_[row] != outer) continue;
      if (!results_.complete() && (state_[row] == "running" || state_[row] == "paused")) return;
      add_trial(study, row);
    }
  }

  void about_study(std::int64_t study) {
    Json names = Json::array({selection_.text_attribute("objective").empty() ? selection_.text_attribute("metric")
                                                                             : selection_.text_attribute("objective")});
    for (const std::string& objective : objectives_) names.push_back(objective);
    const auto say = [&](const char* name, const Json& value) {
      add(kSetStudyUserAttribute, {{"study_id", study}, {"user_attr", {{name, value}}}});
    };
    say("jury_identity", results_.text(results_.root(), "config_hash"));
    say("objectives", names);
    if (selection_.attribute("chosen_trial") >= 0)
      say("chosen_trial", std::llround(selection_.attribute("chosen_trial")));
    if (std::isfinite(selection_.attribute("honest_value"))) say("honest_value", selection_.attribute("honest_value"));
  }

  void add_trial(std::int64_t study, std::size_t row) {
    bool valued = true;
    for (const auto& values : values_) valued = valued && std::isfinite(values[row]);
    // Whatever ended early but did not fail counts as pruned: Optuna has no other word for it.
    const std::string& said = state_[row];
    const State state = said == "failed" || (said == "complete" && !valued) ? kFailed
                        : said == "complete"                                ? kComplete
                                                                            : kPruned;
    Json value = nullptr, several = nullptr;
    if (valued && state != kFailed && values_.size() == 1) value = values_[0][row];
    if (valued && state == kComplete && values_.size() > 1)
      for (const auto& values : values_) several.push_back(values[row]);
    const TrialTime time = time_of(times_, {outer_[row], number_[row]});
    Json distributions = Json::object(), params = Json::object(), seen = Json::object();
    for (const OptunaParameter& parameter : parameters_) {
      if (!parameter.values[row]) continue;
      distributions[parameter.name] = parameter.distribution;
      params[parameter.name] = *parameter.values[row];
    }
    if (resource_[row] > 0 && values_.size() == 1 && valued)
      seen[std::to_string(std::llround(resource_[row]))] = values_[0][row];
    add(kCreateTrial, {{"study_id", study},
                       {"datetime_start", time_text(time.begin)},
                       {"state", static_cast<int>(state)},
                       {"value", value},
                       {"values", several},
                       {"datetime_complete", time_text(time.end)},
                       {"distributions", distributions},
                       {"params", params},
                       {"user_attrs", attributes(row)},
                       {"system_attrs", Json::object()},
                       {"intermediate_values", seen}});
  }

  Json attributes(std::size_t row) const {
    Json all{{"jury_trial", number_[row]}};
    for (const auto& [name, column] : scores_)
      if (std::isfinite(column[row])) all[name] = column[row];
    if (!error_[row].empty()) all["error"] = error_[row];
    return all;
  }

  const RunResults& results_;
  ReportColumns trials_, selection_;
  std::vector<OptunaParameter> parameters_;
  std::map<TrialId, TrialTime> times_;
  std::vector<std::string> objectives_;  // beside the first
  std::vector<std::int64_t> number_, outer_;
  std::vector<std::string> state_, error_;
  std::vector<double> resource_;
  std::vector<std::vector<double>> values_;  // of each objective
  std::vector<std::pair<std::string, std::vector<double>>> scores_;
  std::string text_;
};

}  // namespace

std::string export_optuna(const RunResults& results) { return Journal(results).text(); }

}  // namespace jury
