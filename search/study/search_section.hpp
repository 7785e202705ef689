// The [search] section: what proposes configurations, what stops them, and what they are judged by.
#pragma once

#include <string>

#include "search/pruner/population.hpp"
#include "search/pruner/pruner_options.hpp"
#include "search/sampler/search_options.hpp"

namespace jury {

/// What a trial may cost; one that declares more is not trained.
struct LimitOptions {
  double flops = 0;
  double parameters = 0;
  double bytes = 0;

  static void fields(auto& self, auto&& visit) {
    visit("flops", self.flops, Field{.help = "operations to train what a trial is judged by (0: any)", .low = 0});
    visit("parameters", self.parameters, Field{.help = "weights of a member (0: any)", .low = 0});
    visit("bytes", self.bytes, Field{.help = "memory of a fit beside the data (0: any)", .low = 0});
  }
};

struct SearchSection : SearchOptions {
  std::string pruner = "none";
  PrunerOptions rungs = {};
  PopulationOptions population = {};
  LimitOptions limits = {};

  static void fields(auto& self, auto&& visit) {
    SearchOptions::fields(self, visit);
    visit("pruner", self.pruner,
          Field{.help = "what stops configurations that are behind",
                .choices = {"none", "median", "successive_halving", "hyperband", "asha", "race", "pbt"}});
    visit("rungs", self.rungs,
          Field{.help = "of all pruners: what a configuration gets more of, and when it is looked at"});
    visit("population", self.population,
          Field{.help = "of pbt: networks copy one another, and settings change while they train"});
    visit("limits", self.limits, Field{.help = "what a configuration may cost, as declared and never as measured"});
  }
};

/// Whether proposals depend on what came of earlier trials.
inline bool is_adaptive(const SearchSection& search) {
  return search.method == "tpe" || search.method == "gp" || search.method == "cma_es";
}

}  // namespace jury
