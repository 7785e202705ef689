// An experiment: every setting of a study, typed, checked and with its default filled in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/data_options.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/options.hpp"
#include "search/sampler/objective_functions.hpp"
#include "search/split/cv_options.hpp"
#include "search/study/configuration.hpp"
#include "search/study/search_section.hpp"

namespace jury {

struct ExperimentOptions {
  std::string name = "experiment";
  std::uint64_t seed = 20260101;

  static void fields(auto& self, auto&& visit) {
    visit("name", self.name, Field{.help = "name of the run: letters, digits, '.', '_' and '-'", .identity = false});
    visit("seed", self.seed, Field{.help = "root of all random streams", .low = 0});
  }
};

struct BiasVarianceOptions {
  std::int32_t replicates = 50;
  double train_size = 1.0;
  std::vector<double> train_sizes = {};
  std::vector<std::string> sources = {"data"};
  std::int32_t levels = 5;

  static void fields(auto& self, auto&& visit) {
    visit("replicates", self.replicates, Field{.help = "number of training sets", .low = 2, .high = 1e6});
    visit("train_size", self.train_size,
          Field{.help = "draws of a replicate as a share of the training rows (with replacement; a generator "
                        "draws afresh)",
                .low = 1e-6,
                .high = 1});
    visit("train_sizes", self.train_sizes,
          Field{.help = "learning curve: every replicate also with these shares of the training rows",
                .low = 1e-6,
                .high = 1});
    visit(
        "sources", self.sources,
        Field{.help = "what varies between replicates: [\"data\"] training set and all randomness of the training; any "
                      "other list crosses the levels of each, and what is not named stands still",
              .choices = {"data", "init", "order", "fold"}});
    visit("levels", self.levels, Field{.help = "levels of each crossed source", .low = 2, .high = 1000});
  }
};

struct FinalOptions {
  bool refit = false;
  std::string trials = "best";
  std::string weights = "final";
  std::string calibrate = "none";
  std::string conformal = "none";
  std::string conformal_score = "auto";
  double coverage = 0.9;

  static void fields(auto& self, auto&& visit) {
    visit("refit", self.refit,
          Field{.help = "train the ensemble on all training rows and store it (default: where [ensemble] is given)"});
    visit("trials", self.trials,
          Field{.help = "which trials of [search] make the final predictor: the best one, or a greedy selection with "
                        "replacement from "
                        "all that completed, by their out-of-fold predictions (ensemble.stack: picks, bags, bag_share)",
                .choices = {"best", "selection"}});
    visit("weights", self.weights,
          Field{.help = "whose weights are stored, best and latest: of the final ensemble, or of every fit",
                .choices = {"final", "all"}});
    visit(
        "calibrate", self.calibrate,
        Field{.help =
                  "map the reported predictions to calibrated ones, by those of rows that were not seen: out of fold, "
                  "else out of bag (variances: temperature)",
              .choices = {"none", "temperature", "sigmoid", "isotonic"}});
    visit(
        "conformal", self.conformal,
        Field{
            .help =
                "intervals of values or sets of classes that hold the truth: from out-of-fold or out-of-bag "
                "predictions (split), from bags (jackknife_plus); auto: jackknife_plus where its intervals are of the "
                "reported prediction, else split",
            .choices = {"none", "auto", "split", "jackknife_plus"}});
    visit("conformal_score", self.conformal_score,
          Field{.help =
                    "how badly a truth fits (split); auto: lac with classes, normalised with predicted variances, else "
                    "absolute",
                .choices = {"auto", "absolute", "normalised", "lac", "aps"}});
    visit("coverage", self.coverage,
          Field{.help = "share of new rows whose truth an interval or set is to hold", .low = 1e-6, .high = 1 - 1e-6});
  }
};

struct BudgetOptions {
  double time = 0;
  double per_task = 0;

  static void fields(auto& self, auto&& visit) {
    visit("time", self.time,
          Field{.help = "stop, resumable, after this long (0: no limit)",
                .low = 0,
                .unit = Unit::seconds,
                .identity = false});
    visit("per_task", self.per_task,
          Field{.help = "end a task at the epoch after so long; it counts as timed out, and a resume tries it again "
                        "(0: no limit)",
                .low = 0,
                .unit = Unit::seconds,
                .identity = false});
  }
};

struct ResourcesOptions {
  std::int32_t threads = 1;

