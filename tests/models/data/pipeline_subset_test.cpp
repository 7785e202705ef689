#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/data/tables.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;
using Floats = std::vector<float>;
using Rows = std::vector<std::uint32_t>;
using Steps = std::vector<PreprocessStep>;

const Steps kLists[] = {
    {},
    {{.step = "impute"}, {.step = "one-hot"}, {.step = "standardize", .columns = {"all"}}},
    {{.step = "impute", .with = {"most_frequent"}}, {.step = "ordinal"}, {.step = "minmax", .columns = {"b", "k"}}},
    {{.step = "impute", .columns = {"a"}, .with = {"mean"}},
     {.step = "impute", .columns = {"b"}, .with = {"7"}},
     {.step = "one-hot"},
     {.step = "clip", .columns = {"k=q", "m"}, .low = 0.5},
     {.step = "robust"}},
    {{.step = "impute"}, {.step = "one-hot"}, {.step = "quantile", .columns = {"b"}}, {.step = "standardize"}},
};

std::string owner_of(const std::string& output) { return output.substr(0, output.find('=')); }

// Every subset of mixed_table's features, under every list: the outputs of the whole, but for the others'. Without
// a quantile column a later scaling joins the maps before it, and may round otherwise.
TEST(PipelineSubset, HasTheOutputsOfTheWholeThatAreItsOwn) {
  const Dataset data = mixed_table();
  const Rows rows = first_rows(8), draws = {0, 0, 2, 3, 5, 6, 7};
  for (const Steps& steps : kLists) {
    const auto whole = fit_pipeline(data, steps, draws);
    const Floats all = gathered(*whole, data, rows);
    for (unsigned mask = 1; mask < 16; ++mask) {
      Rows features;
      for (std::uint32_t f = 0; f < 4; ++f)
        if ((mask >> f & 1) != 0) features.push_back(f);
      const auto part = fit_pipeline(data, steps, draws, features);
      std::vector<std::string> names;
      Floats expected;
      for (std::size_t j = 0; j < whole->width(); ++j)
        for (const std::uint32_t f : features)
          if (owner_of(whole->names()[j]) == data.schema().features[f].name) names.push_back(whole->names()[j]);
      for (const std::uint32_t row : rows)
        for (std::size_t j = 0; j < whole->width(); ++j)
          if (std::ranges::count(names, whole->names()[j]) > 0) expected.push_back(all[row * whole->width() + j]);
      EXPECT_EQ(part->names(), names);
      EXPECT_THAT(gathered(*part, data, rows), Pointwise(FloatNear(1e-6F), expected))
          << "features " << testing::PrintToString(features);
    }
  }
}

TEST(PipelineSubset, SavedAndLoadedGathersTheSameFromWholeRows) {
  const Dataset data = mixed_table();
  for (const Steps& steps : kLists)
    for (const Rows& features : {Rows{0}, {1, 2}, {2, 3}, {3}}) {
      const auto part = fit_pipeline(data, steps, first_rows(8), features);
      ByteWriter writer;
      part->save(writer);
      ByteReader reader(writer.bytes());
      const Pipeline loaded = Pipeline::load(reader);
      EXPECT_TRUE(reader.empty());
      EXPECT_TRUE(loaded == *part);
      EXPECT_EQ(gathered(loaded, data, first_rows(8)), gathered(*part, data, first_rows(8)));
    }
}

TEST(PipelineSubset, OfAllFeaturesIsTheWhole) {
  const Dataset data = mixed_table();
  for (const Steps& steps : kLists)
    EXPECT_TRUE(*fit_pipeline(data, steps, first_rows(8), Rows{0, 1, 2, 3}) ==
                *fit_pipeline(data, steps, first_rows(8)));
}

