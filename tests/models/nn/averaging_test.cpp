#include "models/nn/averaging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

std::vector<std::int32_t> epochs_taken(const AveragingOptions& options, std::int32_t total) {
  const WeightAverage average(options, 1);
  std::vector<std::int32_t> taken;
  for (std::int32_t epoch = 1; epoch <= total; ++epoch)
    if (average.takes(epoch, total)) taken.push_back(epoch);
  return taken;
}

std::vector<float> weights_of(std::size_t size, std::uint64_t key) {
  std::vector<float> weights(size);
  Rng rng(key);
  for (float& weight : weights) weight = static_cast<float>(rng.normal());
  return weights;
}

TEST(WeightAverage, TakesTheEpochsAfterItsStart) {
  EXPECT_THAT(epochs_taken({.start = 0.75}, 8), ElementsAre(7, 8));
  EXPECT_THAT(epochs_taken({.start = 0.7}, 8), ElementsAre(6, 7, 8));  // 5.6 epochs before
  EXPECT_THAT(epochs_taken({.start = 0, .every = 3}, 8), ElementsAre(1, 4, 7));
  EXPECT_THAT(epochs_taken({.start = 0.5, .every = 100}, 8), ElementsAre(5));
}

TEST(WeightAverage, ThereIsAlwaysAnEpochToTake) {
  for (const std::int32_t total : {1, 2, 1000}) EXPECT_THAT(epochs_taken({.start = 0.999}, total), ElementsAre(total));
}

// 0.29 * 100 is 28.999999999999996 in doubles.
TEST(WeightAverage, TheStartIsNotALittleTooEarly) { EXPECT_EQ(epochs_taken({.start = 0.29}, 100).front(), 30); }

TEST(WeightAverage, BeginsWithTheFirstEpochItTakes) {
  const WeightAverage average({.start = 0.5, .every = 3}, 1);
  EXPECT_FALSE(average.begun(4, 8));
  EXPECT_TRUE(average.begun(5, 8));
  EXPECT_TRUE(average.begun(6, 8));
}

TEST(WeightAverage, IsTheMean) {
  WeightAverage average({}, 2);
  average.add(std::vector<float>{1, -4});
  EXPECT_THAT(average.mean(), ElementsAre(1.0F, -4.0F));
  average.add(std::vector<float>{2, 4});
  average.add(std::vector<float>{6, 3});
  EXPECT_EQ(average.count(), 3);
  EXPECT_THAT(average.mean(), ElementsAre(3.0F, 1.0F));
}

// Floats near 2^24 are 2 apart, so that steps of a third of that would be lost.
TEST(WeightAverage, KeepsWhatAFloatWouldLose) {
  WeightAverage average({}, 1);
  average.add(std::vector<float>{16777216.0F});
  for (int i = 0; i < 3; ++i) average.add(std::vector<float>{16777218.0F});
  EXPECT_EQ(average.mean()[0], 16777218.0F);  // 2^24 + 1.5, rounded to the nearest float
  for (int i = 0; i < 4; ++i) average.add(std::vector<float>{16777216.0F});
  EXPECT_EQ(average.mean()[0], 16777216.0F);  // 2^24 + 0.75
}

TEST(WeightAverage, ResumedItHasTheSameBits) {
  WeightAverage whole({}, 40), before({}, 40), after({}, 40);
  for (std::uint64_t i = 0; i < 7; ++i) {
    whole.add(weights_of(40, i));
    (i < 3 ? before : after).add(weights_of(40, i));
    if (i != 2) continue;
    ByteWriter writer;
    before.save(writer);
    ByteReader reader(writer.bytes());
    after.load(reader);
    EXPECT_TRUE(reader.empty());
  }
  EXPECT_EQ(after.count(), 7);
  EXPECT_EQ(after.mean(), whole.mean());
}

TEST(WeightAverage, StatesOfOtherNetworksAreRefused) {
  ByteWriter writer;
  WeightAverage({}, 3).save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_THROW(WeightAverage({}, 4).load(reader), DataError);
  ByteWriter negative;
  negative.add(std::int64_t{-1}).add(std::vector<double>{1});
  ByteReader negatives(negative.bytes());
  EXPECT_THROW(WeightAverage({}, 1).load(negatives), DataError);
}

TEST(WeightAverageDeathTest, TheMeanOfNothingIsABug) {
  EXPECT_DEATH(static_cast<void>(WeightAverage({}, 1).mean()), "count_ > 0");
}

}  // namespace
}  // namespace jury
