#include "tools/command/experiment_arguments.hpp"

#include <boost/program_options.hpp>
#include <cstdlib>
#include <filesystem>

#include "runtime/store/file.hpp"
#include "runtime/store/journal.hpp"
#include "runtime/store/run_directory.hpp"
#include "search/sampler/read_space.hpp"
#include "search/study/search_checks.hpp"
#include "search/study/session_record.hpp"
#include "tools/config/toml.hpp"

namespace jury {
namespace {

constexpr const char* kPaths[] = {"data.train", "data.test",     "output.dir",
                                  "model.from", "cv.test_index", "cv.train_index"};

// A relative path starts at the file that names it.
void resolve_paths(Config& config, const std::string& file) {
  for (const char* path : kPaths) {
    const Config* value = config.find_path(path);
    const auto* text = value != nullptr ? value->as<std::string>() : nullptr;
    if (text == nullptr || text->empty() || value->origin().source != file) continue;
    const std::filesystem::path named(*text);
    if (named.is_absolute()) continue;
    const auto resolved = std::filesystem::path(file).parent_path() / named;
    config.set_path(path, Config(resolved.lexically_normal().string(), value->origin()));
  }
}

// Without the entry of a path, written in one or in parts; tables that are empty then are gone too.
Config without_entry(const Config& table, std::string_view path) {
  Config kept(Config::Table{}, table.origin());
  for (const auto& [key, value] : *table.as<Config::Table>()) {
    if (key == path) continue;
    const bool leads_there = value.is_table() && path.starts_with(key + ".");
    const Config rest = leads_there ? without_entry(value, path.substr(key.size() + 1)) : value;
    if (!leads_there || !rest.as<Config::Table>()->empty()) kept.set(key, rest);
  }
  return kept;
}

// An entry of [search.space], in the place of the file's.
void apply_space(Config& config, const std::string& argument) {
  const auto [path, distribution] = read_space_argument(argument);
  const Config* given = config.find_path("search.space");
  if (given != nullptr && !given->is_table())
    throw ConfigError(prefix(given->origin()) + "search.space is no table (--space adds to one)");
  Config space = given != nullptr ? *given : Config(Config::Table{}, distribution.origin());
  if (space.find(path) == nullptr) space = without_entry(space, path);
  space.set(path, distribution);
  config.set_path("search.space", space);
}

}  // namespace

void add_experiment_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("set,s", po::value<Arguments>()->composing(), "a setting, KEY=VALUE, as in train.lr=0.01")(
      "space", po::value<Arguments>()->composing(), "what is searched, KEY=DIST, as in train.lr=loguniform(1e-4,1e-1)")(
      "threads,t", po::value<int>(), "threads of each training (resources.threads)");
}

GivenExperiment read_given_experiment(const ParsedArguments& arguments) {
  const std::string file = arguments.operand(0);
  Config config = load_toml(file);
  if (const char* settings = std::getenv("JURY_SET")) apply_settings(config, settings, "JURY_SET");
  for (const std::string& setting : arguments.get_or<Arguments>("set", {})) apply_setting(config, setting, "--set");
  for (const std::string& entry : arguments.get_or<Arguments>("space", {})) apply_space(config, entry);
  if (arguments.has("threads"))
    config.set_path("resources.threads",
                    Config(std::int64_t{arguments.get<int>("threads")}, Origin{"--threads", 0, 0}));
  resolve_paths(config, file);
  Problems problems;
  GivenExperiment given{.experiment = read_experiment(config, problems), .toml = read_text_file(file)};
  if (problems.empty() && given.experiment.search && !given.experiment.objective)
    check_search_settings(given.experiment, problems);
  problems.throw_if_any();
  return given;
}

GivenExperiment experiment_of_run(const std::string& directory) {
  const RunDirectory run = RunDirectory::existing(directory);
  const JournalContents journal = read_journal(run.journal());
  Problems problems;
  if (journal.sessions.empty())
    throw DataError("'" + run.journal() + "' names no session (it ended before its first record) start anew");
  const SessionRecord latest = session_record_from_bytes(journal.sessions.back());
  const Config config = parse_toml(latest.experiment, run.journal());
  GivenExperiment given{.experiment = read_experiment(config, problems), .toml = latest.toml};
  problems.throw_if_any();
  return given;
}

}  // namespace jury
