#include "models/data/pipeline_cache.hpp"

#include <gtest/gtest.h>

#include "models/data/tables.hpp"

namespace jury {
namespace {

using Rows = std::vector<std::uint32_t>;
using Steps = std::vector<PreprocessStep>;

const Steps kCachedSteps = {{.step = "impute"}, {.step = "standardize"}};

Dataset cached_table() { return number_table(2, {1, 10, 2, 20, 3, kNoNumber, 4, 50, 5, 60}); }

TEST(PipelineCache, GivesWhatAFitGives) {
  const Dataset data = cached_table();
  PipelineCache cache;
  const Rows some = {0, 1, 2}, others = {1, 2, 4}, repeated = {0, 1, 2, 2};
  const Steps scaled = {{.step = "impute"}, {.step = "minmax"}},
              clipped = {{.step = "impute"}, {.step = "clip", .low = 2}};
  for (int twice = 0; twice < 2; ++twice)
    for (const Rows& rows : {some, others, repeated})
      for (const Steps& steps : {kCachedSteps, scaled, clipped})
        for (const Rows& features : {Rows{}, Rows{1}}) {
          const auto found = cache.fit(data, steps, rows, features);
          const Fitted<Pipeline> expected = fit_pipeline(data, steps, rows, features);
          EXPECT_EQ(**found, *expected);
          EXPECT_EQ(found->saw(), expected.saw());
        }
  EXPECT_EQ(cache.hits(), 18U);
}

TEST(PipelineCache, KeepsTheLatestWithinItsBytes) {
  const Dataset data = cached_table();
  PipelineCache endless;
  endless.fit(data, kCachedSteps, Rows{0, 1}, {});
  PipelineCache cache(2 * endless.bytes());
  const auto fit = [&](std::uint32_t row) { return cache.fit(data, kCachedSteps, Rows{0, row}, {}); };
  const auto first = fit(1);
  fit(2);
  fit(1);
  fit(3);  // 2 is the least recently used
  EXPECT_EQ(cache.hits(), 1U);
  EXPECT_EQ(fit(1), first);
  EXPECT_EQ(cache.hits(), 2U);
  fit(2);
  EXPECT_EQ(cache.hits(), 2U);
  EXPECT_LE(cache.bytes(), 2 * endless.bytes());
}

TEST(PipelineCache, HoldsOneThatIsTooLarge) {
  const Dataset data = cached_table();
  PipelineCache cache(1);
  EXPECT_EQ(cache.fit(data, kCachedSteps, Rows{0, 1}, {}), cache.fit(data, kCachedSteps, Rows{0, 1}, {}));
}

TEST(PipelineCache, PassesOnWhatAFitRefuses) {
  const Dataset data = cached_table();
  PipelineCache cache;
  const Steps wrong = {{.step = "impute", .columns = {"none such"}}};
  for (int twice = 0; twice < 2; ++twice) EXPECT_THROW(cache.fit(data, wrong, Rows{0, 1}, {}), ConfigError);
  EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace jury
