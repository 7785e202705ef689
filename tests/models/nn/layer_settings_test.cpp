// The settings of layers as data are those that the layers read.
#include "models/nn/layer_settings.hpp"

#include <gtest/gtest.h>

#include "models/nn/blocks.hpp"
#include "models/nn/layer.hpp"

namespace jury {
namespace {

TEST(LayerSettings, AreOfEveryLayerAndBlockInTheirOrder) {
  std::vector<std::pair<std::string_view, std::string_view>> known, told;
  for (const auto& layer : layers()) known.emplace_back(layer.name, layer.summary);
  for (const auto& block : blocks()) known.emplace_back(block.name, block.summary);
  for (const auto& each : layer_settings()) told.emplace_back(each.name, each.summary);
  EXPECT_EQ(told, known);
}

std::string complaint_of(const MakeLayer& make, const Config& options) {
  try {
    make(options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

// Each key is one that the layer reads (whatever it says of the default), and no other.
TEST(LayerSettings, AreReadByTheirLayers) {
  for (std::size_t i = 0; i < layers().size(); ++i) {
    Config options;
    for (const FieldInfo& field : layer_settings()[i].make()) options.set(field.key, field.otherwise);
    EXPECT_EQ(complaint_of(layers()[i].make, options).find("unknown key"), std::string::npos) << layers()[i].name;
    options.set("no_such_setting", Config(true));
    EXPECT_NE(complaint_of(layers()[i].make, options).find("unknown key"), std::string::npos) << layers()[i].name;
  }
}

}  // namespace
}  // namespace jury
