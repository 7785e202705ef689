#include "models/data/dataset.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "models/data/dataset_builder.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Two numbers and a category, three training rows, one test row.
Bytes small_block(float first = 1.0F) {
  const DataSchema schema{.task = TaskKind::classification,
                          .features = {{.name = "age"},
                                       {.name = "job", .kind = FeatureKind::categorical, .vocabulary = {"a", "b"}},
                                       {.name = "pay"}},
                          .classes = {"no", "yes"},
                          .targets = {"y"},
                          .warnings = {"column 'z' is constant"}};
  DatasetBuilder builder(
      schema,
      {.num_train = 3, .num_test = 1, .extras = Extra::weight | Extra::posterior | Extra::fold, .num_splits = 2});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float numbers[] = {first, 2, 3, nan, 5, 6, 7, 8};
  const std::uint32_t codes[] = {0, 1, kMissingCode, 1};
  const std::int32_t labels[] = {0, 1, 1, 0};
  std::copy(std::begin(numbers), std::end(numbers), builder.numeric().begin());
  std::copy(std::begin(codes), std::end(codes), builder.codes().begin());
  std::copy(std::begin(labels), std::end(labels), builder.labels().begin());
  for (float& weight : builder.weight()) weight = 0.5F;
  builder.fold()[1] = -1;
  builder.parts()[5] = SplitPart::test;
  EXPECT_EQ(builder.posterior().size(), 8U);
  EXPECT_TRUE(builder.targets().empty());
  return std::move(builder).finish();
}

TEST(Dataset, HoldsWhatTheBuilderWasGiven) {
  const Dataset data = Dataset::own(small_block());
  EXPECT_EQ(data.rows(), 4U);
  EXPECT_EQ(data.num_train(), 3U);
  EXPECT_EQ(data.num_test(), 1U);
  EXPECT_EQ(data.num_numeric(), 2U);
  EXPECT_EQ(data.num_categorical(), 1U);
  EXPECT_EQ(data.num_classes(), 2U);
  EXPECT_EQ(data.numeric()[4], 5.0F);
  EXPECT_EQ(data.codes()[2], kMissingCode);
  EXPECT_EQ(data.labels()[2], 1);
  EXPECT_EQ(data.weight().size(), 4U);
  EXPECT_EQ(data.posterior().size(), 8U);
  EXPECT_TRUE(data.targets().empty());
  EXPECT_TRUE(data.truth().empty());
  EXPECT_TRUE(data.bytes().empty());
  EXPECT_EQ(std::vector(data.fold().begin(), data.fold().end()), (std::vector<std::int32_t>{0, -1, 0}));
  EXPECT_EQ(data.parts().size(), 6U);
  EXPECT_EQ(data.parts()[5], SplitPart::test);
  const DataSchema& schema = data.schema();
  EXPECT_EQ(schema.features[1].vocabulary, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(schema.features[2].name, "pay");
  EXPECT_EQ(schema.features[2].index, 1U);
  EXPECT_EQ(schema.features[0].num_missing, 0U);
  EXPECT_EQ(schema.features[1].num_missing, 1U);
  EXPECT_EQ(schema.features[2].num_missing, 1U);
  EXPECT_EQ(schema.warnings.size(), 1U);
}

TEST(Dataset, SizeIsKnownBeforeItIsBuilt) {
  const Bytes block = small_block();
  const Dataset data = Dataset::view(block);
  EXPECT_EQ(
      dataset_bytes(
          data.schema(),
          {.num_train = 3, .num_test = 1, .extras = Extra::weight | Extra::posterior | Extra::fold, .num_splits = 2}),
      block.size());
}

TEST(Dataset, IsTheSameWhereverItsBlockLies) {
  const Bytes block = small_block();
  const Bytes copy = block;
  const Dataset a = Dataset::view(block), b = Dataset::view(copy);
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_EQ(a.domain(), b.domain());
  EXPECT_NE(a.numeric().data(), b.numeric().data());
}

TEST(Dataset, HashTellsDataApart) {
  EXPECT_EQ(Dataset::own(small_block()).hash(), Dataset::own(small_block()).hash());
  EXPECT_NE(Dataset::own(small_block()).hash(), Dataset::own(small_block(1.5F)).hash());
}

TEST(Dataset, ACopyKeepsTheBlockAlive) {
  Dataset copy = [] { return Dataset::own(small_block()); }();
  EXPECT_EQ(copy.numeric()[0], 1.0F);
}

TEST(Dataset, BytesStayBytes) {
  DatasetBuilder builder(
      {.task = TaskKind::regression, .features = {{.name = "p"}, {.name = "q"}}, .targets = {"u", "v"}},
      {.num_train = 2, .storage = Storage::u8, .extras = Extra::truth});
  EXPECT_EQ(builder.bytes().size(), 4U);
  EXPECT_TRUE(builder.numeric().empty());
  builder.bytes()[3] = 255;
  builder.targets()[1] = 2.5;
  const Dataset data = Dataset::own(std::move(builder).finish());
  EXPECT_EQ(data.storage(), Storage::u8);
  EXPECT_EQ(data.bytes()[3], 255);
  EXPECT_EQ(data.targets()[1], 2.5);
  EXPECT_EQ(data.num_targets(), 2U);
  EXPECT_EQ(data.truth().size(), 4U);
}

TEST(Dataset, RefusesATornBlock) {
  const Bytes block = small_block();
  for (std::size_t size = 0; size < block.size(); size += 8) {
    const Bytes torn(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THROW(Dataset::view(torn), DataError) << size;
  }
}

// Whatever a damaged block claims, reading it stays inside the block (ASan watches) or is refused.
TEST(Dataset, SurvivesDamageAnywhere) {
  const Bytes block = small_block();
  Rng rng(3);
  for (int round = 0; round < 3000; ++round) {
    Bytes damaged = block;
    const auto at = static_cast<std::size_t>(rng.below(damaged.size()));
    damaged[at] = static_cast<std::byte>(rng.below(256));
    try {
      const Dataset data = Dataset::view(damaged);
      double sum = 0;
      for (const float x : data.numeric()) sum += std::isnan(x) ? 0.0 : static_cast<double>(x);
      for (const std::uint32_t code : data.codes()) sum += code;
      for (const std::int32_t fold : data.fold()) sum += fold;
      for (const SplitPart part : data.parts()) sum += static_cast<double>(part);
      EXPECT_FALSE(std::isnan(sum) && data.rows() == 0);
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace jury