TEST(PipelineSubset, GathersScatteredColumnsOfAWideTable) {
  Rng rng(3);
  Floats numbers;
  for (int i = 0; i < 40 * 50; ++i) numbers.push_back(static_cast<float>(rng.normal()));
  const Dataset data = number_table(40, numbers);
  const Rows features = {0, 1, 2, 5, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 39};
  const Steps steps = {{.step = "standardize"},
                       {.step = "clip", .columns = {"x18", "x19", "x38"}, .low = -1, .high = 1}};
  const Floats whole = gathered(*fit_pipeline(data, steps, first_rows(50)), data, first_rows(50));
  const Floats part = gathered(*fit_pipeline(data, steps, first_rows(50), features), data, first_rows(50));
  for (std::size_t i = 0; i < 50; ++i)
    for (std::size_t j = 0; j < features.size(); ++j)
      ASSERT_EQ(part[i * features.size() + j], whole[i * 40 + features[j]])
          << "row " << i << ", feature " << features[j];
}

TEST(PipelineSubset, TellsItsCodes) {
  const Dataset data = mixed_table();
  const Steps steps = {{.step = "impute", .with = {"most_frequent"}}, {.step = "ordinal"}};
  EXPECT_THAT(fit_pipeline(data, steps, first_rows(8), Rows{2, 3})->codes(),
              ElementsAre(Pipeline::Code{.output = 1, .size = 2}));
}

TEST(PipelineSubset, ComponentsAreThoseOfItsColumnsAndNoMore) {
  const Dataset data = number_table(3, {1, 2, 5, 3, 1, 1, 2, 2, 0, 9, 4, 2});
  const Steps steps = {{.step = "pca", .columns = {"x0", "x2"}, .components = 2},
                       {.step = "minmax", .columns = {"pca1", "x1"}}};
  const auto names = [&](const Rows& features) { return fit_pipeline(data, steps, first_rows(4), features)->names(); };
  EXPECT_THAT(names({0, 2}), ElementsAre("pca0", "pca1"));
  EXPECT_THAT(names({1, 2}), ElementsAre("x1", "pca0"));
  EXPECT_THAT(names({1}), ElementsAre("x1"));
  const Floats one = gathered(*fit_pipeline(data, steps, first_rows(4), Rows{2}), data, first_rows(4));
  EXPECT_EQ(one, (Floats{3, -1, -2, 0})) << "the one component of one column is the column, centred";
}

// Of two channels of two pixels, the last of the first and both of the second.
TEST(PipelineSubset, ChannelsAreThoseOfTheWholeImage) {
  DataSchema schema{.task = TaskKind::regression, .features = {}, .targets = {"y"}, .shape = {2, 1, 2}};
  for (int j = 0; j < 4; ++j) schema.features.push_back({.name = "p" + std::to_string(j)});
  DatasetBuilder builder(schema, {.num_train = 2, .storage = Storage::u8});
  const std::uint8_t pixels[] = {0, 2, 100, 100, 4, 6, 100, 200};
  std::copy(std::begin(pixels), std::end(pixels), builder.bytes().begin());
  const Dataset data = Dataset::own(std::move(builder).finish());
  const Floats out = gathered(*fit_pipeline(data, {}, first_rows(2), Rows{1, 2, 3}), data, {0, 1});
  const float other = std::sqrt(1875.0F);  // of 100 100 100 200; and 2 of 2 6
  const Floats expected = {-1, -25 / other, -25 / other, 1, -25 / other, 75 / other};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(out[i], expected[i], 1e-6F);
}

TEST(PipelineSubset, NamesThatTheDatasetDoesNotHaveAreStillRefused) {
  for (const char* name : {"c", "k=z", "a=1", "pca0"}) {
    const Steps steps = {{.step = "clip", .columns = {name}, .low = 0}};
    try {
      fit_pipeline(mixed_table(), steps, first_rows(8), Rows{0});
      ADD_FAILURE() << name;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(std::string("names the column '") + name + "' (there is none)"));
    }
  }
}

#ifdef JURY_CONTRACTS
TEST(PipelineSubsetDeathTest, FeaturesAscendAndAreThere) {
  const Dataset data = mixed_table();
  EXPECT_DEATH(fit_pipeline(data, {}, first_rows(8), Rows{1, 0}), "contract broken");
  EXPECT_DEATH(fit_pipeline(data, {}, first_rows(8), Rows{1, 1}), "contract broken");
  EXPECT_DEATH(fit_pipeline(data, {}, first_rows(8), Rows{4}), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
