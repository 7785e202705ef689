// Settings of a pruner.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/options.hpp"

namespace jury {

struct PrunerOptions {
  std::string method = "none";      ///< not a field: search.pruner names it
  std::string resource = "epochs";  ///< what rungs are counted in; race: within the first fold
  std::int32_t eta = 3;             ///< one in eta trials is promoted, each rung has eta times the resource
  std::int64_t min_resource = 1;    ///< of the lowest rung
  std::int64_t interval = 0;        ///< median: between two looks; 0: a tenth of all
  std::int64_t warmup = 0;          ///< median: no trial is stopped below this resource
  std::int32_t startup_trials = 5;  ///< median: no trial is stopped before as many are complete
  std::string drop = "folds";       ///< race: what the test that drops a trial compares
  double alpha = 0.05;              ///< race: bound on the chance to drop a trial that is no worse

  static void fields(auto& self, auto&& visit) {
    visit("resource", self.resource,
          Field{.help = "what the rungs of a trial are counted in", .choices = {"epochs", "members", "folds"}});
    visit("eta", self.eta, Field{.help = "one in eta trials goes on to eta times the resource", .low = 2, .high = 1e6});
    visit("min_resource", self.min_resource, Field{.help = "resource of the lowest rung", .low = 1, .high = 1e9});
    visit("interval", self.interval,
          Field{.help = "median: resource between two looks at a trial (0: a tenth of all)", .low = 0, .high = 1e9});
    visit("warmup", self.warmup,
          Field{.help = "median: resource below which no trial is stopped", .low = 0, .high = 1e9});
    visit("startup_trials", self.startup_trials,
          Field{.help = "median: complete trials before one may be stopped", .low = 1, .high = 1e9});
    visit("drop", self.drop,
          Field{.help = "race: compare values of folds (an e-process, may be looked at after each) or losses of rows "
                        "(the bootstrap of BBCD-CV)",
                .choices = {"folds", "rows"}});
    visit("alpha", self.alpha,
          Field{.help = "race: bound on the chance that a trial no worse than the best is dropped",
                .low = 1e-9,
                .high = 0.5});
  }
};

}  // namespace jury
