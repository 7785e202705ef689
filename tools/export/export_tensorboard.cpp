#include "tools/export/export_tensorboard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "tools/export/event_file.hpp"
#include "tools/export/trial_times.hpp"

namespace jury {
namespace {

// Field numbers are those of tensorboard/plugins/hparams/{api,plugin_data}.proto and google/protobuf/struct.proto.
constexpr const char* kPlugin = "hparams";
constexpr int kText = 1, kNumber = 3;  // DataType

std::string file_in(const std::string& run) { return (run.empty() ? "" : run + "/") + "events.out.tfevents.0.jury"; }

std::string trial_name(std::int64_t outer, std::int64_t trial) {
  return (outer < 0 ? "" : fmt::format("outer-{}/", outer)) + fmt::format("trial-{}", std::max<std::int64_t>(trial, 0));
}

ProtoMessage plugin_data(int field, const ProtoMessage& content) {
  return ProtoMessage().number(1, 0).message(field, content);
}

class Board {
 public:
  explicit Board(const RunResults& results)
      : trials_(results, "/trials"), curves_(results, "/curves"), times_(trial_times(results)) {
    for (const std::string& name : trials_.names_after("param."))
      parameters_.push_back(
          {name, trials_.is_text("param." + name), trials_.numbers("param." + name), trials_.texts("param." + name)});
    scores_.emplace_back("value", trials_.numbers("value"));
    for (const char* prefix : {"value.", "metric."})
      for (const std::string& name : trials_.names_after(prefix))
        scores_.emplace_back(prefix + name, trials_.numbers(prefix + name));
  }

  std::map<std::string, std::string> files() {
    add_experiment();
    add_trials();
    add_curves();
    std::map<std::string, std::string> files;
    for (const auto& [run, file] : runs_) files[file_in(run)] = file.bytes();
    return files;
  }

 private:
  struct Parameter {
    std::string name;
    bool is_text;
    std::vector<double> numbers;
    std::vector<std::string> texts;
  };

  EventFile& file(const std::string& run, double seconds) { return runs_.try_emplace(run, seconds).first->second; }

  // Which parameters and scores there are.
  void add_experiment() {
    const double begin = time_of(times_, {-1, 0}).begin;
    ProtoMessage experiment;
    for (const Parameter& parameter : parameters_)
      experiment.message(4, ProtoMessage().text(1, parameter.name).number(4, parameter.is_text ? kText : kNumber));
    for (const auto& [name, values] : scores_)
      experiment.message(5, ProtoMessage().message(1, ProtoMessage().text(2, name)));
    experiment.real(3, begin);
    file("", begin).plugin(begin, "_hparams_/experiment", kPlugin, plugin_data(2, experiment));
  }

  void add_trials() {
    const auto outer = indices(trials_, "outer"), trial = indices(trials_, "trial"),
               resource = indices(trials_, "resource");
    const auto state = trials_.texts("state");
    for (std::size_t row = 0; row < trials_.size(); ++row) {
      const std::string name = trial_name(outer[row], trial[row]);
      const TrialTime time = time_of(times_, {outer[row], trial[row]});
      EventFile& run = file(name, time.begin);
      ProtoMessage start;
      for (const Parameter& parameter : parameters_) {
        if (parameter.texts[row].empty()) continue;  // not active
        ProtoMessage value;
        parameter.is_text ? value.text(3, parameter.texts[row]) : value.real(2, parameter.numbers[row]);
        start.message(1, ProtoMessage().text(1, parameter.name).message(2, value));
      }
      start.text(4, name).real(5, time.begin);
      run.plugin(time.begin, "_hparams_/session_start_info", kPlugin, plugin_data(3, start));
      for (const auto& [score, values] : scores_)
        if (std::isfinite(values[row]))
          run.scalar(time.end, std::max<std::int64_t>(resource[row], 0), score, values[row]);
      const std::int64_t status = state[row] == "failed" ? 2 : 1;  // a trial that was pruned did what it was to do
      run.plugin(time.end, "_hparams_/session_end_info", kPlugin,
                 plugin_data(4, ProtoMessage().number(1, status).real(2, time.end)));
    }
  }

  void add_curves() {
    static constexpr std::array kKeys = {"repeat", "fold", "replicate", "base", "inner", "member"};
    std::vector<std::vector<std::int64_t>> keys;
    for (const char* key : kKeys) keys.push_back(indices(curves_, key));
    const auto outer = indices(curves_, "outer"), trial = indices(curves_, "trial"), epoch = indices(curves_, "epoch");
    std::vector<std::pair<std::string, std::vector<double>>> columns;
    for (const std::string& name : curves_.names_after(""))
      if (!curves_.is_text(name) && (name == "lr" || name.find('.') != std::string::npos))
        columns.emplace_back(name, curves_.numbers(name));
    const std::int64_t last = epoch.empty() ? 1 : std::max<std::int64_t>(1, *std::ranges::max_element(epoch));
    for (std::size_t row = 0; row < curves_.size(); ++row) {
      std::string run = trial_name(outer[row], trial[row]);
      for (std::size_t k = 0; k < keys.size(); ++k)
        if (keys[k][row] >= 0) run += fmt::format("/{}-{}", kKeys[k], keys[k][row]);
      const TrialTime time = time_of(times_, {outer[row], trial[row]});
      EventFile& events = file(run, time.begin);
      const double seconds =
          time.begin + (time.end - time.begin) * static_cast<double>(epoch[row]) / static_cast<double>(last);
      for (const auto& [name, values] : columns)
        if (std::isfinite(values[row])) events.scalar(seconds, epoch[row], name, values[row]);
    }
  }

  ReportColumns trials_, curves_;
  std::map<TrialId, TrialTime> times_;
  std::vector<Parameter> parameters_;
  std::vector<std::pair<std::string, std::vector<double>>> scores_;
  std::map<std::string, EventFile> runs_;
};

}  // namespace

std::map<std::string, std::string> export_tensorboard(const RunResults& results) { return Board(results).files(); }

}  // namespace jury
