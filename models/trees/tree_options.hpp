// Settings of boosted trees.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/options.hpp"

namespace jury {

/// Each round adds, for every output, trees that descend the loss (Friedman 2001; Chen and Guestrin 2016).
/// A leaf with the gradients G and curvatures H of its rows, summed with their weights, says
/// -learning_rate * soft(G, l1) / (H + l2); a split must gain more than min_gain.
struct TreeOptions {
  std::int32_t rounds = 100;
  std::int32_t depth = 6;
  double learning_rate = 0.3;
  double samples = 1.0;
  double features = 1.0;
  double split_features = 1.0;
  double min_child_weight = 1.0;
  double l2 = 1.0;
  double l1 = 0.0;
  double min_gain = 0.0;
  std::int32_t trees = 1;
  std::string method = "hist";
  std::int32_t bins = 256;
  double validation = 0.0;
  std::int32_t patience = 10;

  static void fields(auto& self, auto&& visit) {
    visit("rounds", self.rounds, Field{.help = "boosting rounds", .low = 1, .high = 1e6});
    visit("depth", self.depth, Field{.help = "most splits from the root of a tree to a leaf", .low = 1, .high = 30});
    visit("learning_rate", self.learning_rate,
          Field{.help = "share of each round's step that is taken", .low = 1e-6, .high = 1});
    visit("samples", self.samples,
          Field{.help = "share of the draws a round sees, without repeats", .low = 1e-6, .high = 1});
    visit("features", self.features, Field{.help = "share of the features a tree sees", .low = 1e-6, .high = 1});
    visit("split_features", self.split_features,
          Field{.help = "share of those that each split chooses from", .low = 1e-6, .high = 1});
    visit("min_child_weight", self.min_child_weight,
          Field{.help = "least curvature in a leaf: with values, its number of draws", .low = 0, .high = 1e9});
    visit("l2", self.l2, Field{.help = "L2 penalty of what leaves say", .low = 0, .high = 1e9});
    visit("l1", self.l1, Field{.help = "L1 penalty of what leaves say", .low = 0, .high = 1e9});
    visit("min_gain", self.min_gain, Field{.help = "least gain of a split (xgboost's gamma)", .low = 0, .high = 1e9});
    visit(
        "trees", self.trees,
        Field{.help =
                  "trees of a round and output; with rounds = 1, learning_rate = 1 and samples below 1 a random forest",
              .low = 1,
              .high = 1e5});
    visit("method", self.method,
          Field{.help = "where splits are looked for: between bins of each feature, or between all values",
                .choices = {"hist", "exact"}});
    visit("bins", self.bins, Field{.help = "most bins of a feature (hist)", .low = 2, .high = 65535});
    visit("validation", self.validation,
          Field{.help = "share of the training rows held out to end the rounds by; 0: all rounds run",
                .low = 0,
                .high = 0.9});
    visit("patience", self.patience, Field{.help = "rounds without a better held-out loss", .low = 1, .high = 1e6});
  }
};

}  // namespace jury
