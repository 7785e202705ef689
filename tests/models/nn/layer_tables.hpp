// Networks of any layers, written as an experiment has them.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "models/nn/network.hpp"
#include "naive_layers.hpp"

namespace jury {

/// One table of model.layers.
inline Config layer(const char* type, std::initializer_list<std::pair<const char*, OptionValue>> entries = {}) {
  Config table = options(entries);
  table.set("type", Config(std::string(type)));
  return table;
}

inline Config list(std::initializer_list<Config> items) { return Config(Config::List(items)); }
inline Config texts(std::initializer_list<const char*> items) {
  Config::List all;
  for (const char* item : items) all.emplace_back(std::string(item));
  return Config(std::move(all));
}

/// [model] type = "network" with these layers.
inline ModelOptions network_model(std::initializer_list<Config> tables) {
  ModelOptions model{.type = "network"};
  model.layers = list(tables);
  return model;
}

/// The network of a sample (as data.shape has it) into so many classes.
inline NetworkSpec network_of(std::initializer_list<Config> tables, Shape sample, std::int32_t classes = 3) {
  return make_network(network_model(tables), Inputs(std::move(sample)), {TaskKind::classification, classes});
}

}  // namespace jury
