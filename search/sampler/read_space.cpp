#include "search/sampler/read_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "runtime/base/text.hpp"
#include "search/sampler/parse_distribution.hpp"

namespace jury {
namespace {

bool is_entry(const std::string&, const Config& table) {
  return table.find("dist") != nullptr || table.find("when") != nullptr;
}

// {train = {lr = 1}} as {train.lr = 1}.
template <class IsLeaf>
void flatten(const Config& table, const std::string& path, const IsLeaf& is_leaf, Config::Table& leaves) {
  for (const auto& [key, value] : *table.as<Config::Table>()) {
    const std::string here = path.empty() ? key : path + "." + key;
    if (!value.is_table() || is_leaf(here, value)) {
      leaves.emplace_back(here, value);
    } else {
      flatten(value, here, is_leaf, leaves);
    }
  }
}

// Reads a text to its end; a mistake is reported with the text and gives nothing.
template <class Read>
auto read_text(const Config& value, const std::string& key, Problems& problems, Read&& read)
    -> std::optional<decltype(read(std::declval<TextReader&>()))> {
  const auto* text = value.as<std::string>();
  if (text == nullptr) {
    problems.add(value.origin(), fmt::format("search.space {} = {} is {} (must be a text such as \"uniform(0, 1)\")",
                                             key, to_text(value), kind_name(value)));
    return std::nullopt;
  }
  try {
    TextReader reader(*text);
    auto made = read(reader);
    reader.expect_end();
    return made;
  } catch (const ConfigError& error) {
    problems.add(value.origin(), fmt::format("search.space {} = {} is wrong at {}", key, to_text(value), error.what()));
    return std::nullopt;
  }
}

std::optional<Parameter> read_pair(const Config& table, const std::string& path, Problems& problems) {
  for (const auto& [key, value] : *table.as<Config::Table>())
    if (key != "dist" && key != "when")
      problems.add(value.origin(), fmt::format("search.space '{}' has the unknown key '{}'{}", path, key,
                                               suggestion(key, {"dist", "when"})));
  const Config* dist = table.find("dist");
  if (dist == nullptr) {
    problems.add(table.origin(),
                 fmt::format("search.space '{}' has a condition and no distribution add dist = \"...\"", path));
    return std::nullopt;
  }
  auto distribution = read_text(*dist, "'" + path + "'.dist", problems, parse_distribution);
  if (!distribution) return std::nullopt;
  Parameter parameter{.path = path, .distribution = std::move(*distribution), .origin = table.origin()};
  if (const Config* when = table.find("when")) {
    parameter.when = read_text(*when, "'" + path + "'.when", problems, Condition::parse);
    if (!parameter.when) return std::nullopt;
  }
  return parameter;
}

std::optional<Parameter> read_entry(const std::string& path, const Config& value, Problems& problems) {
  if (value.is_table()) return read_pair(value, path, problems);
  return read_text(value, "'" + path + "'", problems, [&](TextReader& reader) {
    Parameter parameter{.path = path, .distribution = parse_distribution(reader), .origin = value.origin()};
    if (reader.accept("when")) {
      parameter.when = Condition::parse(reader);
    } else if (!reader.at_end()) {
      reader.fail("'when' or the end");
    }
    return parameter;
  });
}

}  // namespace

Config::Table read_start(const Config& start, const Space& space) {
  if (!start.is_table())
    throw ConfigError(fmt::format("{}search.start has {} (must be tables such as {{\"train.lr\" = 0.01}})",
                                  prefix(start.origin()), to_text(start)));
  Config::Table values;
  flatten(
      start, "", [&](const std::string& path, const Config&) { return space.find(path).has_value(); }, values);
  return values;
}

Space read_space(const Config& table, const Space::FixedSettings& fixed, Problems& problems) {
  if (!table.is_table()) {
    problems.add(table.origin(),
                 fmt::format("search.space = {} is {} (must be a table)", to_text(table), kind_name(table)));
    return {};
  }
  Config::Table entries;
  flatten(table, "", is_entry, entries);
  if (entries.empty())
    problems.add(table.origin(),
                 "search.space is empty (there is nothing to search) add \"train.lr\" = "
                 "\"loguniform(1e-4, 1e-1)\" or the like");
  const std::size_t before = problems.lines().size();
  std::vector<Parameter> parameters;
  for (const auto& [path, value] : entries) {
    if (std::ranges::find(parameters, path, &Parameter::path) != parameters.end()) {
      problems.add(value.origin(), fmt::format("search.space '{}' is given twice", path));
    } else if (auto parameter = read_entry(path, value, problems)) {
      parameters.push_back(std::move(*parameter));
    }
  }
  if (problems.lines().size() != before) return {};  // what is missing would only cause more
  try {
    return Space(std::move(parameters), fixed);
  } catch (const ConfigError& error) {
    problems.add(std::string(error.what()));
    return {};
  }
}

std::pair<std::string, Config> read_space_argument(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  const std::string_view key = trimmed(argument.substr(0, equals));
  if (equals == std::string_view::npos || key.empty())
    throw ConfigError("--space: '" + std::string(argument) +
                      "' has no setting (must be KEY=DIST, as in train.lr=loguniform(1e-4,1e-1))");
  const std::string_view text = trimmed(argument.substr(equals + 1));
  const Origin origin{.source = "--space"};
  if (!text.starts_with('{')) return {std::string(key), Config(std::string(text), origin)};
  TextReader reader(text);
  Config table;
  try {
    table = reader.value();
    reader.expect_end();
  } catch (const ConfigError& error) {
    throw ConfigError("--space: " + std::string(key) + " = " + std::string(text) + " is wrong at " + error.what());
  }
  Config made(Config::Table{}, origin);
  for (const auto& [name, value] : *table.as<Config::Table>()) made.set(name, Config(value.value(), origin));
  return {std::string(key), made};
}

}  // namespace jury