  static void fields(auto& self, auto&& visit) {
    visit("threads", self.threads, Field{.help = "threads of each training", .low = 1, .high = 1024});
  }
};

struct OutputOptions {
  std::string dir = "runs";
  std::string predictions = "members";
  bool report = true;
  bool is_private = false;

  static void fields(auto& self, auto&& visit) {
    visit("dir", self.dir, Field{.help = "folder of the run directories", .identity = false});
    visit(
        "predictions", self.predictions,
        Field{.help = "which predictions results.h5 holds", .choices = {"none", "mean", "members"}, .identity = false});
    visit("report", self.report,
          Field{.help = "report.html is written when the run is finished, as by jury report", .identity = false});
    visit("private", self.is_private, Field{.help = "only the user can read the run directory", .identity = false});
  }
};

/// One experiment file with the overrides applied: the sections that are absent hold defaults, or
/// nothing where their presence decides what happens. What it trains is its own configuration.
struct Experiment : Configuration {
  std::int32_t schema = 1;
  ExperimentOptions experiment;
  DataOptions data;
  std::optional<CvOptions> cv;
  std::optional<SearchSection> search;
  std::optional<ObjectiveOptions> objective;  ///< then nothing is trained, and sections of training mean nothing
  std::optional<BiasVarianceOptions> bias_variance;
  FinalOptions final;
  BudgetOptions budget;
  ResourcesOptions resources;
  OutputOptions output;
  std::vector<Configuration> bases;  ///< of ensemble.base, with all settings filled in

  static void fields(auto& self, auto&& visit) {
    visit("schema", self.schema, Field{.help = "version of this format", .low = 1, .high = 1});
    visit("experiment", self.experiment, Field{.help = "name and seed"});
    visit("data", self.data, Field{.help = "what is learned from"});
    visit("preprocess", self.preprocess, Field{.help = "steps fitted on training rows, in order"});
    visit("model", self.model, Field{.help = "what is trained"});
    visit("train", self.train, Field{.help = "how it is trained"});
    visit("trees", self.trees, Field{.help = "boosted trees (model.type xgboost)"});
    visit("ensemble", self.ensemble, Field{.help = "how many are trained and how they are joined"});
    visit("cv", self.cv, Field{.help = "cross-validation"});
    visit("search", self.search, Field{.help = "configurations that are tried, and how"});
    visit("objective", self.objective,
          Field{.help = "a built-in function that is searched instead of training anything"});
    visit("bias_variance", self.bias_variance, Field{.help = "decomposition over replicate training sets"});
    visit("final", self.final, Field{.help = "the ensemble that is kept"});
    visit("budget", self.budget, Field{.help = "limits"});
    visit("resources", self.resources, Field{.help = "what a training may use"});
    visit("output", self.output, Field{.help = "where results go"});
  }
};

/// Checks the settings and fills in the defaults. Every problem is added to `problems`; the result
/// means nothing unless there is none. What needs the data itself (columns, classes) is checked
/// when it is read. Keys of later versions are problems that say so.
Experiment read_experiment(const Config& config, Problems& problems);

/// The experiment with all defaults as TOML text that read_experiment reads back as the same.
std::string to_toml(const Experiment& experiment);

/// Hash of what changes a result: every setting but names, paths, [output], limits of time, and the
/// counts (members and what settles their number, repeats, replicates, trials) that only extend a run: members and
/// repeats not where a search proposes by results; of the data; and of the network that model.from names
/// (Donor::hash(); 0: none).
std::uint64_t identity_of(const Experiment& experiment, std::uint64_t data_hash, std::uint64_t donor_hash = 0);

/// Its settings; of one with an objective only the sections that mean something then.
Config settings_of(const Experiment& experiment, Fields which);

/// The settings that go into results.h5: all of them without those that change only time or place;
/// data files by name, without their folder.
Config recorded_config(const Experiment& experiment);

}  // namespace jury
