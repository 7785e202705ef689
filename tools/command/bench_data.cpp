// jury bench data: how fast delimited text becomes a table.
#include <fmt/format.h>
#include <stdlib.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/store/file.hpp"
#include "tools/bench/data_reading.hpp"
#include "tools/command/command.hpp"
#include "tools/command/print_table.hpp"

namespace fs = std::filesystem;

namespace jury {
namespace {

// Removed with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((fs::temp_directory_path() / "jury-bench-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw_errno("cannot make the folder", path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

struct TimedFile {
  std::string name;
  ReadingTime time;
};

double megabytes_a_second(const TimedFile& line, double seconds) {
  return 1e-6 * static_cast<double>(line.time.bytes) / seconds;
}

std::vector<TimedFile> timed_files(const Arguments& files, double megabytes, int repeats) {
  std::vector<TimedFile> lines;
  for (const std::string& file : files) {
    if (!fs::is_regular_file(file)) throw DataError(fmt::format("data file '{}' cannot be read (there is none)", file));
    lines.push_back({file, measure_reading(file, repeats)});
  }
  if (!files.empty()) return lines;
  const TemporaryFolder folder;
  for (const BenchText& text : bench_texts()) {
    const std::string file = folder / (std::string(text.name) + ".csv");
    replace_file(file, make_bench_text(text.name, static_cast<std::size_t>(1e6 * megabytes)));
    lines.push_back({std::string(text.name), measure_reading(file, repeats)});
    remove_file(file);
  }
  return lines;
}

void print_timed_files(const std::vector<TimedFile>& lines) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const TimedFile& line : lines)
    list.push_back({{"name", line.name},
                    {"bytes", line.time.bytes},
                    {"table_cpu_seconds", line.time.table_cpu},
                    {"table_seconds", line.time.table_wall},
                    {"plain_cpu_seconds", line.time.plain_cpu},
                    {"plain_seconds", line.time.plain_wall}});
  fmt::print("{}\n", list.dump(2));
}

}  // namespace

ExitCode bench_data_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("megabytes", po::value<double>()->default_value(64), "size of each made-up file")(
      "repeats", po::value<int>()->default_value(7), "readings; medians are printed")("json", po::bool_switch(),
                                                                                      "print JSON");
  const ParsedArguments parsed(self, options, "[FILE...]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const double megabytes = parsed.get<double>("megabytes");
  const int repeats = parsed.get<int>("repeats");
  if (!(megabytes > 0 && megabytes <= 4000))
    throw ConfigError(fmt::format("--megabytes {} is out of range (must be in (0, 4000])", megabytes));
  if (repeats < 1 || repeats > 1000)
    throw ConfigError(fmt::format("--repeats {} is out of range (must be in [1, 1000])", repeats));
  const std::vector<TimedFile> lines = timed_files(parsed.operands(), megabytes, repeats);
  if (parsed.on("json")) {
    print_timed_files(lines);
    return ExitCode::done;
  }
  TextTable table{.header = {"file", "MB", "table MB/s", "by the clock", "file alone MB/s", "by the clock"},
                  .rows = {}};
  for (const TimedFile& line : lines)
    table.rows.push_back({line.name, fmt::format("{:.1f}", 1e-6 * static_cast<double>(line.time.bytes)),
                          fmt::format("{:.0f}", megabytes_a_second(line, line.time.table_cpu)),
                          fmt::format("{:.0f}", megabytes_a_second(line, line.time.table_wall)),
                          fmt::format("{:.0f}", megabytes_a_second(line, line.time.plain_cpu)),
                          fmt::format("{:.0f}", megabytes_a_second(line, line.time.plain_wall))});
  fmt::print("one thread, processor time and time by the clock, medians of {}\n\n{}", repeats,
             to_text(table, TableFormat::table));
  if (parsed.operands().empty()) fmt::print("\n");
  for (const BenchText& text : bench_texts())
    if (parsed.operands().empty()) fmt::print("{:<6} {}\n", text.name, text.what);
  return ExitCode::done;
}

}  // namespace jury
