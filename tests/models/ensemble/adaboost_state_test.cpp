#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/ensemble/adaboost.hpp"
#include "models/ensemble/boosting_toys.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

TEST(AdaBoostDraw, FollowsTheWeights) {
  const Labels labels = labels_below(2, 6);
  const Floats row_weights = {0, 1, 2, 3, 4, 0};
  Truth truth = classes_of(labels, 2);
  truth.weights = row_weights;
  const AdaBoost boost({.by = "resampling"}, truth);
  std::vector<double> total(6);
  for (std::uint64_t key = 0; key < 2000; ++key) {
    Rng rng(key);
    const auto drawn = boost.draw(rng);
    ASSERT_EQ(drawn.size(), 6U);
    EXPECT_TRUE(std::ranges::is_sorted(drawn));
    for (const auto position : drawn) ++total[position];
  }
  for (std::size_t row = 0; row < 6; ++row) {
    const double share = static_cast<double>(row_weights[row]) / 10;
    EXPECT_NEAR(total[row], 12000 * share, 5 * std::sqrt(12000 * share * (1 - share))) << "row " << row;
  }
}

TEST(AdaBoostDraw, OfOneRowIsThatRow) {
  const Labels labels = {1};
  Rng rng(1);
  EXPECT_THAT(AdaBoost({}, classes_of(labels, 2)).draw(rng), ElementsAre(0));
}

// Results files depend on these draws: a change here is a change of format.
TEST(AdaBoostDraw, KnownAnswer) {
  const Labels labels = labels_below(2, 8);
  const Truth truth = classes_of(labels, 2);
  AdaBoost boost({}, truth);
  boost.observe(all_right_but(truth, {5}));
  Rng rng(stream_key(1, Purpose::bootstrap, {0}));
  EXPECT_THAT(boost.draw(rng), ElementsAre(1, 5, 5, 5, 5, 6, 7, 7));
}

struct Problem {
  const char* algorithm;
  bool of_classes;
};

class AdaBoostRecords : public testing::TestWithParam<Problem> {
 protected:
  Truth truth() const { return GetParam().of_classes ? classes_of(labels_, 3) : values_of(values_); }
  AdaBoost boost() const { return AdaBoost({.algorithm = GetParam().algorithm}, truth()); }
  Floats predictions(std::uint64_t round) const {
    if (GetParam().of_classes) return learner(truth(), round, 4);
    Rng rng(round);
    Floats floats;
    for (const double value : values_) floats.push_back(static_cast<float>(value + std::pow(rng.normal(), 3)));
    return floats;
  }

 private:
  Labels labels_ = labels_below(3, 30);
  Doubles values_ = Doubles(30, 2.5);
};

TEST_P(AdaBoostRecords, LoadedInTheMiddleContinueBitForBit) {
  AdaBoost whole = boost();
  for (std::uint64_t round = 0; round < 3; ++round)
    ASSERT_EQ(whole.observe(predictions(round)).outcome, BoostOutcome::kept);
  ByteWriter writer;
  whole.save(writer);
  AdaBoost resumed = boost();
  ByteReader reader(writer.bytes());
  resumed.load(reader);
  EXPECT_TRUE(reader.empty());
  EXPECT_THAT(resumed.weights(), ElementsAreArray(whole.weights()));
  for (std::uint64_t round = 3; round < 6 && !whole.ended(); ++round) {
    const BoostRound a = whole.observe(predictions(round)), b = resumed.observe(predictions(round));
    EXPECT_EQ(a.error, b.error);
    EXPECT_EQ(a.weight, b.weight);
    EXPECT_EQ(a.outcome, b.outcome);
    EXPECT_EQ(whole.ended(), resumed.ended());
    EXPECT_THAT(resumed.weights(), ElementsAreArray(whole.weights()));
  }
}

