#include "tools/export/run_tables.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// Seconds of Unix time of "2026-11-22T01:29:52Z"; 0 of anything else.
double seconds_of(const std::string& text) {
  std::tm parts = {};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return end == nullptr || *end != '\0' ? 0 : static_cast<double>(timegm(&parts));
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

RunTable::RunTable(const RunResults& results, const std::string& group) {
  if (!results.has(group)) return;
  group_ = results.group(group);
  bool first = true;
  for (const Hdf5Array& array : group_.arrays) {
    if (array.dims.size() != 1 || array.is_dimension()) continue;
    if (!first && array.size() != size_) results.damaged(group + " is no table");
    size_ = array.size();
    first = false;
  }
}

const Hdf5Array* RunTable::column(std::string_view name) const noexcept {
  const Hdf5Array* found = group_.find(name);
  return found != nullptr && found->dims.size() == 1 && !found->is_dimension() ? found : nullptr;
}

bool RunTable::is_text(std::string_view name) const noexcept {
  const Hdf5Array* found = column(name);
  return found != nullptr && found->type == ElementType::text;
}

std::vector<double> RunTable::numbers(std::string_view name) const {
  const Hdf5Array* found = column(name);
  return found == nullptr || found->type == ElementType::text ? std::vector<double>(size_, kNaN) : as_doubles(*found);
}

std::vector<std::int64_t> RunTable::indices(std::string_view name) const {
  constexpr double kLargest = 2e9;
  std::vector<std::int64_t> all;
  for (const double value : numbers(name)) all.push_back(value >= 0 && value < kLargest ? static_cast<std::int64_t>(value) : -1);
  return all;
}

std::vector<std::string> RunTable::texts(std::string_view name) const {
  const Hdf5Array* found = column(name);
  if (found != nullptr && found->type == ElementType::text) return found->texts;
  std::vector<std::string> cells(size_);
  for (std::size_t i = 0; i < size_ && found != nullptr; ++i) cells[i] = found->cell(i);
  return cells;
}

std::vector<std::string> RunTable::names_after(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const Hdf5Array& array : group_.arrays) {
    const std::string name = last_part(array.path);
    if (name.starts_with(prefix) && column(name) != nullptr) names.push_back(name.substr(prefix.size()));
  }
  return names;
}

double RunTable::number(std::string_view attribute) const {
  const AttributeValue* value = find_attribute(group_.attributes, attribute);
  if (value == nullptr) return kNaN;
  if (const auto* whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
  const auto* real = std::get_if<double>(value);
  return real == nullptr ? kNaN : *real;
}

std::string RunTable::text(std::string_view attribute) const {
  const AttributeValue* value = find_attribute(group_.attributes, attribute);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? "" : *text;
}

std::map<TrialId, TrialTime> trial_times(const RunResults& results) {
  const RunTable sessions(results, "/provenance/sessions"), tasks(results, "/timing/tasks");
  std::vector<double> began;
  for (const std::string& text : sessions.texts("started")) began.push_back(seconds_of(text));
  const auto outer = tasks.indices("outer"), trial = tasks.indices("trial"), session = tasks.indices("session");
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
  const std::string name = RunTable(results, "/provenance").text("experiment");
  return !name.empty() ? name : std::filesystem::absolute(results.file()).parent_path().filename().string();
}

}  // namespace jury
