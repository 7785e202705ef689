#include "search/study/run_events.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/base/hash.hpp"
#include "search/study/json.hpp"

namespace jury {
namespace {

constexpr double kProgressSeconds = 2;
constexpr double kLastWordSeconds = 5;

using Json = nlohmann::ordered_json;

// The indices that apply.
Json json_of(const TaskKey& key) {
  Json json;
  for (const auto& [name, index] : kTaskKeyIndices)
    if (key.*index != TaskKey::kNone) json[name] = key.*index;
  return json;
}

// "rank 3 on node7" in parts.
Json json_of_worker(const std::string& worker) {
  Json json = {{"worker", worker}};
  constexpr std::string_view kBegin = "rank ", kMiddle = " on ";
  int rank = 0;
  const auto [end, error] =
      std::from_chars(worker.data() + std::min(kBegin.size(), worker.size()), worker.data() + worker.size(), rank);
  const std::string_view rest(end, static_cast<std::size_t>(worker.data() + worker.size() - end));
  if (!worker.starts_with(kBegin) || error != std::errc() || !rest.starts_with(kMiddle)) return json;
  json["rank"] = rank;
  json["host"] = rest.substr(kMiddle.size());
  return json;
}

Json json_of(const RunStatus& status) {
  Json json = {{"done", status.done}, {"failed", status.failed}, {"left", status.left}, {"share", status.share}};
  if (const auto left = status.seconds_left()) json["seconds_left"] = *left;
  if (!status.search) return json;
  json["trials_settled"] = status.search->settled;
  json["trials_total"] = status.search->total;
  if (status.search->best_trial >= 0) {
    json["best_trial"] = status.search->best_trial;
    json["best_value"] = json_number(status.search->best_value);
  }
  return json;
}

}  // namespace

RunEvents::RunEvents(int fd, const Clock& clock) : out_(fd), clock_(clock), began_(clock.seconds()) {}

void RunEvents::write(std::string_view event, const Json& fields) {
  const auto line = [&](std::string_view name, const Json& more) {
    Json json = {
        {"event", name}, {"time", utc_now()}, {"seconds", std::round(1e3 * (clock_.seconds() - began_)) / 1e3}};
    json.update(more);
    out_.add(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  };
  if (const std::uint64_t dropped = out_.take_dropped(); dropped > 0) line("dropped", {{"events", dropped}});
  line(event, fields);
}

void RunEvents::started(const RunStart& start, const RunStatus& status) {
  Json json = {{"name", status.name},
               {"directory", start.directory},
               {"identity", hex(start.identity)},
               {"session", start.session},
               {"ranks", start.ranks},
               {"nodes", start.nodes},
               {"host", status.host},
               {"pid", status.pid},
               {"unit", status.unit}};
  json.update(json_of(status));
  write("started", json);
}

void RunEvents::progress(const RunStatus& status) {
  out_.pump();
  if (clock_.seconds() < next_progress_) return;
  next_progress_ = clock_.seconds() + kProgressSeconds;
  Json json = json_of(status);
  json["in_flight"] = status.in_flight;
  json["ready"] = status.ready;
  json["workers"] = status.workers;
  write("progress", json);
}

void RunEvents::record(const Record& record) {
  Json json = {{"key", json_of(record.key)}, {"task", to_string(record.key)}, {"state", to_string(record.state)}};
  if (!record.message.empty()) json["message"] = record.message;
  if (!record.host.empty()) {
    json["rank"] = record.rank;
    json["host"] = record.host;
    json["started"] = record.started_seconds;
    json["duration"] = record.seconds;
    json["peak_bytes"] = record.peak_bytes;
  }
  write("record", json);
}

void RunEvents::trial(const SettledTrial& trial, std::string_view objective) {
  Json json = {{"trial", trial.trial}};
  if (trial.outer != TaskKey::kNone) json["outer"] = trial.outer;
  json["state"] = trial.state;
  json["objective"] = objective;
  json["value"] = json_number(trial.value);
  json["best"] = trial.is_best;
  if (!trial.error.empty()) json["message"] = trial.error;
  write("trial", json);
}

void RunEvents::worker(std::string_view event, const std::string& worker, Json about) {
  Json json = json_of_worker(worker);
  json.update(about);
  write(event, json);
}

void RunEvents::stopping(std::string_view why) { write("stopping", {{"why", why}}); }

void RunEvents::results(const std::string& directory, const std::vector<std::string>& files) {
  write("results", {{"directory", directory}, {"files", files}});
}

void RunEvents::attempt(int number, const std::string& why) {
  kept_.clear();
  write("attempt", {{"number", number}, {"why", why}});
}

void RunEvents::pass(std::string line) {
  if (line.starts_with(R"({"event":"finished")")) {
    kept_ = std::move(line);
  } else {
    out_.add(std::move(line));
  }
}

void RunEvents::ended(ExitCode code, const std::string& error) {
  const Json kept = Json::parse(kept_, nullptr, false);
  if (!kept.is_object() || kept.value("exit_code", -1) != static_cast<int>(code)) return finished(code, error);
  out_.add(std::exchange(kept_, {}));
  flush();
}

void RunEvents::finished(ExitCode code, const std::string& error) {
  Json json = {{"exit_code", static_cast<int>(code)}};
  if (!error.empty()) json["error"] = error;
  if (!summary_.empty()) json["summary"] = Json::parse(summary_);
  write("finished", json);
  flush();
}

void RunEvents::flush() {
  out_.finish(kLastWordSeconds);
  if (!out_.error().empty()) throw IoError("standard output cannot be written (" + out_.error() + ")");
}

}  // namespace jury
