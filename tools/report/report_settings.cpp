#include "tools/report/report_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/base/text.hpp"
#include "search/study/experiment.hpp"
#include "search/study/json.hpp"
#include "tools/config/toml.hpp"
#include "tools/report/html.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

void add_leaves(const Config& config, const std::string& path, std::map<std::string, std::string>& leaves) {
  if (!config.is_table()) {
    leaves[path] = to_text(config);
    return;
  }
  for (const auto& [key, value] : *config.as<Config::Table>())
    add_leaves(value, path.empty() ? key : path + "." + key, leaves);
}

bool has_section(const Config& settings, std::string_view name) {
  const Config* section = settings.find(name);
  return section != nullptr && section->is_table();
}

// Settings as they are read back: what JSON has no number for is a text.
Config as_stored(const Config& settings) { return config_from_json(to_json(settings)); }

// The settings that were run; those of the chosen trial are `settings`.
Config experiment_of(const ReportRun& run) {
  const auto json = run.results.has("/config/experiment_json")
                        ? run.results.texts(run.results.group("/config"), "experiment_json")
                        : std::vector<std::string>{};
  return json.size() == 1 ? config_from_json(json[0]) : run.settings;
}

// What was set beside the experiment file: settings of the run that the file by itself would not give, as "path=value";
// the file is not read again but from its text in the results.
std::vector<std::string> set_beside(const ReportRun& run, const std::string& toml) {
  std::vector<std::string> found;
  try {
    Problems problems;
    const Experiment written = read_experiment(parse_toml(toml, "experiment.toml"), problems);
    if (!problems.empty()) return found;
    const Config config = experiment_of(run);
    const auto of_file = flat_settings(as_stored(recorded_config(written))), of_run = flat_settings(config),
               defaults = flat_settings(default_settings(config));
    std::set<std::string> made;  // sections that the file lacks: naming one setting makes them
    for (const auto& [path, value] : of_run) {
      const auto at = of_file.find(path), usual = defaults.find(path);
      const std::string section = path.substr(0, path.find('.'));
      if (at != of_file.end() ? at->second == value : path == section) continue;
      if (at == of_file.end() && usual != defaults.end() && usual->second == value && made.contains(section)) continue;
      if (at == of_file.end()) made.insert(section);
      found.push_back(path + "=" + value);
    }
  } catch (const Error&) {  // a file of another version: the settings above say it all
  }
  return found;
}

// A word of a POSIX shell.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("._-/=+:,@%").find(c) != std::string_view::npos;
  });
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::map<std::string, std::string> flat_settings(const Config& settings) {
  std::map<std::string, std::string> leaves;
  add_leaves(settings, "", leaves);
  return leaves;
}

Config default_settings(const Config& recorded) {
  Experiment plain;
  if (has_section(recorded, "cv")) plain.cv.emplace();
  if (has_section(recorded, "search")) plain.search.emplace();
  if (has_section(recorded, "objective")) plain.objective.emplace();
  if (has_section(recorded, "bias_variance")) plain.bias_variance.emplace();
  return as_stored(recorded_config(plain));
}

ReportPart settings_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "settings",
                  .title = "Settings",
                  .lead = run.trials.size() > 1 ? "What differs from the defaults, in the chosen trial."
                                                : "What differs from the defaults."};
  const auto own = flat_settings(run.settings), defaults = flat_settings(default_settings(run.settings));
  ReportTable table{.header = {"setting", "value", "default"}};
  for (const auto& [path, value] : own) {
    const auto found = defaults.find(path);
    if (found != defaults.end() && found->second == value) continue;
    if (found == defaults.end() && (value == "false" || value == "{}" || value == "[]")) continue;
    if (table.rows.size() < 5 * limits.table_rows)
      table.rows.push_back({path, value, found == defaults.end() ? "off" : found->second});
  }
  if (!table.rows.empty()) part.blocks.emplace_back(std::move(table));
  return part;
}

ReportPart reproduce_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "reproduce",
                  .title = "How to reproduce",
                  .lead =
                      "The same experiment, data, seed and instruction set give the same bytes on any number of ranks; "
                      "jury diff tells."};
  if (!run.results.has("/provenance")) return part;
  const ResultsGroup provenance = run.results.group("/provenance");
  const ReportColumns sessions(run.results, "/provenance/sessions"), libraries(run.results, "/provenance/libraries");
  const auto attribute = [&](std::string_view name) {
    const AttributeValue* value = find_attribute(provenance.attributes, name);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
    return text == nullptr ? std::string() : *text;
  };
  const Hdf5Array* toml = provenance.find("toml");
  const std::string written = toml != nullptr && toml->texts.size() == 1 ? toml->texts[0] : "";
  std::string command = "jury run experiment.toml";
  for (const std::string& setting : set_beside(run, written)) command += " \\\n  -s " + quoted(setting);
  part.blocks.emplace_back(ReportSource{"The command", command, ReportSource::Folding::open});
  if (!written.empty())
    part.blocks.emplace_back(ReportSource{"experiment.toml, as written", cut_text(written, limits.source_bytes)});
  part.blocks.emplace_back(
      ReportSource{"All settings",
                   cut_text(run.results.texts(run.results.group("/config"), "resolved_json")[0], limits.source_bytes)});
  ReportTable table{.header = {"what", "value"}};
  const auto add = [&](const std::string& what, const std::string& value) {
    if (!value.empty()) table.rows.push_back({what, value});
  };
  add("identity", run.results.text(run.results.root(), "config_hash"));
  add("data", run.results.text(run.results.root(), "data_hash"));
  add("seed", std::to_string(run.results.number(run.results.root(), "seed")));
  add("jury", fmt::format("{} {}", attribute("version"), attribute("git")));
  const auto library = libraries.texts("name"), version = libraries.texts("version");
  for (std::size_t i = 0; i < libraries.size() && i < 20; ++i) add(library[i], version[i]);
  const auto host = sessions.texts("host"), isa = sessions.texts("isa"), started = sessions.texts("started"),
             ranks = sessions.texts("num_ranks"), job = sessions.texts("slurm_job_id");
  for (std::size_t i = 0; i < sessions.size() && i < 20; ++i)
    add(fmt::format("session {}", i + 1),
        fmt::format("{}, {} on {}, {}{}", started[i], ranks[i] == "1" ? "1 rank" : ranks[i] + " ranks", host[i], isa[i],
                    job[i].empty() ? "" : ", Slurm job " + job[i]));
  part.blocks.emplace_back(std::move(table));
  return part;
}

}  // namespace jury
