#include "search/study/predict_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>

#include "models/data/file_bytes.hpp"
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

// What is wrong with the output is known before any work.
void check_output(const PredictRequest& request) {
  const std::string& path = request.output;
  if (path == kStandardOutput) return;
  require_prediction_format(path);
  if (request.piece_bytes > 0 && path.ends_with(".h5"))
    throw ConfigError(fmt::format("'{}' cannot be written in pieces (--stream writes .csv and .npy)", path));
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
      : request_(request),
        world_(world),
        ensemble_(share_ensemble(request, world)),
        options_(data_options(request, ensemble_.experiment.data)) {
    is_runs_isa_ = take_isa(world, ensemble_.isa);
    use_threads(ensemble_.experiment.resources.threads);
    agree(world_, [&] {
      if (world_.rank() != 0) return;
      auto pieces =
          in_pieces() ? cut_rows(request_.data, request_.format, request_.piece_bytes) : one_piece(request_.format);
      reader_.emplace(ensemble_.data, options_, kPredictBlock, std::move(pieces));
      writer_.emplace(request_.output);
    });
  }

  ExitCode run() {
    while (next_piece()) predict_piece();
    agree(world_, [&] {
      if (world_.rank() != 0) return;
      writer_->finish();
      say_what_was_done();
      if (scores_) std::fputs(scores_->c_str(), request_.output == kStandardOutput ? stderr : stdout);
    });
    return ExitCode::done;
  }

 private:
  bool in_pieces() const noexcept { return request_.piece_bytes > 0; }

  std::optional<NewRows> read_rows() {
    try {
      return reader_->next();
    } catch (const TooLargeError& error) {
      throw DataError(
          fmt::format("{} {}", error.what(), in_pieces() ? "say less to --stream" : "leave it to --stream"));
    }
  }

  // The next rows on all ranks; false behind the last. Collective.
  bool next_piece() {
    std::optional<NewRows> rows;
    agree(world_, [&] {
      if (world_.rank() == 0) rows = read_rows();
    });
    if (world_.broadcast(std::uint64_t{rows.has_value()}, 0) == 0) return false;
    if (!rows) rows.emplace();
    rows_before_ = world_.broadcast(rows->rows_before, 0);
    if (in_pieces()) {  // of a size that each rank can have
      rows->block.resize(world_.broadcast(std::uint64_t{rows->block.size()}, 0));
      world_.broadcast(std::span(rows->block), 0);
      dataset_.emplace(Dataset::own(std::move(rows->block)));
    } else {
      block_ = NodeShared::load(world_, [&] { return std::move(rows->block); });
      dataset_.emplace(Dataset::view(block_->bytes()));
    }
    if (in_pieces() && !rows->scored.empty())
      rows->notes.push_back(
          "rows have targets, and are not scored in pieces: leave --stream out where they fit into memory");
    scored_ = in_pieces() ? std::vector<std::uint32_t>{} : std::move(rows->scored);
    if (world_.rank() == 0) say(rows->notes);
    return true;
  }

  void predict_piece() {
    Scoring scoring;
    agree(world_, [&] { scoring = scoring_of(ensemble_.experiment, *dataset_); });
    const std::string reported = scoring.combines.front();
    report_by(scoring, request_.combine);
    std::vector<std::vector<float>> members;
    std::vector<std::vector<std::int32_t>> member_labels;
    const bool keeps = request_.members == MemberOutput::each;
    const bool is_scored = world_.broadcast(std::uint64_t{scored_.size()}, 0) > 0;
    std::optional<NewRowScores> scores;
    if (!scored_.empty()) scores.emplace(ensemble_, *dataset_, scored_, scoring);
    const double began = system_clock().seconds();
    const EnsemblePredictions predictions =
        predict_ensemble(ensemble_, *dataset_,
                         {.combines = is_scored ? scoring.combines : std::vector<std::string>{scoring.combines.front()},
                          .reported = reported,
                          .calibrating = request_.calibrating,
                          .detail = request_.detail,
                          .members = keeps || is_scored ? MemberOutput::each : MemberOutput::combined_only,
                          .rows_before = rows_before_,
                          .on_member =
                              [&](std::size_t, Predictions all) {
                                if (scores) scores->add_member(all);
                                if (!keeps) return;
                                members.emplace_back(all.begin(), all.end());
                                if (ensemble_.data.schema.task == TaskKind::classification)
                                  member_labels.push_back(labels_of(all, ensemble_.data.schema.classes.size()));
                              }},
                         world_);
    seconds_ += system_clock().seconds() - began;
    agree(world_, [&] {
      if (world_.rank() != 0) return;
      writer_->add({.ensemble = ensemble_,
                    .predictions = predictions,
                    .detail = request_.detail,
                    .members = std::move(members),
                    .member_labels = std::move(member_labels)});
      num_rows_ += dataset_->num_test();
      num_unpredicted_ += predictions.num_unpredicted;
      combine_ = predictions.combines.front();
      if (request_.calibrating == Calibrating::as_run) say(lacks_of(ensemble_, predictions, reported));
      if (scores && request_.verbosity != Verbosity::quiet) scores_ = scores->text(predictions);
    });
  }

  // Once each.
  void say(const std::vector<std::string>& notes) {
    if (request_.verbosity == Verbosity::quiet) return;
    for (const std::string& note : notes)
      if (said_.insert(note).second) fmt::print(stderr, "jury: {}\n", note);
  }

  void say_what_was_done() {
    std::vector<std::string> notes;
    if (num_unpredicted_ > 0)
      notes.push_back(counted(num_unpredicted_, "row") +
                      " not predicted (a cell is missing, and the run's preprocessing fills none there) add an impute "
                      "step to the experiment");
    if (!is_runs_isa_)
      notes.push_back(
          fmt::format("this processor has {}, the run was made with {}: last digits may differ from the run's", isa(),
                      ensemble_.isa));
    const std::size_t voices = EnsembleVoices::numbers_of(ensemble_).size();
    notes.push_back(fmt::format("{} predicted by {} ({}){}, {} ({:.3g} rows a second)", counted(num_rows_, "row"),
                                counted(voices, ensemble_.stack ? "base" : "member"), combine_,
                                request_.output == kStandardOutput ? "" : " in " + request_.output,
                                format_duration(seconds_), static_cast<double>(num_rows_) / seconds_));
    say(notes);
  }

  const PredictRequest& request_;
  const Comm& world_;
  StoredEnsemble ensemble_;
  DataOptions options_;
  bool is_runs_isa_ = true;
  // Of the piece.
  std::unique_ptr<NodeShared> block_;
  std::optional<Dataset> dataset_;
  std::uint64_t rows_before_ = 0;
  // On rank 0.
  std::optional<NewRowReader> reader_;
  std::optional<PredictionWriter> writer_;
  std::vector<std::uint32_t> scored_;  // of the piece
  std::set<std::string> said_;
  std::size_t num_rows_ = 0, num_unpredicted_ = 0;
  std::string combine_;
  std::optional<std::string> scores_;
  double seconds_ = 0;  // to predict
};

}  // namespace

ExitCode predict_study(const PredictRequest& request, const MpiSession& session) {
  return Prediction(request, session.world()).run();
}

}  // namespace jury
