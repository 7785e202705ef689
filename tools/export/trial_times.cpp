#include "tools/export/trial_times.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>

namespace jury {
namespace {

// Seconds of Unix time of "2026-11-22T01:29:52Z"; 0 of anything else.
double seconds_of(const std::string& text) {
  std::tm parts = {};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return end == nullptr || *end != '\0' ? 0 : static_cast<double>(timegm(&parts));
}

}  // namespace

std::vector<std::int64_t> indices(const ReportColumns& table, std::string_view name) {
  constexpr double kLargest = 2e9;
  std::vector<std::int64_t> all;
  for (const double value : table.numbers(name))
    all.push_back(value >= 0 && value < kLargest ? static_cast<std::int64_t>(value) : -1);
  return all;
}

std::map<TrialId, TrialTime> trial_times(const RunResults& results) {
  const ReportColumns sessions(results, "/provenance/sessions"), tasks(results, "/timing/tasks");
  std::vector<double> began;
  for (const std::string& text : sessions.texts("started")) began.push_back(seconds_of(text));
  const auto outer = indices(tasks, "outer"), trial = indices(tasks, "trial"), session = indices(tasks, "session");
  const auto started = tasks.numbers("started"), duration = tasks.numbers("duration");
  std::map<TrialId, TrialTime> times;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::size_t of = session[i] < 1 ? 0 : static_cast<std::size_t>(session[i] - 1);
    if (of >= began.size() || !(duration[i] >= 0) || !(started[i] >= 0)) continue;
    const TrialTime task{.begin = began[of] + started[i], .end = began[of] + started[i] + duration[i]};
    const auto [at, is_new] = times.try_emplace({outer[i], trial[i]}, task);
    if (is_new) continue;
    at->second.begin = std::min(at->second.begin, task.begin);
    at->second.end = std::max(at->second.end, task.end);
  }
  return times;
}

TrialTime time_of(const std::map<TrialId, TrialTime>& times, const TrialId& trial) {
  if (const auto found = times.find(trial); found != times.end()) return found->second;
  TrialTime first;
  for (const auto& [of, time] : times)
    if (first.begin == 0 || time.begin < first.begin) first = {.begin = time.begin, .end = time.begin};
  return first;
}

std::string name_of_run(const RunResults& results) {
  const std::string name = ReportColumns(results, "/provenance").text_attribute("experiment");
  return !name.empty() ? name : std::filesystem::absolute(results.file()).parent_path().filename().string();
}

}  // namespace jury
