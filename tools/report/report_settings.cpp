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

// The settings that were run, as JSON; those of the chosen trial are ReportRun::settings.
std::string experiment_json(const ReportRun& run) {
  const ResultsGroup config = run.results.group("/config");
  const bool is_search = run.results.has("/config/experiment_json");
  const auto json = run.results.texts(config, is_search ? "experiment_json" : "resolved_json");
  return json.size() == 1 ? json[0] : "{}";
}

Config experiment_of(const ReportRun& run) { return config_from_json(experiment_json(run)); }

// What the chosen trial of a search sets otherwise than the experiment.
std::map<std::string, std::string> found_settings(const ReportRun& run,
                                                  const std::map<std::string, std::string>& asked) {
  std::map<std::string, std::string> found;
  for (const auto& [path, value] : flat_settings(run.settings))
    if (const auto same = asked.find(path); path != "search" && (same == asked.end() || same->second != value))
      found.emplace(path, value);
  return found;
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

// Files of data that the run read: the setting, and the file as the experiment names it.
std::vector<std::pair<std::string, std::string>> data_files(const ReportRun& run, const std::string& toml) {
  std::vector<std::pair<std::string, std::string>> files;
  Config written = run.settings;
  try {
    written = parse_toml(toml, "experiment.toml");
  } catch (const Error&) {  // a file of another version
  }
  for (const char* setting : {"data.train", "data.test"}) {
    const Config* used = run.settings.find_path(setting);
    const auto* recorded = used == nullptr ? nullptr : used->as<std::string>();
    if (recorded == nullptr || recorded->empty()) continue;
    const Config* named = written.find_path(setting);
    const auto* path = named == nullptr ? nullptr : named->as<std::string>();
    files.emplace_back(setting, path != nullptr && path->ends_with(*recorded) ? *path : *recorded);
  }
  return files;
}

// The command cannot know where the data lie: results hold no places.
std::string where_the_data_lie(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string text;
  for (const auto& [setting, file] : files)
    if (!file.starts_with('/')) text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", file, setting);
  if (text.empty()) return "";
  return "Data are read from " + text +
         ". Paths in experiment.toml count from the folder it lies in: where a file is elsewhere, as seen from the "
         "copy in the folder of the run, add -s setting=/path/of/the/file.";
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
  ReportPart part{.id = "settings", .title = "Settings", .lead = "What differs from the defaults."};
  const Config experiment = experiment_of(run);
  const auto defaults = flat_settings(default_settings(experiment)), asked = flat_settings(experiment),
             chosen = found_settings(run, asked);
  std::set<std::string> paths;
  for (const auto* settings : {&asked, &chosen})
    for (const auto& [path, value] : *settings) paths.insert(path);
  const auto text_of = [](const std::map<std::string, std::string>& settings, const std::string& path,
                          const char* otherwise) {
    const auto found = settings.find(path);
    return found == settings.end() ? otherwise : found->second;
  };
  ReportTable table{.header = {"setting", "value", "default", "in the chosen trial"}};
  for (const std::string& path : paths) {
    const std::string value = text_of(asked, path, ""), usual = text_of(defaults, path, "off");
    const bool is_usual =
        value == usual || (usual == "off" && (value.empty() || value == "false" || value == "{}" || value == "[]"));
    if ((is_usual && !chosen.contains(path)) || table.rows.size() == 5 * limits.table_rows) continue;
    table.rows.push_back({path, value, usual, text_of(chosen, path, "")});
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
  if (std::string where = where_the_data_lie(data_files(run, written)); !where.empty())
    part.blocks.emplace_back(ReportText{std::move(where)});
  if (!written.empty())
    part.blocks.emplace_back(ReportSource{"experiment.toml, as written", cut_text(written, limits.source_bytes)});
  part.blocks.emplace_back(ReportSource{"All settings", cut_text(experiment_json(run), limits.source_bytes)});
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
