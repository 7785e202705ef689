// Settings of an ensemble.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/config.hpp"
#include "runtime/base/options.hpp"

namespace jury {

/// ensemble.boosting: AdaBoost's variant. See adaboost.hpp.
struct AdaBoostOptions {
  std::string algorithm = "auto";
  std::string by = "reweighting";
  std::string loss = "linear";
  std::string weak = "stop";
  std::string perfect = "stop";

  static void fields(auto& self, auto&& visit) {
    visit(
        "algorithm", self.algorithm,
        Field{.help = "auto: samme with classes, r2 with values; m1: Freund and Schapire 1997; samme: Zhu et al. 2009; "
                      "arc_x4: Breiman 1998; r2: Drucker 1997",
              .choices = {"auto", "m1", "samme", "arc_x4", "r2"}});
    visit("by", self.by,
          Field{.help = "how a round's weights reach its learner: in the loss, or by drawing rows",
                .choices = {"reweighting", "resampling"}});
    visit(
        "loss", self.loss,
        Field{.help = "of a row's error over the largest error (r2)", .choices = {"linear", "square", "exponential"}});
    visit("weak", self.weak,
          Field{.help = "at an error of chance or worse: stop, or go on with equal weights (m1, samme)",
                .choices = {"stop", "restart"}});
    visit(
        "perfect", self.perfect,
        Field{
            .help =
                "at no error in the training rows: stop, or keep the learner and go on with equal weights (m1, samme)",
            .choices = {"stop", "restart"}});
  }
};

/// ensemble.gradient: gradient boosting. See gradient_boosting.hpp.
struct GradientBoostingOptions {
  std::string loss = "auto";
  double learning_rate = 0.1;
  bool line_search = true;
  double huber_share = 0.9;
  double quantile = 0.5;
  double validation = 0.0;
  std::int32_t patience = 10;

  static void fields(auto& self, auto&& visit) {
    visit("loss", self.loss,
          Field{.help = "what the rounds descend; auto: squared with values, logistic with two classes, else softmax",
                .choices = {"auto", "squared", "absolute", "huber", "quantile", "logistic", "softmax"}});
    visit("learning_rate", self.learning_rate,
          Field{.help = "share of each step that is taken", .low = 1e-6, .high = 1});
    visit("line_search", self.line_search, Field{.help = "choose each step's length by the loss (otherwise 1)"});
    visit("huber_share", self.huber_share,
          Field{.help = "share of the residuals that count squared (huber)", .low = 0.01, .high = 0.999});
    visit("quantile", self.quantile,
          Field{.help = "which quantile is predicted (quantile)", .low = 1e-6, .high = 1 - 1e-6});
    visit("validation", self.validation,
          Field{.help = "share of the training rows held out to end the rounds by; 0: all rounds run",
                .low = 0,
                .high = 0.9});
    visit("patience", self.patience, Field{.help = "rounds without a better held-out loss", .low = 1, .high = 1e6});
  }
};

/// ensemble.stack: what joins the base configurations of stacking and selection.
struct StackOptions {
  std::string meta = "auto";
  std::int32_t folds = 5;
  double ridge = 1.0;
  std::int32_t picks = 25;
  std::int32_t bags = 0;
  double bag_share = 0.5;
  std::vector<double> weights = {};

