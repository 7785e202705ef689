// The [search] section: what proposes configurations, what stops them, and what they are judged by.
#pragma once

#include <string>

#include "search/pruner/pruner_options.hpp"
#include "search/sampler/search_options.hpp"

namespace jury {

struct SearchSection : SearchOptions {
  std::string pruner = "none";
  PrunerOptions rungs = {};

  static void fields(auto& self, auto&& visit) {
    SearchOptions::fields(self, visit);
    visit("pruner", self.pruner,
          Field{.help = "what stops configurations that are behind",
                .choices = {"none", "median", "successive_halving", "hyperband", "asha", "race"}});
    visit("rungs", self.rungs, Field{.help = "of all pruners: what a configuration gets more of, and when it is looked at"});
  }
};

/// Whether proposals depend on what came of earlier trials.
inline bool is_adaptive(const SearchSection& search) { return search.method == "tpe" || search.method == "gp" || search.method == "cma_es"; }

}  // namespace jury
