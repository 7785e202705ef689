#include "search/study/run_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

constexpr std::int64_t kFormatVersion = 1;

// What cannot be done with a damaged file.
std::string_view done_with(ReadFor purpose) noexcept {
  if (purpose == ReadFor::prediction) return "predicted with";
  if (purpose == ReadFor::exporting) return "exported";
  if (purpose == ReadFor::showing) return "shown";
  return purpose == ReadFor::comparison ? "compared" : "reported";
}

// Results are made from the journal, which has checksums of its own: a file that is damaged beside one is no loss.
std::string remedy_of(const std::string& file) {
  const std::string folder = folder_of(file);
  if (!std::filesystem::exists(folder + "/journal")) return {};
  return fmt::format(" 'jury resume {} --results-only' makes it again from the journal", folder);
}

template <class Question>
auto asked(Hdf5Child& child, const Question& question) {
  try {
    return question(child);
  } catch (const DataError& error) {
    throw DataError(error.what() + remedy_of(child.file()));
  }
}

}  // namespace

std::string results_file_of(const std::string& run) {
  if (!std::filesystem::exists(run))
    throw ConfigError(fmt::format("there is no run at '{}' (name a run directory or a results.h5)", run));
  std::string file = std::filesystem::is_directory(run) ? run + "/results.h5" : run;
  if (std::filesystem::exists(file)) return file;
  if (!std::filesystem::exists(run + "/journal"))
    throw ConfigError(fmt::format("'{}' is not a run of jury (it has neither a journal nor results.h5)", run));
  throw ConfigError(
      fmt::format("'{0}' has no results yet ('jury resume {0} --results-only' makes them from a journal, 'jury show "
                  "{0} --follow' "
                  "shows how far it is)",
                  run));
}

RunResults::RunResults(const std::string& run, ReadFor purpose)
    : run_(run), child_(std::make_unique<Hdf5Child>(results_file_of(run))), purpose_(purpose) {
  root_ = group("/");
  if (number(root_, "format_version") != kFormatVersion) damaged("it is of another version of the format");
  if (!complete() && purpose_ == ReadFor::prediction)
    throw ConfigError(fmt::format("'{}' is not finished ('jury resume {}' goes on)", run, run));
  entries_ = asked(*child_, [](Hdf5Child& child) { return child.list_all(); });
}

ResultsGroup RunResults::group(const std::string& path) const {
  return asked(*child_, [&](Hdf5Child& child) { return child.read_group(path); });
}

Hdf5Array RunResults::array_at(const std::string& path, RowRange places) const {
  return asked(*child_, [&](Hdf5Child& child) { return child.read_foreign(path, places); });
}

std::vector<ResultsTables> RunResults::tables() const {
  return asked(*child_, [](Hdf5Child& child) { return child.read_tables("/models"); });
}

std::vector<std::string> RunResults::groups_below(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const Hdf5Entry& entry : entries_) {
    const bool directly = entry.path.starts_with(prefix) && entry.path.find('/', prefix.size()) == std::string::npos;
    if (directly && entry.kind == Hdf5Entry::Kind::group) names.push_back(entry.path);
  }
  return names;
}

bool RunResults::has(std::string_view path) const {
  return std::ranges::any_of(entries_, [&](const Hdf5Entry& entry) { return entry.path == path; });
}

void RunResults::damaged(const std::string& why) const {
  throw DataError(fmt::format("'{}' cannot be {} ({})", file(), done_with(purpose_), why) + remedy_of(file()));
}

std::int64_t RunResults::number(const ResultsGroup& group, std::string_view attribute) const {
  const AttributeValue* value = find_attribute(group.attributes, attribute);
  if (value == nullptr || !std::holds_alternative<std::int64_t>(*value))
    damaged(fmt::format("it lacks the number {}", attribute));
  return std::get<std::int64_t>(*value);
}

std::string RunResults::text(const ResultsGroup& group, std::string_view attribute) const {
  const AttributeValue* value = find_attribute(group.attributes, attribute);
  if (value == nullptr || !std::holds_alternative<std::string>(*value))
    damaged(fmt::format("it lacks the text {}", attribute));
  return std::get<std::string>(*value);
}

const Hdf5Array& RunResults::array(const ResultsGroup& group, std::string_view name) const {
  const Hdf5Array* found = group.find(name);
  if (found == nullptr) damaged(fmt::format("it lacks the column {}", name));
  return *found;
}

std::vector<std::string> RunResults::texts(const ResultsGroup& group, std::string_view column) const {
  const Hdf5Array& found = array(group, column);
  if (found.type != ElementType::text) damaged(fmt::format("{} holds no texts", found.path));
  return found.texts;
}

std::vector<std::int64_t> RunResults::integers(const ResultsGroup& group, std::string_view column,
                                               std::optional<std::size_t> size) const {
  const Hdf5Array& found = array(group, column);
  if (found.type == ElementType::text || (size && found.size() != *size))
    damaged(fmt::format("{} is no column of its table", found.path));
  std::vector<std::int64_t> values;
  for (const double value : as_doubles(found)) {
    constexpr double kExact = 9e15;  // whole numbers below are doubles
    if (!(std::abs(value) < kExact) || value != std::floor(value))
      damaged(fmt::format("{} holds no whole numbers", found.path));
    values.push_back(static_cast<std::int64_t>(value));
  }
  return values;
}

}  // namespace jury
