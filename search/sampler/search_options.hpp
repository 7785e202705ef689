// Settings of a search.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/options.hpp"

namespace jury {

/// search.tpe: the tree-structured Parzen estimator; defaults of Watanabe 2023.
struct TpeOptions {
  std::int64_t startup = 10;
  std::int64_t candidates = 24;
  double good = 0.15;
  double random_fraction = 0;

  static void fields(auto& self, auto&& visit) {
    visit("startup", self.startup, Field{.help = "random trials before the first model", .low = 1, .high = 1e6});
    visit("candidates", self.candidates,
          Field{.help = "points drawn from the model of good trials, of which the best is proposed",
                .low = 1,
                .high = 1e5});
    visit("good", self.good,
          Field{.help = "share of the trials that count as good (at most 25 trials)", .low = 0.001, .high = 0.5});
    visit("random_fraction", self.random_fraction,
          Field{.help = "share of the proposals that are random (BOHB takes 1/3)", .low = 0, .high = 1});
  }
};

/// search.gp: the Gaussian process.
struct GpOptions {
  std::int64_t startup = 0;
  std::int64_t fit_starts = 2;
  std::int64_t candidates = 1024;
  std::int64_t refine = 4;
  std::int64_t most_trials = 250;

  static void fields(auto& self, auto&& visit) {
    visit("startup", self.startup,
          Field{.help = "Sobol trials before the first model (0: 4 for each parameter, from 8 to 24)",
                .low = 0,
                .high = 1e6});
    visit("fit_starts", self.fit_starts,
          Field{.help = "starts of the search for the model's length scales and noise", .low = 1, .high = 100});
    visit("candidates", self.candidates,
          Field{.help = "points at which expected improvement is looked at first", .low = 16, .high = 1e6});
    visit("refine", self.refine, Field{.help = "of these, the best from which it is climbed", .low = 1, .high = 1000});
    visit("most_trials", self.most_trials,
          Field{.help = "trials in the model; beyond, the best half and the newest (cost grows with the cube)",
                .low = 16,
                .high = 1e5});
  }
};

/// search.cma_es: covariance matrix adaptation; defaults of Hansen 2016.
struct CmaEsOptions {
  std::int64_t population = 0;
  double sigma = 0.3;

  static void fields(auto& self, auto&& visit) {
    visit("population", self.population,
          Field{.help = "trials in a generation (0: 4 + 3 ln(parameters))", .low = 0, .high = 1e6});
    visit("sigma", self.sigma,
          Field{.help = "first step as a share of each parameter's range", .low = 1e-6, .high = 1});
  }
};

struct SearchOptions {
  std::string method = "tpe";
  Config objective = Config(std::string("auto"));  ///< a name or a list of names; search/study reads it
  Config direction = Config(std::string("auto"));  ///< a direction, or one for each objective
  std::int64_t trials = 64;
  std::int64_t parallel = 8;
  Config space = {};                      ///< a table of distributions, see read_space
  Config start = Config(Config::List{});  ///< a list of tables of values
  TpeOptions tpe = {};
  GpOptions gp = {};
  CmaEsOptions cma_es = {};

  static void fields(auto& self, auto&& visit) {
    visit("method", self.method,
          Field{.help = "what proposes configurations", .choices = {"grid", "random", "sobol", "tpe", "gp", "cma_es"}});
    visit("objective", self.objective,
          Field{.help = "score to be optimised, or a list of them (auto: the first score of the task)"});
    visit("direction", self.direction,
          Field{.help = "minimize or maximize, or a list with one for each objective (auto: as the score goes)"});
    visit("trials", self.trials,
          Field{.help = "configurations to try; a finished run is extended by asking for more", .low = 1, .high = 1e8});
    visit("parallel", self.parallel,
          Field{.help = "virtual workers: so many trials are under way when one is proposed, on any machine",
                .low = 1,
                .high = 1e5});
    visit("space", self.space, Field{.help = "what is searched: any path of the experiment -> a distribution"});
    visit("start", self.start,
          Field{.help = "configurations to try first: tables of values of the space; what they leave out is drawn"});
    visit("tpe", self.tpe, Field{.help = "method tpe"});
    visit("gp", self.gp, Field{.help = "method gp"});
    visit("cma_es", self.cma_es, Field{.help = "method cma_es"});
  }
};

/// One score that is optimised.
enum class ObjectiveDirection { automatic, minimize, maximize };
struct Objective {
  std::string name;  ///< "auto": the first score of the task
  ObjectiveDirection direction;
};

/// search.objective with search.direction. Problems are collected: what is no text or list of texts, an
/// unknown direction, two lists that differ in length, a name twice.
std::vector<Objective> read_objectives(const SearchOptions& options, Problems& problems);

}  // namespace jury
