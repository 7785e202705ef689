// What jury run --simulate is given: RANKS and the like, written key=value,key=value.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/options.hpp"

namespace jury {

struct SimulateOptions {
  std::int64_t ranks = 1;
  std::int64_t nodes = 1;
  std::int64_t tasks = 0;
  double shortest = 1;
  double longest = 60;
  double deaths = 0;
  double stragglers = 0;
  double slowdown = 3;
  double jitter = 0;
  double costs = 1;
  double flops = 1e10;
  std::int64_t payload = 256;
  std::int64_t seed = 1;
  int gateways_above = 256;   ///< SimulationOptions; options of the command
  int ranks_per_gateway = 0;  ///< SimulationOptions

  static void fields(auto& self, auto&& visit) {
    visit("ranks", self.ranks, Field{.help = "ranks of the job", .low = 1, .high = 1e6});
    visit("nodes", self.nodes, Field{.help = "nodes of equally many ranks", .low = 1, .high = 1e6});
    visit("tasks", self.tasks, Field{.help = "made-up tasks; 0: those of the experiment", .low = 0, .high = 1e8});
    visit("shortest", self.shortest,
          Field{.help = "of the made-up tasks", .low = 0, .high = 1e9, .unit = Unit::seconds});
    visit("longest", self.longest, Field{.help = "of the made-up tasks", .low = 0, .high = 1e9, .unit = Unit::seconds});
    visit("deaths", self.deaths, Field{.help = "share of the ranks that die", .low = 0, .high = 1});
    visit("stragglers", self.stragglers, Field{.help = "share of the ranks that are slow", .low = 0, .high = 1});
    visit("slowdown", self.slowdown, Field{.help = "how many times as long these take", .low = 1, .high = 1e6});
    visit("jitter", self.jitter,
          Field{.help = "share by which a task may take more or less than its cost says", .low = 0, .high = 1});
    visit("costs", self.costs,
          Field{.help = "how many times as much messages and commits cost as measured", .low = 0, .high = 1e6});
    visit("flops", self.flops, Field{.help = "operations a second of a rank", .low = 1, .high = 1e18});
    visit("payload", self.payload, Field{.help = "bytes of a record", .low = 0, .high = 65536});
    visit("seed", self.seed, Field{.help = "of deaths, stragglers and made-up tasks", .low = 0});
  }
};

/// "ranks=100,nodes=4,deaths=0.01". Throws ConfigError with every problem: unknown keys, numbers out of range, more
/// nodes than ranks.
SimulateOptions read_simulate_options(const std::string& text);

}  // namespace jury
