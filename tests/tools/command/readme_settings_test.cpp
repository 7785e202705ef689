// The tables of settings in models/nn/README.md are those of the options: a row for each, as made here.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "models/nn/batch_norm_layer.hpp"
#include "models/nn/block_options.hpp"
#include "models/nn/blocks.hpp"
#include "models/nn/conv_layer.hpp"
#include "models/nn/dense_layer.hpp"
#include "models/nn/embedding_layer.hpp"
#include "models/nn/gru_layer.hpp"
#include "models/nn/layer.hpp"
#include "models/nn/local_response_norm_layer.hpp"
#include "models/nn/lstm_layer.hpp"
#include "models/nn/model_options.hpp"
#include "models/nn/pool_layer.hpp"
#include "models/nn/train_options.hpp"

namespace jury {
namespace {

std::string readme() {
  const std::ifstream file(JURY_TEST_DATA "/../../models/nn/README.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string allowed(const Field& field) {
  std::string text;
  for (const std::string_view choice : field.choices) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", choice);
  if (!std::isfinite(field.low)) return text;
  if (!text.empty()) text += "; ";
  return text +
         (field.high < 1e5 ? fmt::format("{:g} to {:g}", field.low, field.high) : fmt::format("from {:g}", field.low));
}

// "| `lr` | 0.001 | 0 to 1e+06 | learning rate, before its schedule |"
template <class Options>
std::string missing_rows() {
  const std::string page = readme();
  const Options defaults;
  const Config table = to_config(defaults);
  std::string missing;
  Options::fields(defaults, [&](std::string_view key, const auto&, const Field& field) {
    const Config* value = table.find(key);
    const std::string written = value->is_table() && value->as<Config::Table>()->empty() ? "" : to_text(*value);
    const std::string row = fmt::format("| `{}` | {} | {} | {} |\n", key, written, allowed(field), field.help);
    if (page.find(row) == std::string::npos) missing += row;
  });
  return missing;
}

TEST(NetworksReadme, HasEverySettingOfModel) { EXPECT_EQ(missing_rows<ModelOptions>(), ""); }
TEST(NetworksReadme, HasEverySettingOfTrain) { EXPECT_EQ(missing_rows<TrainOptions>(), ""); }
TEST(NetworksReadme, HasEverySettingOfEarlyStopping) { EXPECT_EQ(missing_rows<EarlyStoppingOptions>(), ""); }
TEST(NetworksReadme, HasEverySettingOfAveraging) { EXPECT_EQ(missing_rows<AveragingOptions>(), ""); }
TEST(NetworksReadme, HasEverySettingOfAugment) { EXPECT_EQ(missing_rows<AugmentOptions>(), ""); }

// The row of a layer or block: its line that starts with its name.
std::string row_of(std::string_view name) {
  const std::string page = readme();
  const std::size_t start = page.find(fmt::format("\n| `{}` |", name));
  return start == std::string::npos ? "" : page.substr(start + 1, page.find('\n', start + 1) - start - 1);
}

bool has_line_to_copy(std::string_view name) {
  return row_of(name).find(fmt::format("type = \"{}\"", name)) != std::string::npos;
}

TEST(NetworksReadme, HasEveryLayerAndBlockWithALineToCopy) {
  for (const auto& layer : layers()) EXPECT_TRUE(has_line_to_copy(layer.name)) << layer.name;
  for (const auto& block : blocks()) EXPECT_TRUE(has_line_to_copy(block.name)) << block.name;
}

// Every option is in the row, "`kernel` (3)"; initialisers and their range are told once for all.
template <class Options>
std::string missing_options(std::string_view name) {
  const std::string row = row_of(name);
  std::string missing;
  const Options defaults;
  Options::fields(defaults, [&](std::string_view key, const auto&, const Field&) {
    if (key != "init_range" && row.find(fmt::format("`{}`", key)) == std::string::npos)
      missing += fmt::format("{} ", key);
  });
  return missing;
}

TEST(NetworksReadme, HasTheOptionsOfLayersAndBlocks) {
  EXPECT_EQ(missing_options<DenseOptions>("dense"), "");
  EXPECT_EQ(missing_options<ConvOptions>("conv"), "");
  EXPECT_EQ(missing_options<BatchNormOptions>("batch_norm"), "");
  EXPECT_EQ(missing_options<PoolingOptions>("max_pool"), "");
  EXPECT_EQ(missing_options<LocalResponseNormOptions>("local_response_norm"), "");
  EXPECT_EQ(missing_options<EmbeddingOptions>("embedding"), "");
  EXPECT_EQ(missing_options<LstmOptions>("lstm"), "");
  EXPECT_EQ(missing_options<ConvBlockOptions>("conv_block"), "");
  EXPECT_EQ(missing_options<ResidualOptions>("residual"), "");
  EXPECT_EQ(missing_options<InceptionOptions>("inception"), "");
  EXPECT_EQ(missing_options<DenseBlockOptions>("dense_block"), "");
  EXPECT_EQ(missing_options<TransitionOptions>("transition"), "");
  EXPECT_EQ(missing_options<SqueezeExciteOptions>("squeeze_excite"), "");
  EXPECT_EQ(missing_options<BranchesOptions>("branches"), "");
}

}  // namespace
}  // namespace jury
