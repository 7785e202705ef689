#include "search/study/trial_settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>
#include <utility>

#include "runtime/store/file.hpp"
#include "search/study/json.hpp"

namespace jury {
namespace {

constexpr const char* kNoLine =
    "the run's trial_settings has a line that is none (another run writes to this directory?)";

std::string file_in(const std::string& directory) { return directory + "/trial_settings"; }

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string read_part(const File& file, std::uint64_t offset, std::uint64_t size) {
  std::string text(size, '\0');
  text.resize(file.read_at(offset, std::as_writable_bytes(std::span(text))));
  return text;
}

Config to_config(const TrialSettings& settings) {
  Config::Table table = {{"values", Config(settings.values)}};
  Config::List stages;
  for (const TrialStage& stage : settings.stages)
    stages.push_back(Config(
        Config::Table{{"until_epoch", Config(std::int64_t{stage.until_epoch})}, {"values", Config(stage.values)}}));
  if (!stages.empty()) table.emplace_back("stages", Config(std::move(stages)));
  return Config(std::move(table));
}

const Config::Table& values_in(const Config& config) {
  const Config* values = config.is_table() ? config.find("values") : nullptr;
  if (values == nullptr || !values->is_table()) throw DataError(kNoLine);
  return *values->as<Config::Table>();
}

TrialSettings settings_of(const Config& config) {
  TrialSettings settings{.values = values_in(config)};
  const Config* stages = config.find("stages");
  if (stages == nullptr || stages->as<Config::List>() == nullptr) return settings;
  for (const Config& stage : *stages->as<Config::List>()) {
    const Config* until = stage.is_table() ? stage.find("until_epoch") : nullptr;
    if (until == nullptr || until->as<std::int64_t>() == nullptr) throw DataError(kNoLine);
    settings.stages.push_back({static_cast<std::int32_t>(*until->as<std::int64_t>()), values_in(stage)});
  }
  return settings;
}

// The number at the beginning of a line, which is taken off with the blank behind it.
std::int32_t take_number(std::string_view& line) {
  std::int32_t number = 0;
  const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (problem != std::errc{} || end == line.data() + line.size() || *end != ' ') throw DataError(kNoLine);
  line.remove_prefix(static_cast<std::size_t>(end - line.data()) + 1);
  return number;
}

}  // namespace

TrialSettingsWriter::TrialSettingsWriter(const std::string& directory) : path_(file_in(directory)) {
  File::create(path_);
}

TrialSettingsWriter::~TrialSettingsWriter() {
  try {
    remove_file(path_);
  } catch (const IoError&) {  // the next session begins it anew
  }
}

void TrialSettingsWriter::add(const TrialId& id, const TrialSettings& settings) {
  added_ += fmt::format("{} {} {}\n", id.outer, id.trial, to_json(to_config(settings)));
}

void TrialSettingsWriter::publish() {
  if (added_.empty()) return;
  File::append(path_).write_all(bytes_of(added_));
  added_.clear();
}

TrialSettingsReader::TrialSettingsReader(const std::string& directory) : path_(file_in(directory)) {}

void TrialSettingsReader::read_on() {
  const File file = File::read_only(path_);
  latest_begin_ = read_;
  latest_ = read_part(file, read_, file.size() - std::min(file.size(), read_));
  std::string_view rest = latest_;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    std::string_view line = rest.substr(0, end);
    TrialId id;
    id.outer = take_number(line);
    id.trial = take_number(line);
    places_[{id.outer, id.trial}] = {latest_begin_ + static_cast<std::uint64_t>(line.data() - latest_.data()),
                                     line.size()};
    rest.remove_prefix(end + 1);
    read_ += end + 1;
  }
}

std::string TrialSettingsReader::text_at(const Place& place) const {
  if (place.offset >= latest_begin_ && place.offset + place.size <= latest_begin_ + latest_.size())
    return latest_.substr(place.offset - latest_begin_, place.size);
  return read_part(File::read_only(path_), place.offset, place.size);
}

TrialSettings TrialSettingsReader::find(const TrialId& id) {
  if (!places_.contains({id.outer, id.trial})) {
    try {
      read_on();
    } catch (const IoError& error) {
      throw DataError(std::string(error.what()) + " (all nodes need the run directory) put it on a shared file system");
    }
  }
  const auto found = places_.find({id.outer, id.trial});
  if (found == places_.end())
    throw DataError(fmt::format(
        "'{}' has no trial {} (all nodes need the run directory) put it on a shared file system", path_, id.trial));
  return settings_of(config_from_json(text_at(found->second)));
}

}  // namespace jury
