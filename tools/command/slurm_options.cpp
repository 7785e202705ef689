#include "tools/command/slurm_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cstdlib>
#include <filesystem>

#include "runtime/base/text.hpp"
#include "tools/config/toml.hpp"

namespace jury {
namespace {

constexpr std::string_view kList = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-,[]";

constexpr SbatchFlag kFlags[] = {
    {"job-name", kNameCharacters, "name of the job (default: of the experiment)"},
    {"nodes", "0123456789-", "number of nodes, 2 or 2-4"},
    {"ntasks", kDigits, "number of ranks"},
    {"ntasks-per-node", kDigits, "ranks on each node"},
    {"cpus-per-task", kDigits, "cores of each rank (default: resources.threads)"},
    {"mem", "0123456789KMGT", "memory of a node, as in 32G"},
    {"mem-per-cpu", "0123456789KMGT", "memory of a core, as in 2G"},
    {"time", "0123456789:-", "time limit: minutes, H:MM:SS or D-HH:MM:SS"},
    {"partition", kList, "where the job runs"},
    {"account", kNameCharacters, "who pays"},
    {"qos", kNameCharacters, "quality of service"},
    {"constraint", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-,:&|*[]()",
     "features that nodes must have"},
    {"reservation", kList, "a reservation"},
    {"nodelist", kList, "nodes to use"},
    {"exclude", kList, "nodes not to use"},
    {"licenses", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-,:@", "licenses to hold"},
    {"dependency", "abcdefghijklmnopqrstuvwxyz0123456789,:?+_", "jobs to wait for, as in afterok:4711"},
    {"array", "0123456789-%", "shards of one experiment, 1-8 or 1-8%4"},
    {"mail-type", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_,0123456789",
     "when to send mail, as in END,FAIL"},
    {"mail-user", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@", "to whom"},
    {"exclusive", "", "no other jobs on the nodes"},
    {"no-kill", "",
     "keep the job when a node fails; the run itself does not yet go on without it (needs the launcher 'launch')"},
};

const SbatchFlag& flag_of(std::string_view name) {
  for (const SbatchFlag& flag : kFlags)
    if (flag.name == name) return flag;
  std::vector<std::string_view> known;
  for (const SbatchFlag& flag : kFlags) known.emplace_back(flag.name);
  throw ConfigError(
      fmt::format("sbatch.{} is no option that jury hands on to sbatch{}", name, suggestion(name, known)));
}

void set_from(SbatchValues& values, const Config& table) {
  Problems problems;
  for (const auto& [name, value] : *table.as<Config::Table>()) {
    try {
      values.set(name, word_of(value));
    } catch (const ConfigError& error) {
      problems.add(value.origin(), error.what());
    }
  }
  problems.throw_if_any();
}

void check_site(const SiteOptions& site) {
  if (!site.jury.empty()) expect_characters("jury =", site.jury, kPathCharacters);
  for (const std::string& module : site.modules) expect_characters("the module", module, kPathCharacters);
  for (const auto& [name, value] : *site.environment.as<Config::Table>()) {
    expect_characters("environment: the name", name, kNameCharacters);
    if (name.find_first_of(".-") != std::string::npos || kDigits.find(name.front()) != std::string_view::npos)
      throw ConfigError(fmt::format("environment.{} is no name of a variable (use letters, digits and '_')", name));
    expect_characters("environment." + name + " =", word_of(value), std::string(kPathCharacters) + "^ ");
  }
  SbatchValues values;
  set_from(values, site.sbatch);
}

}  // namespace

std::span<const SbatchFlag> sbatch_flags() noexcept { return kFlags; }

std::string word_of(const Config& value) {
  const auto* text = value.as<std::string>();
  return text != nullptr ? *text : to_text(value);
}

void expect_characters(const std::string& what, const std::string& value, std::string_view characters) {
  if (value.empty()) throw ConfigError(what + " '' is empty (leave it out, or give it a value)");
  const std::size_t at = value.find_first_not_of(characters);
  if (at == std::string::npos) return;
  const auto byte = static_cast<unsigned char>(value[at]);
  const std::string shown =
      byte > ' ' && byte < 127 ? fmt::format("'{}'", value[at]) : fmt::format("byte 0x{:02x}", byte);
  throw ConfigError(fmt::format("{} {} has {} in it, which may not stand in a batch script (allowed here: {})", what,
                                to_text(Config(value)), shown, characters));
}

void SbatchValues::set(std::string_view name, const std::string& value) {
  const SbatchFlag& flag = flag_of(name);
  const std::string what = "--" + std::string(name);
  std::erase_if(values_, [&](const auto& entry) { return entry.first == name; });
  if (flag.characters.empty()) {
    if (value != "true" && value != "false")
      throw ConfigError(fmt::format("{} '{}' is no switch (true or false)", what, value));
    if (value == "false") return;
  } else {
    expect_characters(what, value, flag.characters);
    if (name == "time" && !parse_slurm_time(value))
      throw ConfigError(fmt::format("--time '{}' is no time limit of Slurm (minutes, H:MM:SS or D-HH:MM:SS)", value));
  }
  values_.emplace_back(name, value);
}

std::string SbatchValues::get(std::string_view name) const {
  flag_of(name);
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  return "";
}

std::vector<std::string> SbatchValues::arguments() const {
  std::vector<std::string> result;
  for (const SbatchFlag& flag : kFlags)
    if (const std::string value = get(flag.name); !value.empty())
      result.push_back(std::string("--") + flag.name + (flag.characters.empty() ? "" : "=" + value));
  return result;
}

std::string find_site_file(const std::string& experiment) {
  const auto is_file = [](const std::string& path) { return std::filesystem::is_regular_file(path); };
  if (const char* named = std::getenv("JURY_SITE"); named != nullptr && *named != '\0') {
    if (!is_file(named))
      throw ConfigError(fmt::format("JURY_SITE names '{}', which is no file (unset it, or write the file)", named));
    return named;
  }
  const std::string beside = (std::filesystem::path(experiment).parent_path() / "slurm.toml").string();
  if (is_file(beside)) return beside;
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  const std::string folder =
      config != nullptr && *config != '\0' ? config : std::string(home != nullptr ? home : "") + "/.config";
  const std::string own = folder + "/jury/slurm.toml";
  return is_file(own) ? own : "";
}

SiteOptions read_site_file(const std::string& path, const std::string& experiment) {
  SiteOptions site;
  if (path.empty()) return site;
  const Config config = load_toml(path);
  Problems problems;
  read_options(config, site, "", problems);
  for (const std::string_view table : {"environment", "sbatch"})
    if (const Config* value = config.find(table); value != nullptr && !value->is_table())
      problems.add(value->origin(), fmt::format("{} is {} (must be a table)", table, kind_name(*value)));
  const bool came_along = std::getenv("JURY_SITE") == nullptr &&
                          std::filesystem::path(path).parent_path() == std::filesystem::path(experiment).parent_path();
  for (const std::string_view key : {"jury", "modules", "shared", "environment"})
    if (const Config* value = config.find(key); came_along && value != nullptr)
      problems.add(
          value->origin(),
          fmt::format("{} may not stand in a file beside an experiment, which may have come with it (put it into "
                      "~/.config/jury/slurm.toml, or name this file in JURY_SITE)",
                      key));
  problems.throw_if_any();
  try {
    check_site(site);
  } catch (const ConfigError& error) {
    if (std::string_view(error.what()).starts_with(path)) throw;
    throw ConfigError(path + ": " + error.what());
  }
  return site;
}

void add_sbatch_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  for (const SbatchFlag& flag : kFlags) {
    if (flag.characters.empty()) {
      options.add_options()(flag.name, po::bool_switch(), flag.help);
    } else {
      options.add_options()(flag.name, po::value<std::string>(), flag.help);
    }
  }
}

SbatchValues sbatch_values(const SiteOptions& site, const ParsedArguments& arguments) {
  SbatchValues values;
  set_from(values, site.sbatch);
  for (const SbatchFlag& flag : kFlags) {
    if (flag.characters.empty()) {
      if (arguments.on(flag.name)) values.set(flag.name, "true");
    } else if (arguments.has(flag.name)) {
      values.set(flag.name, arguments.get<std::string>(flag.name));
    }
  }
  return values;
}

std::optional<double> parse_slurm_time(std::string_view text) {
  const auto whole = [](std::string_view part) -> std::optional<double> {
    if (part.empty() || part.size() > 6 || part.find_first_not_of(kDigits) != std::string_view::npos)
      return std::nullopt;
    return parse_number(part);
  };
  double seconds = 0;
  double unit = 60;  // of the first number: minutes, unless hours or days come before
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto days = whole(text.substr(0, dash));
    if (!days) return std::nullopt;
    seconds = *days * 86400;
    text.remove_prefix(dash + 1);
    unit = 3600;
  }
  const auto parts = split_text(text, ':');
  if (parts.size() > 3) return std::nullopt;
  if (parts.size() == 3) unit = 3600;
  for (const std::string_view part : parts) {
    const auto number = whole(part);
    if (!number) return std::nullopt;
    seconds += *number * unit;
    unit /= 60;
  }
  return seconds;
}

}  // namespace jury
