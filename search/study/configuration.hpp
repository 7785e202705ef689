// What a predictor is made of: what the bases of a stack differ in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/ensemble/ensemble_options.hpp"
#include "models/nn/model_options.hpp"
#include "models/nn/train_options.hpp"
#include "models/trees/tree_options.hpp"
#include "runtime/base/options.hpp"

namespace jury {

/// One way to train a predictor: an entry of ensemble.base, or what the experiment's own sections say.
struct Configuration {
  std::string name = {};
  std::optional<std::vector<PreprocessStep>> preprocess = {};  ///< nothing: the default steps
  ModelOptions model = {};
  TrainOptions train = {};
  TreeOptions trees = {};
  EnsembleOptions ensemble = {};

  static void fields(auto& self, auto&& visit) {
    visit("name", self.name, Field{.help = "what tables call it; empty: the type of its model and its place"});
    visit("preprocess", self.preprocess, Field{.help = "steps fitted on training rows, in order"});
    visit("model", self.model, Field{.help = "what is trained"});
    visit("train", self.train, Field{.help = "how it is trained"});
    visit("trees", self.trees, Field{.help = "boosted trees (model.type xgboost)"});
    visit("ensemble", self.ensemble, Field{.help = "how many are trained and how they are joined"});
  }
};

/// Whether it trains boosted trees, as [trees] says, instead of a network.
inline bool trains_trees(const Configuration& configuration) noexcept { return configuration.model.type == "xgboost"; }

/// How the members of an ensemble come about, and what follows from it.
struct MethodTraits {
  std::string_view name;
  std::string_view member = "member";  ///< what a person calls one
  bool is_bagged = false;              ///< members leave training rows out, which they can be scored on
  bool is_sequential = false;          ///< one task trains all members, each from the ones before
  bool is_stack = false;               ///< members are base configurations, joined by what is fitted on them
  bool has_single = true;              ///< a single model is another fit than any member
};

/// Of a method of EnsembleOptions. Expects one.
const MethodTraits& traits_of(const EnsembleOptions& ensemble) noexcept;

/// Members to train: of members = "auto" the most.
std::int32_t max_members(const EnsembleOptions& ensemble) noexcept;
inline bool is_auto(const EnsembleOptions& ensemble) noexcept { return ensemble.members.word == "auto"; }

/// How members are joined, the first way being the reported one: what ensemble.combine says, or what suits
/// the method and the task.
std::vector<std::string> combines_of(const EnsembleOptions& ensemble, TaskKind task);

}  // namespace jury