  static void fields(auto& self, auto&& visit) {
    visit("meta", self.meta,
          Field{.help = "model of the stack; auto: logistic with classes, nnls with values",
                .choices = {"auto", "linear", "ridge", "nnls", "logistic"}});
    visit("folds", self.folds,
          Field{.help = "inner folds that the out-of-fold predictions come from", .low = 2, .high = 1000});
    visit("ridge", self.ridge, Field{.help = "L2 penalty of ridge and logistic", .low = 0, .high = 1e9});
    visit("picks", self.picks, Field{.help = "greedy picks with replacement (selection)", .low = 1, .high = 1e5});
    visit("bags", self.bags,
          Field{.help = "greedy runs over random parts of the bases, averaged; 0: one over all (selection)",
                .low = 0,
                .high = 1e4});
    visit("bag_share", self.bag_share, Field{.help = "share of the bases in each of those", .low = 1e-3, .high = 1});
    visit(
        "weights", self.weights,
        Field{
            .help = "of each base, given and not found: there are no inner folds (selection)", .low = 0, .high = 1e9});
  }
};

struct EnsembleOptions {
  std::string method = "none";
  NumberOrWord members = 25;
  std::int32_t max_members = 500;
  double tolerance = 0.01;
  double samples = 1.0;   ///< draws of a bag as a share of the training rows
  double features = 1.0;  ///< share of the features a member sees
  bool stratify = true;   ///< bags keep the share of each class; without classes there is one stratum
  std::string bootstrap = "rows";
  std::int32_t block = 0;
  std::vector<std::string> combine = {};  ///< the first is the reported one; none: what suits the method
  double trim = 0.1;
  std::string weights = "auto";
  AdaBoostOptions boosting;
  GradientBoostingOptions gradient;
  StackOptions stack;
  Config base = {};  ///< a list of tables; search/study reads it

  static void fields(auto& self, auto&& visit) {
    visit("method", self.method,
          Field{.help = "how members come to differ (average: by their random numbers alone)",
                .choices = {"none", "average", "bagging", "pasting", "subspaces", "patches", "adaboost",
                            "gradient_boosting", "snapshot", "mc_dropout", "stacking", "selection"}});
    visit("members", self.members,
          Field{.help = "number of members (or rounds), or \"auto\": as many as the tolerance needs",
                .low = 1,
                .high = 1e6,
                .choices = {"auto"}});
    visit("max_members", self.max_members, Field{.help = "with members = \"auto\": the most", .low = 2, .high = 1e6});
    visit("tolerance", self.tolerance,
          Field{.help = "with members = \"auto\": largest expected share of rows whose label, or error of the mean in "
                        "deviations of the target, differs from that of endless members",
                .low = 1e-6,
                .high = 1});
    visit("samples", self.samples,
          Field{.help = "draws of a bag (or rows of a part) as a share of the training rows", .low = 1e-6, .high = 1});
    visit("features", self.features, Field{.help = "share of the features a member sees", .low = 1e-6, .high = 1});
    visit("stratify", self.stratify, Field{.help = "draw a bag class by class, so that it keeps their shares"});
    visit("bootstrap", self.bootstrap,
          Field{.help =
                    "what is drawn: rows; rows with equal draws of each class (balanced); whole groups of data.group; "
                    "blocks of neighbouring rows (in the order of data.time)",
                .choices = {"rows", "balanced", "groups", "blocks"}});
    visit("block", self.block,
          Field{.help = "rows of a block; 0: the cube root of the number of rows, rounded up", .low = 0, .high = 1e9});
    visit(
        "combine", self.combine,
        Field{.help = "how predictions are joined; all are computed, the first is reported (none named: mean and vote, "
                      "or what the method is defined by)",
              .choices = {"mean", "vote", "median", "weighted_mean", "weighted_vote", "weighted_median", "trimmed_mean",
                          "geometric_mean"}});
    visit("trim", self.trim,
          Field{.help = "share of the members left out at either end (trimmed_mean)", .low = 0, .high = 0.499});
    visit(
        "weights", self.weights,
        Field{
            .help =
                "of the weighted combinations: equal; from each member's out-of-bag rows (oob) or the rows that its "
                "early stopping held out (valid); auto: of boosting its own, else oob where there are bags, else equal",
            .choices = {"auto", "equal", "oob", "valid"}});
    visit("boosting", self.boosting, Field{.help = "method adaboost"});
    visit("gradient", self.gradient, Field{.help = "method gradient_boosting"});
    visit("stack", self.stack, Field{.help = "methods stacking and selection"});
    visit("base", self.base,
          Field{.help = "base configurations of stacking and selection: tables with preprocess, model, "
                        "train, trees and ensemble, each over that of the experiment"});
  }
};

}  // namespace jury
