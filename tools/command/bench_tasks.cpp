// jury bench tasks: what the pool itself costs.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "runtime/base/text.hpp"
#include "runtime/mpi/session.hpp"
#include "tools/bench/pool_load.hpp"
#include "tools/command/command.hpp"

namespace jury {
namespace {

void print(const PoolLoad& load, const PoolLoadResult& result) {
  fmt::print("{} on {} in {}: {:.0f} a second, {} messages\n",
             counted(static_cast<std::uint64_t>(load.num_tasks), "task"), counted(result.num_workers, "worker"),
             format_duration(result.seconds), load.num_tasks / result.seconds, result.num_frames);
  if (load.task_seconds > 0)
    fmt::print("{:.2f} % of the ideal {}, {:.2f} % of the time inside tasks\n",
               100 * result.ideal_seconds / result.seconds, format_duration(result.ideal_seconds),
               100 * result.utilisation);
  fmt::print("memory of the coordinator: {} after a tenth, {} at the end\n",
             format_bytes(static_cast<double>(result.tenth_bytes)),
             format_bytes(static_cast<double>(result.end_bytes)));
}

nlohmann::ordered_json to_json(const PoolLoad& load, const PoolLoadResult& result) {
  return {{"tasks", load.num_tasks},       {"task_seconds", load.task_seconds},     {"workers", result.num_workers},
          {"seconds", result.seconds},     {"ideal_seconds", result.ideal_seconds}, {"utilisation", result.utilisation},
          {"messages", result.num_frames}, {"tenth_bytes", result.tenth_bytes},     {"end_bytes", result.end_bytes}};
}

}  // namespace

ExitCode bench_tasks_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("journal", po::value<std::string>(), "the file to write the records to; must not be there yet")(
      "count", po::value<std::int32_t>()->default_value(100000), "tasks")(
      "task-seconds", po::value<double>()->default_value(0), "what each takes")(
      "lot", po::value<std::int32_t>()->default_value(0), "tasks that are ready at a time; 0: all")(
      "ranks-per-gateway", po::value<int>()->default_value(0), "through gateways, each for so many ranks; 0: straight")(
      "json", po::bool_switch(), "print JSON");
  const ParsedArguments parsed(self, options, "", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  if (!parsed.has("journal"))
    throw ConfigError("'jury bench tasks' needs a file for the records (--journal tasks.journal)");
  const PoolLoad load{.num_tasks = parsed.get<std::int32_t>("count"),
                      .task_seconds = parsed.get<double>("task-seconds"),
                      .lot = parsed.get<std::int32_t>("lot"),
                      .journal = parsed.get<std::string>("journal")};
  if (load.num_tasks < 1 || load.lot < 0 || !(load.task_seconds >= 0))
    throw ConfigError("--count, --lot and --task-seconds are out of range (at least 1, 0 and 0)");
  PoolOptions pool{.ranks_per_gateway = parsed.get<int>("ranks-per-gateway")};
  if (pool.ranks_per_gateway < 0) throw ConfigError("--ranks-per-gateway is out of range (at least 0)");
  if (pool.ranks_per_gateway > 0) pool.gateways_above = 1;
  const MpiSession session;
  const PoolLoadResult result = run_load(session.world(), load, pool);
  if (session.placement().rank != 0) return ExitCode::done;
  if (parsed.on("json")) {
    fmt::print("{}\n", to_json(load, result).dump(2));
  } else {
    print(load, result);
  }
  return ExitCode::done;
}

}  // namespace jury
