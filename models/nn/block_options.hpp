// The options of blocks of layers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/activation.hpp"
#include "models/nn/initialiser.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct ConvBlockOptions {
  std::int32_t channels = 1;
  Config kernel = Config(std::int64_t{3});
  Config stride = Config(std::int64_t{1});
  Config padding = Config("same");
  bool batch_norm = true;
  std::string activation = "relu";
  std::int32_t pool = 1;
  double dropout2d = 0.0;
  std::string init = "kaiming";
  double init_range = 0.5;

  static void fields(auto& self, auto&& visit) {
    visit("channels", self.channels, Field{.help = "outputs at each place", .low = 1, .high = 65536});
    visit("kernel", self.kernel, Field{.help = "side of the window, or a list"});
    visit("stride", self.stride, Field{.help = "step of the window, or a list"});
    visit("padding", self.padding, Field{.help = "\"same\", \"valid\", a number or a list"});
    visit("batch_norm", self.batch_norm, Field{.help = "normalise before the activation"});
    visit("activation", self.activation, Field{.help = "nonlinearity", .choices = activation_names()});
    visit("pool", self.pool, Field{.help = "side and step of the max pooling; 1: none", .low = 1, .high = 16});
    visit("dropout2d", self.dropout2d, Field{.help = "share of whole channels dropped", .low = 0, .high = 0.95});
    visit("init", self.init, Field{.help = "initial weights", .choices = initialiser_names()});
    visit("init_range", self.init_range,
          Field{.help = "largest weight either way (init uniform)", .low = 0, .high = 100});
  }
};

struct ResidualOptions {
  std::int32_t channels = 16;
  std::int32_t kernel = 3;
  std::int32_t stride = 1;
  bool bottleneck = false;
  bool preactivation = false;
  std::string activation = "relu";

  static void fields(auto& self, auto&& visit) {
    visit("channels", self.channels, Field{.help = "outputs at each place", .low = 1, .high = 65536});
    visit("kernel", self.kernel, Field{.help = "side of the windows", .low = 1, .high = 63});
    visit("stride", self.stride, Field{.help = "step of the first window", .low = 1, .high = 16});
    visit("bottleneck", self.bottleneck, Field{.help = "1x1 to a quarter of the channels, window, 1x1 back"});
    visit("preactivation", self.preactivation, Field{.help = "normalise and activate before each convolution"});
    visit("activation", self.activation, Field{.help = "nonlinearity", .choices = activation_names()});
  }
};

struct InceptionOptions {
  std::int32_t conv1 = 16;
  std::vector<std::int32_t> conv3 = {16, 32};
  std::vector<std::int32_t> conv5 = {4, 8};
  std::int32_t pool = 8;
  std::string activation = "relu";

  static void fields(auto& self, auto&& visit) {
    visit("conv1", self.conv1, Field{.help = "channels of the 1x1 branch", .low = 1, .high = 65536});
    visit("conv3", self.conv3, Field{.help = "channels of the 1x1 and the 3x3", .low = 1, .high = 65536});
    visit("conv5", self.conv5, Field{.help = "channels of the 1x1 and the 5x5", .low = 1, .high = 65536});
    visit("pool", self.pool, Field{.help = "channels of the 1x1 after the pooling", .low = 1, .high = 65536});
    visit("activation", self.activation, Field{.help = "nonlinearity", .choices = activation_names()});
  }
};

struct DenseBlockOptions {
  std::int32_t layers = 4;
  std::int32_t growth = 12;
  bool bottleneck = true;
  double dropout = 0.0;
  std::string activation = "relu";

  static void fields(auto& self, auto&& visit) {
    visit("layers", self.layers, Field{.help = "number of layers", .low = 1, .high = 1024});
    visit("growth", self.growth, Field{.help = "channels that each adds", .low = 1, .high = 4096});
    visit("bottleneck", self.bottleneck, Field{.help = "1x1 to 4 growth channels first"});
    visit("dropout", self.dropout, Field{.help = "share of the new values dropped", .low = 0, .high = 0.95});
    visit("activation", self.activation, Field{.help = "nonlinearity", .choices = activation_names()});
  }
};

struct TransitionOptions {
  double compression = 0.5;
  std::string activation = "relu";

  static void fields(auto& self, auto&& visit) {
    visit("compression", self.compression, Field{.help = "share of the channels kept", .low = 1e-3, .high = 1});
    visit("activation", self.activation, Field{.help = "nonlinearity", .choices = activation_names()});
  }
};

struct SqueezeExciteOptions {
  std::int32_t ratio = 16;

  static void fields(auto& self, auto&& visit) {
    visit("ratio", self.ratio, Field{.help = "channels per hidden unit", .low = 1, .high = 1024});
  }
};

struct BranchesOptions {
  std::string join = "concat";
  Config branches = {};

  static void fields(auto& self, auto&& visit) {
    visit("join", self.join, Field{.help = "how they come together", .choices = {"concat", "add"}});
    visit("branches", self.branches, Field{.help = "lists of layers; [] is the input itself"});
  }
};

}  // namespace jury