TEST_P(AdaBoostRecords, ThatAreNoneAreRefusedAndChangeNothing) {
  AdaBoost saved = boost();
  saved.observe(predictions(0));
  ByteWriter writer;
  saved.save(writer);
  const Bytes good = writer.bytes();
  AdaBoost target = boost();
  for (std::size_t size = 0; size < good.size(); ++size) {
    ByteReader reader{std::span(good).first(size)};
    EXPECT_THROW(target.load(reader), DataError);
  }
  Bytes negative = good;
  negative[1 + 8 + 1 + 8 + 7] |= std::byte{0x80};  // the sign of the first weight
  ByteReader reader(negative);
  EXPECT_THROW(target.load(reader), DataError);
  EXPECT_THAT(target.weights(), ElementsAreArray(boost().weights()));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, AdaBoostRecords,
                         testing::Values(Problem{"m1", true}, Problem{"samme", true}, Problem{"arc_x4", true},
                                         Problem{"r2", false}));

TEST(AdaBoostRecords, RememberThatALearnerWasKeptAndThatBoostingEnded) {
  const Labels labels = labels_below(2, 4);
  const Truth truth = classes_of(labels, 2);
  const auto copy_of = [&](const AdaBoost& boost) {
    ByteWriter writer;
    boost.save(writer);
    ByteReader reader(writer.bytes());
    AdaBoost copy({}, truth);
    copy.load(reader);
    return copy;
  };
  AdaBoost boost({}, truth);
  boost.observe(all_right_but(truth, {0}));
  AdaBoost copy = copy_of(boost);
  EXPECT_FALSE(copy.ended());
  EXPECT_EQ(copy.observe(all_right_but(truth, {0})).weight, 0) << "only a first learner at chance is kept";
  EXPECT_TRUE(copy_of(copy).ended());
}

TEST(AdaBoostRecords, OfOtherRowsOrAnotherAlgorithmAreRefused) {
  const Labels three = labels_below(2, 3), four = labels_below(2, 4);
  ByteWriter writer;
  AdaBoost({.algorithm = "m1"}, classes_of(three, 2)).save(writer);
  const auto refuses = [&](AdaBoost boost) {
    ByteReader reader(writer.bytes());
    EXPECT_THROW(boost.load(reader), DataError);
  };
  refuses(AdaBoost({.algorithm = "m1"}, classes_of(four, 2)));
  refuses(AdaBoost({.algorithm = "samme"}, classes_of(three, 2)));
}

TEST(ResolveAlgorithm, FollowsTheOutcome) {
  EXPECT_EQ(resolve_algorithm({}, Outcome::classes), BoostAlgorithm::samme);
  EXPECT_EQ(resolve_algorithm({}, Outcome::values), BoostAlgorithm::r2);
  EXPECT_EQ(resolve_algorithm({.algorithm = "m1"}, Outcome::classes), BoostAlgorithm::m1);
  EXPECT_EQ(resolve_algorithm({.algorithm = "arc_x4"}, Outcome::classes), BoostAlgorithm::arc_x4);
  EXPECT_EQ(resolve_algorithm({.algorithm = "r2"}, Outcome::values), BoostAlgorithm::r2);
}

TEST(ResolveAlgorithm, RefusesWhatDoesNotExist) {
  const auto refusal = [](const AdaBoostOptions& options, Outcome outcome) -> std::string {
    try {
      resolve_algorithm(options, outcome);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(refusal({.algorithm = "r2"}, Outcome::classes),
            "ensemble.boosting.algorithm = \"r2\" is for values (the target has classes) use \"samme\", \"m1\" or "
            "\"arc_x4\"");
  for (const char* algorithm : {"m1", "samme", "arc_x4"})
    EXPECT_EQ(refusal({.algorithm = algorithm}, Outcome::values),
              "ensemble.boosting.algorithm = \"" + std::string(algorithm) +
                  "\" is for classes (the targets are numbers) use \"r2\"");
  EXPECT_THAT(refusal({.weak = "restart"}, Outcome::values),
              HasSubstr("ensemble.boosting.weak = \"restart\" does not go with"));
  EXPECT_EQ(refusal({.weak = "restart"}, Outcome::classes), "no error");
}

}  // namespace
}  // namespace jury
