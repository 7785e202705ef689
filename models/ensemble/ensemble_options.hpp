// Settings of an ensemble.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/options.hpp"

namespace jury {

struct EnsembleOptions {
  std::string method = "none";
  std::int32_t members = 25;
  double samples = 1.0;    ///< draws of a bag as a share of the training rows
  double features = 1.0;   ///< share of the features a member sees
  bool stratify = true;    ///< bags keep the share of each class; without classes there is one stratum
  double tolerance = 0.0;  ///< when members are added until the vote is decided
  std::vector<std::string> combine = {"mean", "vote"};  ///< the first is the reported one

  static void fields(auto& self, auto&& visit) {
    visit("method", self.method,
          Field{.help = "how members come to differ (average: by their random numbers alone)",
                .choices = {"none", "average", "bagging"},
                .planned = {"pasting", "subspaces", "patches", "adaboost", "gradient_boosting", "stacking",
                            "snapshot", "selection"}});
    visit("members", self.members, Field{.help = "number of members", .low = 1, .high = 1e6, .planned = {"auto"}});
    visit("samples", self.samples,
          Field{.help = "draws of a bag as a share of the training rows (with replacement)", .low = 1e-6, .high = 1});
    visit("features", self.features, Field{.help = "share of the features a member sees", .low = 1e-6, .high = 1});
    visit("stratify", self.stratify, Field{.help = "draw a bag class by class, so that it keeps their shares"});
    visit("tolerance", self.tolerance,
          Field{.help = "with members = \"auto\": how sure the vote must be", .low = 0, .high = 1});
    visit("combine", self.combine,
          Field{.help = "how predictions are joined; all are computed, the first is reported (vote: classes only)",
                .choices = {"mean", "vote", "median"},
                .planned = {"weighted_vote", "trimmed_mean", "geometric_mean"}});
  }
};

}  // namespace jury
