// What an experiment may say about its data.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "models/data/texts.hpp"
#include "runtime/base/options.hpp"

namespace jury {

/// Section [data]. Which samples, which of their columns are what, and which are kept for testing.
struct DataOptions {
  std::string train = {};
  std::string generator = {};
  std::int64_t rows = 300;
  std::int64_t test_rows = 0;
  double a = 0.22360679774997896;  // 1/sqrt(20)
  double noise = -1;
  std::string test = {};
  double test_fraction = 0;
  std::string test_slice = {};
  std::string format = "auto";
  Texts header = {"auto"};
  Texts target = {};
  std::string task = "auto";
  std::vector<std::int64_t> shape = {};
  std::vector<std::string> ignore = {};
  std::vector<std::string> features = {};
  std::vector<std::string> categorical = {};
  std::string weight = {};
  std::string group = {};
  std::string time = {};
  std::vector<std::string> missing = {"", "NA", "?"};

  static void fields(auto& self, auto&& visit) {
    visit("train", self.train, Field{.help = "file of the training samples; each format also as .gz"});
    visit("generator", self.generator,
          Field{.help = "draw the samples instead of reading them",
                .choices = {"", "friedman1", "friedman2", "friedman3", "twonorm", "threenorm", "ringnorm", "waveform",
                            "linear", "moons", "spirals", "checkerboard"}});
    visit("rows", self.rows, Field{.help = "generator: training rows of a draw", .low = 2, .high = 1e9});
    visit("test_rows", self.test_rows, Field{.help = "generator: test rows", .low = 0, .high = 1e9});
    visit("a", self.a, Field{.help = "ringnorm: mean of the second class in every coordinate", .low = 0, .high = 1e3});
    visit("noise", self.noise,
          Field{.help = "generator: standard deviation of the target's noise (friedman1 to 3, linear) or the features' "
                        "(moons, spirals), "
                        "share of wrong classes (checkerboard); -1: as published (1, 125, 0.1, 3, 0.2, 0, 0)",
                .low = -1});
    visit("test", self.test, Field{.help = "file of the test samples; columns are matched by name"});
    visit("test_fraction", self.test_fraction,
          Field{.help = "share of the training file kept for testing, stratified by class", .low = 0, .high = 0.99});
    visit("test_slice", self.test_slice, Field{.help = "rows of the training file kept for testing, \"first:end\""});
    visit("format", self.format,
          Field{.help = "of the files; auto: by the name",
                .choices = {"auto", "csv", "tsv", "table", "arff", "npy", "npz", "libsvm", "idx", "dt", "cifar10"}});
    visit("header", self.header,
          Field{.help = "whether the first line holds names: true, false, or auto",
                .choices = {"auto", "true", "false"}});
    visit("target", self.target,
          Field{.help = "column to predict: a name, an index from 0, \"last\", or several names"});
    visit("task", self.task,
          Field{.help = "auto: classification for texts and for at most 20 different whole numbers",
                .choices = {"auto", "classification", "regression"}});
    visit("shape", self.shape,
          Field{.help = "of one sample: [28, 28], [3, 32, 32], [time, features]", .low = 1, .high = 1e9});
    visit("ignore", self.ignore, Field{.help = "columns left out"});
    visit("features", self.features, Field{.help = "columns to learn from; none: all that have no other use"});
    visit("categorical", self.categorical, Field{.help = "columns of numbers that are names of categories"});
    visit("weight", self.weight, Field{.help = "column of sample weights"});
    visit("group", self.group, Field{.help = "column whose equal values stay in one fold"});
    visit("time", self.time, Field{.help = "column that orders the samples in time"});
    visit("missing", self.missing, Field{.help = "cells that stand for a missing value"});
  }
};

/// One [[preprocess]] table. Defaults of `columns`, `with`, `low` and `high` are those of the step.
struct PreprocessStep {
  std::string step = {};
  Texts columns = {"auto"};
  Texts with = {"auto"};
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  std::int64_t components = 0;
  std::string per = "column";

  static void fields(auto& self, auto&& visit) {
    visit("step", self.step,
          Field{.help = "what to do",
                .choices = {"impute", "standardize", "minmax", "robust", "quantile", "one-hot", "ordinal", "pca",
                            "clip"}});
    visit("columns", self.columns,
          Field{.help = "numeric, categorical, all, or names; auto: those the step is made for"});
    visit("with", self.with,
          Field{.help = "impute: mean, median, most_frequent or a number; quantile: uniform or normal"});
    visit("low", self.low,
          Field{.help = "clip: least value; minmax: becomes the least (0); robust: lower quantile (0.25)"});
    visit("high", self.high,
          Field{.help = "clip: greatest value; minmax: becomes the greatest (1); robust: upper quantile (0.75)"});
    visit("components", self.components, Field{.help = "pca: number of components; 0: all", .low = 0, .high = 1e6});
    visit("per", self.per,
          Field{.help = "standardize: one mean and deviation per column, or per channel of an image",
                .choices = {"column", "channel"}});
  }

  bool operator==(const PreprocessStep&) const = default;
};

}  // namespace jury
