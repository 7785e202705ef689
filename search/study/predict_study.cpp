#include "search/study/predict_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "models/nn/predict.hpp"
#include "models/nn/session.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/node_shared.hpp"
#include "runtime/store/file.hpp"
#include "search/study/ensemble_voices.hpp"
#include "search/study/new_row_scores.hpp"

namespace jury {
namespace {

constexpr const char* kStandardOutput = "-";

// What is wrong with the output is known before any work.
void check_output(const PredictRequest& request) {
  const std::string& path = request.output;
  if (path == kStandardOutput) return;
  require_prediction_format(path);
  std::error_code none;
  if (std::filesystem::equivalent(path, request.data, none))
    throw ConfigError(fmt::format("'{}' is the file of the new rows (predictions go into another)", path));
  require_new_file(path, request.existing);
}

// Throws ConfigError unless the members can be joined in the way that is asked for; "": as the run does.
void check_rule(const StoredEnsemble& ensemble, const std::string& rule) {
  if (rule.empty() || is_stack_of(ensemble, rule)) return;
  const CombineRule* found = nullptr;
  try {
    found = &find_combine_rule(rule);
  } catch (const ConfigError& error) {
    throw ConfigError(std::string("--combine: ") + error.what());
  }
  const Outcome outcome = combination_shape(ensemble, 0).outcome;
  const bool is_boosted = ensemble.experiment.ensemble.method == "gradient_boosting";
  if (found->applies_to(outcome) && (is_boosted || found->memory != CombineMemory::last)) return;
  const char* what = found->memory == CombineMemory::last ? "the rounds of gradient boosting"
                     : outcome == Outcome::classes        ? "values"
                                                          : "classes";
  throw ConfigError(fmt::format("--combine = {} does not go with this run (it is for {}) leave it out", rule, what));
}

// Puts the rule that is asked for in front of the run's own.
void report_by(Scoring& scoring, const std::string& rule) {
  if (rule.empty()) return;
  std::erase(scoring.combines, rule);
  scoring.combines.insert(scoring.combines.begin(), rule);
}

// Rank 0 reads it. Collective.
StoredEnsemble share_ensemble(const PredictRequest& request, const Comm& world) {
  Bytes bytes;
  agree(world, [&] {
    if (world.rank() != 0) return;
    check_output(request);
    const StoredEnsemble ensemble = read_ensemble(request.run);
    check_rule(ensemble, request.combine);
    bytes = to_bytes(ensemble);
  });
  const std::uint64_t size = world.broadcast(std::uint64_t{bytes.size()}, 0);
  bytes.resize(size);
  world.broadcast(std::span(bytes), 0);
  StoredEnsemble ensemble;
  agree(world, [&] { ensemble = ensemble_from_bytes(bytes); });
  return ensemble;
}

// The run's instruction set where the processor has it, so that its bits come again; in any case the same on
// all ranks. Collective. Whether it is the run's.
bool take_isa(const Comm& world, const std::string& of_run) {
  try {
    cap_isa(of_run);
  } catch (const ConfigError&) {  // an older processor, or a name of another version
  }
  const auto sets = world.all_gather(isa());
  for (const std::string& set : sets)
    if (set != sets.front())
      throw ConfigError(
          fmt::format("the ranks have different instruction sets ({} and {}), so predictions would depend on who makes "
                      "them (run on nodes of one kind)",
                      sets.front(), set));
  return isa() == of_run;
}

DataOptions data_options(const PredictRequest& request, const DataOptions& of_run) {
  DataOptions options;
  options.train = request.data;
  options.format = request.format;
  options.header = request.header.empty() ? of_run.header : request.header;
  options.missing = request.missing.empty() ? of_run.missing : request.missing;
  options.weight = of_run.weight;
  return options;
}

// What the run asks for and these predictions lack.
std::vector<std::string> lacks_of(const StoredEnsemble& ensemble, const EnsemblePredictions& predictions,
                                  const std::string& reported) {
  const FinalOptions& asked = ensemble.experiment.final;
  const bool is_calibrated = asked.calibrate != "none", is_conformal = asked.conformal != "none";
  const bool made = !predictions.sets.empty() || !predictions.low.empty();
  std::string lost = is_calibrated && predictions.calibrated.empty() ? "calibration" : "";
  if (is_conformal && !made)
    lost += std::string(lost.empty() ? "" : " and ") +
            (predictions.shape.outcome == Outcome::classes ? "sets" : "intervals");
  if (lost.empty()) return {};
  if (predictions.combines.front() != reported)
    return {fmt::format("no {} (the run made them for {}) leave --combine out", lost, reported)};
  return {fmt::format(
      "no {} (the run stored nothing to make them by) 'jury resume DIR --results-only' may write it anew", lost)};
}

class Prediction {
 public:
  Prediction(const PredictRequest& request, const Comm& world)
      : request_(request), world_(world), ensemble_(share_ensemble(request, world)) {
    is_runs_isa_ = take_isa(world, ensemble_.isa);
    use_threads(ensemble_.experiment.resources.threads);
    NewRows rows;
    block_ = NodeShared::load(world, [&] {
      rows = load_new_rows(ensemble_.data, data_options(request_, ensemble_.experiment.data), kPredictBlock);
      return std::move(rows.block);
    });
    dataset_ = std::make_unique<Dataset>(Dataset::view(block_->bytes()));
    scored_ = std::move(rows.scored);
    is_scored_ = world.broadcast(std::uint64_t{scored_.size()}, 0) > 0;
    if (world.rank() == 0) say(rows.notes);
  }

