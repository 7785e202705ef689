#include "models/ensemble/sampling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

EnsembleOptions ensemble_of(const char* method, const char* bootstrap) {
  EnsembleOptions ensemble;
  ensemble.method = method;
  ensemble.bootstrap = bootstrap;
  return ensemble;
}

std::string refusal(const EnsembleOptions& ensemble, const RowFacts& facts) {
  try {
    check_sampling(ensemble, facts);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(CheckSampling, NamesTheSettingAndWhatItNeeds) {
  const std::vector<std::int32_t> numbers = {0, 1};
  EXPECT_EQ(
      refusal(ensemble_of("bagging", "groups"), {.labels = numbers}),
      "ensemble.bootstrap = \"groups\" needs data.group (it draws whole groups) name the column that tells the groups");
  EXPECT_EQ(
      refusal(ensemble_of("bagging", "balanced"), {.groups = numbers}),
      "ensemble.bootstrap = \"balanced\" needs classes (it draws equally many rows of each; the targets are numbers) "
      "leave it out");
  EXPECT_EQ(refusal(ensemble_of("pasting", "blocks"), {}),
            "ensemble.bootstrap = \"blocks\" does not go with ensemble.method = \"pasting\" (it draws rows, without "
            "replacement) leave it out, or set ensemble.method = \"bagging\"");
  EXPECT_EQ(refusal(ensemble_of("bagging", "groups"), {.groups = numbers}), "no error");
  EXPECT_EQ(refusal(ensemble_of("bagging", "balanced"), {.labels = numbers}), "no error");
}

TEST(CheckSampling, SettingsOfDrawsAreRefusedWhereNothingIsDrawn) {
  for (const char* method :
       {"none", "average", "subspaces", "adaboost", "snapshot", "mc_dropout", "stacking", "selection"}) {
    EnsembleOptions few = ensemble_of(method, "rows"), plain = few, blocks = few;
    few.samples = 0.5;
    plain.stratify = false;
    blocks.block = 3;
    const std::string where =
        std::string(" does not go with ensemble.method = \"") + method + "\" (whose members draw no rows) leave it out";
    EXPECT_THAT(refusal(few, {}), testing::StartsWith("ensemble.samples below 1" + where));
    EXPECT_THAT(refusal(plain, {}), testing::StartsWith("ensemble.stratify = false" + where));
    EXPECT_THAT(refusal(blocks, {}), testing::StartsWith("ensemble.block" + where));
    EXPECT_THAT(refusal(ensemble_of(method, "groups"), {}),
                testing::StartsWith("ensemble.bootstrap = \"groups\"" + where));
    EXPECT_EQ(refusal(ensemble_of(method, "rows"), {}), "no error");
  }
  for (const char* method : {"bagging", "pasting", "patches", "gradient_boosting"}) {
    EnsembleOptions few = ensemble_of(method, "rows");
    few.samples = 0.5;
    few.stratify = false;
    EXPECT_EQ(refusal(few, {}), "no error");
    few.block = 3;
    EXPECT_EQ(refusal(few, {}),
              "ensemble.block does not go with ensemble.bootstrap = \"rows\" (it is the length of blocks) leave it "
              "out, or set "
              "ensemble.bootstrap = \"blocks\"");
  }
  EXPECT_THAT(refusal(
                  [] {
                    EnsembleOptions stack = ensemble_of("stacking", "rows");
                    stack.samples = 0.5;
                    return stack;
                  }(),
                  {}),
              testing::EndsWith("leave it out, or set it in a base"));
}

TEST(CheckSampling, BlocksNeedNoTimes) {
  EXPECT_EQ(refusal(ensemble_of("bagging", "blocks"), {}), "no error");
  EXPECT_EQ(refusal(ensemble_of("patches", "rows"), {}), "no error");
}

TEST(BagOptions, FollowTheMethodAndTheBootstrap) {
  for (const auto& [method, bootstrap, scheme] : {std::tuple("bagging", "rows", BagScheme::rows),
                                                  {"bagging", "balanced", BagScheme::balanced},
                                                  {"bagging", "groups", BagScheme::groups},
                                                  {"bagging", "blocks", BagScheme::blocks},
                                                  {"pasting", "rows", BagScheme::part},
                                                  {"patches", "rows", BagScheme::part},
                                                  {"gradient_boosting", "rows", BagScheme::part}})
    EXPECT_EQ(bag_options(ensemble_of(method, bootstrap)).scheme, scheme) << method << " " << bootstrap;
  EnsembleOptions ensemble = ensemble_of("bagging", "blocks");
  ensemble.samples = 0.5;
  ensemble.stratify = false;
  ensemble.block = 7;
  const BagOptions options = bag_options(ensemble);
  EXPECT_EQ(options.samples, 0.5);
  EXPECT_FALSE(options.stratified);
  EXPECT_EQ(options.block, 7U);
}

TEST(FeatureSubset, HasTheShareButAtLeastOneAscending) {
  for (const auto& [share, size] : {std::pair{1.0, 9U}, {0.5, 5U}, {0.34, 3U}, {0.001, 1U}}) {
    Rng rng(4);
    const auto features = feature_subset(9, share, rng);
    EXPECT_EQ(features.size(), size);
    EXPECT_LT(features.back(), 9U);
    EXPECT_TRUE(std::ranges::adjacent_find(features, std::greater_equal{}) == features.end());
  }
  Rng rng(4);
  EXPECT_THAT(feature_subset(1, 0.5, rng), ElementsAre(0));
}

// 3,000 draws of one of the ten pairs of five: 300 each, 5 deviations of 16.4.
TEST(FeatureSubset, IsAnyOfItsSizeEquallyOften) {
  std::map<std::vector<std::uint32_t>, int> times;
  for (std::uint64_t key = 0; key < 3000; ++key) {
    Rng rng(key);
    ++times[feature_subset(5, 0.4, rng)];
  }
  EXPECT_EQ(times.size(), 10U);
  for (const auto& [features, count] : times) EXPECT_NEAR(count, 300, 82);
}

// Results files depend on these draws: a change here is a change of format.
TEST(FeatureSubset, KnownAnswer) {
  Rng rng(stream_key(1, Purpose::bootstrap, {0}));
  EXPECT_THAT(feature_subset(10, 0.4, rng), ElementsAre(1, 7, 8, 9));
}

}  // namespace
}  // namespace jury
