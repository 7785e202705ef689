#include "tools/command/experiment_arguments.hpp"

#include <boost/program_options.hpp>
#include <cstdlib>
#include <filesystem>

#include "runtime/store/file.hpp"
#include "runtime/store/journal.hpp"
#include "runtime/store/run_directory.hpp"
#include "search/study/session_record.hpp"
#include "tools/config/toml.hpp"

namespace jury {
namespace {

constexpr const char* kPaths[] = {"data.train",     "data.test", "output.dir", "model.from",
                                  "cv.test_index", "cv.train_index"};

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

}  // namespace

void add_experiment_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("set,s", po::value<Arguments>()->composing(), "a setting, KEY=VALUE, as in train.lr=0.01")(
      "threads,t", po::value<int>(), "threads of each training (resources.threads)");
}

GivenExperiment read_given_experiment(const ParsedArguments& arguments) {
  const std::string file = arguments.operand(0);
  Config config = load_toml(file);
  if (const char* settings = std::getenv("JURY_SET")) apply_settings(config, settings, "JURY_SET");
  for (const std::string& setting : arguments.get_or<Arguments>("set", {})) apply_setting(config, setting, "--set");
  if (arguments.has("threads"))
    config.set_path("resources.threads", Config(std::int64_t{arguments.get<int>("threads")}, Origin{"--threads", 0, 0}));
  resolve_paths(config, file);
  Problems problems;
  GivenExperiment given{.experiment = read_experiment(config, problems), .toml = read_text_file(file)};
  problems.throw_if_any();
  return given;
}

GivenExperiment experiment_of_run(const std::string& directory) {
  const RunDirectory run = RunDirectory::existing(directory);
  const JournalContents journal = read_journal(run.journal());
  Problems problems;
  if (journal.sessions.empty()) throw DataError("'" + run.journal() + "' names no session (it ended before its first record) start anew");
  const SessionRecord latest = session_record_from_bytes(journal.sessions.back());
  const Config config = parse_toml(latest.experiment, run.journal());
  GivenExperiment given{.experiment = read_experiment(config, problems), .toml = latest.toml};
  problems.throw_if_any();
  return given;
}

}  // namespace jury