  ExitCode run() {
    Scoring scoring;
    agree(world_, [&] { scoring = scoring_of(ensemble_.experiment, *dataset_); });
    const std::string reported = scoring.combines.front();
    report_by(scoring, request_.combine);
    std::vector<std::vector<float>> members;
    const bool keeps = request_.members == MemberOutput::each;
    std::optional<NewRowScores> scores;
    if (!scored_.empty()) scores.emplace(ensemble_, *dataset_, scored_, scoring);
    const double began = system_clock().seconds();
    const EnsemblePredictions predictions = predict_ensemble(
        ensemble_, *dataset_,
        {.combines = is_scored_ ? scoring.combines : std::vector<std::string>{scoring.combines.front()},
         .reported = reported,
         .calibrating = request_.calibrating,
         .members = keeps || is_scored_ ? MemberOutput::each : MemberOutput::combined_only,
         .on_member =
             [&](std::size_t, Predictions all) {
               if (scores) scores->add_member(all);
               if (keeps) members.emplace_back(all.begin(), all.end());
             }},
        world_);
    seconds_ = system_clock().seconds() - began;
    agree(world_, [&] {
      if (world_.rank() != 0) return;
      write({.ensemble = ensemble_,
             .predictions = predictions,
             .detail = request_.detail,
             .members = std::move(members)});
      if (request_.calibrating == Calibrating::as_run) say(lacks_of(ensemble_, predictions, reported));
      if (scores && request_.verbosity != Verbosity::quiet)
        std::fputs(scores->text(predictions).c_str(), request_.output == kStandardOutput ? stderr : stdout);
    });
    return ExitCode::done;
  }

 private:
  void say(const std::vector<std::string>& notes) const {
    if (request_.verbosity == Verbosity::quiet) return;
    for (const std::string& note : notes) fmt::print(stderr, "jury: {}\n", note);
  }

  void write(const PredictionOutput& output) const {
    const std::string& path = request_.output;
    if (path == kStandardOutput) {
      const std::string text = predictions_csv(output);
      std::fwrite(text.data(), 1, text.size(), stdout);
    } else {
      write_predictions_file(path, output);
    }
    const std::size_t lost = output.predictions.num_unpredicted;
    std::vector<std::string> notes;
    if (lost > 0)
      notes.push_back(counted(lost, "row") +
                      " not predicted (a cell is missing, and the run's preprocessing fills none there) add an impute "
                      "step to the experiment");
    if (!is_runs_isa_)
      notes.push_back(
          fmt::format("this processor has {}, the run was made with {}: last digits may differ from the run's", isa(),
                      ensemble_.isa));
    const std::size_t voices = EnsembleVoices::numbers_of(ensemble_).size();
    notes.push_back(fmt::format("{} predicted by {} ({}){}, {} ({:.3g} rows a second)",
                                counted(dataset_->num_test(), "row"),
                                counted(voices, ensemble_.stack ? "base" : "member"),
                                output.predictions.combines.front(), path == kStandardOutput ? "" : " in " + path,
                                format_duration(seconds_), static_cast<double>(dataset_->num_test()) / seconds_));
    say(notes);
  }

  const PredictRequest& request_;
  const Comm& world_;
  StoredEnsemble ensemble_;
  std::unique_ptr<NodeShared> block_;
  std::unique_ptr<Dataset> dataset_;
  std::vector<std::uint32_t> scored_;  // on rank 0
  bool is_scored_ = false;
  bool is_runs_isa_ = true;
  double seconds_ = 0;  // to predict
};

}  // namespace

ExitCode predict_study(const PredictRequest& request, const MpiSession& session) {
  return Prediction(request, session.world()).run();
}

}  // namespace jury
