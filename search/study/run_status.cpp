#include "search/study/run_status.hpp"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>

#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"
#include "search/study/json.hpp"

namespace jury {
namespace {

constexpr std::array kStages = {"running", "writing", "ended"};
constexpr std::uint64_t kMostBytes = 64 << 10;

nlohmann::ordered_json json_of(const SearchProgress& search) {
  nlohmann::ordered_json json = {{"settled", search.settled}, {"total", search.total}, {"objective", search.objective}};
  if (search.best_trial < 0) return json;
  json["best_trial"] = search.best_trial;
  json["best_value"] = json_number(search.best_value);
  return json;
}

SearchProgress search_of(const nlohmann::json& json) {
  SearchProgress search{.settled = json.at("settled"), .total = json.at("total"), .objective = json.at("objective")};
  search.best_trial = json.value("best_trial", search.best_trial);
  if (json.contains("best_value") && json["best_value"].is_number()) search.best_value = json["best_value"];
  return search;
}

}  // namespace

std::optional<double> RunStatus::seconds_left() const noexcept {
  const double gained = share - share_before;
  if (gained <= 0 || seconds <= 0 || (left == 0 && !search)) return {};
  return seconds / gained * (1 - share);
}

double RunStatus::per_second() const noexcept {
  return seconds > 0 && done > done_before ? static_cast<double>(done - done_before) / seconds : 0;
}

std::string to_json(const RunStatus& status) {
  nlohmann::ordered_json json = {{"format", "jury-progress"},
                                 {"stage", kStages[static_cast<std::size_t>(status.stage)]},
                                 {"name", status.name},
                                 {"unit", status.unit},
                                 {"host", status.host},
                                 {"pid", status.pid},
                                 {"launched", status.is_launched},
                                 {"beat", status.beat},
                                 {"promise_seconds", status.promise_seconds},
                                 {"seconds", status.seconds},
                                 {"done", status.done},
                                 {"failed", status.failed},
                                 {"left", status.left},
                                 {"done_before", status.done_before},
                                 {"share", status.share},
                                 {"share_before", status.share_before},
                                 {"in_flight", status.in_flight},
                                 {"ready", status.ready},
                                 {"workers", status.workers}};
  if (status.search) json["search"] = json_of(*status.search);
  if (status.exit_code) json["exit_code"] = *status.exit_code;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

RunStatus run_status_from_json(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    RunStatus status{.name = json.at("name"),
                     .unit = json.at("unit"),
                     .host = json.at("host"),
                     .pid = json.at("pid"),
                     .is_launched = json.at("launched"),
                     .beat = json.at("beat"),
                     .promise_seconds = json.at("promise_seconds"),
                     .seconds = json.at("seconds"),
                     .done = json.at("done"),
                     .failed = json.at("failed"),
                     .left = json.at("left"),
                     .done_before = json.at("done_before"),
                     .share = json.at("share"),
                     .share_before = json.at("share_before"),
                     .in_flight = json.at("in_flight"),
                     .ready = json.at("ready"),
                     .workers = json.at("workers")};
    const auto stage = std::find(kStages.begin(), kStages.end(), json.at("stage").get<std::string>());
    if (stage == kStages.end()) throw DataError("a progress.json of an unknown stage (of a newer version)");
    status.stage = static_cast<RunStage>(stage - kStages.begin());
    if (json.contains("search")) status.search = search_of(json["search"]);
    if (json.contains("exit_code")) status.exit_code = json["exit_code"].get<int>();
    return status;
  } catch (const nlohmann::json::exception& error) {
    throw DataError(std::string("not a progress.json (") + error.what() + ")");
  }
}

std::optional<RunStatus> read_run_status(const std::string& path) {
  try {
    return run_status_from_json(read_text_file(path, kMostBytes));
  } catch (const Error&) {
    return {};
  }
}

void RunStatusFile::write(const RunStatus& status) noexcept {
  try {
    const std::string aside = name_aside(path_);
    const std::string text = to_json(status);
    bool is_whole = false;
    try {
      File::create(aside).write_all(std::as_bytes(std::span(text)));
      is_whole = std::rename(aside.c_str(), path_.c_str()) == 0;
    } catch (const IoError&) {
    }
    if (!is_whole) remove_file(aside);
  } catch (const std::exception&) {  // a disk that is full, say: the journal will tell
  }
}

}  // namespace jury
