#include "models/ensemble/gradient_boosting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "gradient_cases.hpp"
#include "models/metrics/scores.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;
using testing::ThrowsMessage;

// A learner that says most of the truth: the residuals, two thirds of them, and noise.
std::vector<float> learned(const std::vector<double>& residuals, std::uint64_t key) {
  Rng rng(key);
  std::vector<float> h;
  for (const double r : residuals) h.push_back(static_cast<float>(2 * r / 3 + 0.2 * rng.normal()));
  return h;
}

std::vector<float> as_floats(const std::vector<double>& values) {
  std::vector<float> all;
  for (const double value : values) all.push_back(static_cast<float>(value));
  return all;
}

TEST(GradientBoosting, TargetsAreFunctionsApart) {
  const std::vector<double> a = normals(30, 1), b = normals(30, 2, 100);
  std::vector<double> both;
  for (std::size_t i = 0; i < 30; ++i) both.insert(both.end(), {a[i], b[i]});
  for (const char* loss : {"squared", "absolute", "huber", "quantile"}) {
    const GradientCase pair = values_case(loss, both, 2), first = values_case(loss, a), second = values_case(loss, b);
    GradientBoosting together(pair.options, pair.truth()), one(first.options, first.truth()),
        two(second.options, second.truth());
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::vector<float> h = learned(together.residuals(), round);
      std::vector<float> ha, hb;
      for (std::size_t i = 0; i < 30; ++i) {
        ha.push_back(h[2 * i]);
        hb.push_back(h[2 * i + 1]);
      }
      const auto all = together.advance(h), left = one.advance(ha), right = two.advance(hb);
      EXPECT_THAT(all.steps, ElementsAre(left.steps[0], right.steps[0]));
      EXPECT_NEAR(all.loss, (left.loss + right.loss) / 2, 1e-12 * all.loss);
    }
  }
}

TEST(GradientBoosting, TheTrainingLossNeverRises) {
  for (GradientCase made : gradient_cases())
    for (const double rate : {0.1, 1.0}) {
      made.options.learning_rate = rate;
      GradientBoosting boosting(made.options, made.truth());
      for (std::uint64_t round = 0; round < 30; ++round) {
        const double before = mean_loss(boosting.round_rule(), made.truth(), boosting.values());
        const auto h =
            round % 3 == 0 ? float_normals(boosting.values().size(), round) : learned(boosting.residuals(), round);
        EXPECT_LE(boosting.advance(h).loss, before) << made.options.loss << " " << rate << " " << round;
      }
    }
}

// A learner that knows the residuals comes close to no loss; where they are signs it moves all rows by as much, and is
// slow.
TEST(GradientBoosting, ComesToTheTruthOfAPerfectLearner) {
  for (GradientCase made : gradient_cases()) {
    made.options.learning_rate = 0.5;
    made.weights.assign(41, 1.0F);
    GradientBoosting boosting(made.options, made.truth());
    const double start = mean_loss(boosting.rule(), made.truth(), boosting.values());
    for (int round = 0; round < 60; ++round) boosting.advance(as_floats(boosting.residuals()));
    const double share = made.options.loss == "absolute" || made.options.loss == "quantile" ? 0.5 : 0.05;
    EXPECT_LT(mean_loss(boosting.rule(), made.truth(), boosting.values()), share * start) << made.options.loss;
  }
}

TEST(GradientBoosting, GoesOnAsIfItHadNeverBeenSaved) {
  for (const GradientCase& made : gradient_cases()) {
    GradientBoosting whole(made.options, made.truth()), first(made.options, made.truth()),
        second(made.options, made.truth());
    for (std::uint64_t round = 0; round < 3; ++round) {
      whole.advance(learned(whole.residuals(), round));
      first.advance(learned(first.residuals(), round));
    }
    ByteWriter writer;
    first.save(writer);
    ByteReader reader(writer.bytes());
    second.load(reader);
    EXPECT_TRUE(reader.empty());
    EXPECT_EQ(second.rounds(), 3);
    EXPECT_EQ(second.residuals(), whole.residuals());
    for (std::uint64_t round = 3; round < 6; ++round) {
      const auto a = whole.advance(learned(whole.residuals(), round)),
                 b = second.advance(learned(second.residuals(), round));
      EXPECT_EQ(a.steps, b.steps) << made.options.loss;
      EXPECT_EQ(a.loss, b.loss);
    }
    EXPECT_THAT(second.values(), testing::ElementsAreArray(whole.values()));
  }
}

TEST(GradientBoosting, WillNotLoadAnothersRounds) {
  const GradientCase two = values_case("squared", {1, 2}), three = values_case("squared", {1, 2, 3});
  const GradientCase other = values_case("absolute", {1, 2});
  ByteWriter writer;
  GradientBoosting(two.options, two.truth()).save(writer);
  for (const GradientCase* made : {&three, &other}) {
    GradientBoosting boosting(made->options, made->truth());
    ByteReader reader(writer.bytes());
    EXPECT_THAT([&] { boosting.load(reader); }, ThrowsMessage<DataError>(HasSubstr("of another model")));
  }
  GradientBoosting boosting(two.options, two.truth());
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    ByteReader torn(std::span(writer.bytes()).first(size));
    EXPECT_THROW(boosting.load(torn), DataError) << size;
  }
}

// What is stored of a model is F_0, the learners and their steps: other rows get the bits of the training.
TEST(GradientBoosting, StagesOnOtherRowsAreThoseOfTheTraining) {
  for (const GradientCase& made : gradient_cases()) {
    GradientBoosting boosting(made.options, made.truth());
    const std::size_t width = boosting.width();
    std::vector<double> last = initial_of(boosting.initial(), 1);
    for (std::uint64_t round = 0; round < 5; ++round) {
      const std::vector<float> h = learned(boosting.residuals(), round);
      const GradientRound done = boosting.advance(h);
      add_stage(last, std::span(h).last(width), done.steps);
    }
    EXPECT_THAT(last, testing::ElementsAreArray(boosting.values().last(width))) << made.options.loss;
  }
}

// The log loss of the predictions is the loss that was descended, to the rounding of floats.
TEST(GradientBoosting, PredictionsOfClassesAreTheirProbabilities) {
  for (const GradientCase& made : gradient_cases()) {
    if (made.outcome == Outcome::values) continue;
    GradientBoosting boosting(made.options, made.truth());
    for (std::uint64_t round = 0; round < 5; ++round) boosting.advance(learned(boosting.residuals(), round));
    const std::vector<float> p = predictions_of(boosting.rule(), boosting.values());
    ASSERT_EQ(p.size(), 41 * made.num_outputs);
    double loss = 0, total = 0;
    for (std::size_t i = 0; i < 41; ++i) {
      const double weight = made.truth().weight(i);
      loss -=
          weight * std::log(static_cast<double>(p[i * made.num_outputs + static_cast<std::size_t>(made.labels[i])]));
      total += weight;
    }
    EXPECT_NEAR(loss / total, mean_loss(boosting.rule(), made.truth(), boosting.values()), 1e-6);
  }
  const GradientRule logistic{.loss = GradientLoss::logistic, .num_outputs = 2};
  EXPECT_THAT(
      predictions_of(logistic, std::vector<double>{40, -40}),
      ElementsAre(FloatEq(static_cast<float>(std::exp(-40.0))), 1, 1, FloatEq(static_cast<float>(std::exp(-40.0)))));
}

TEST(GradientBoosting, ValuesArePredictedAsTheyAre) {
  const GradientRule rule{.loss = GradientLoss::huber, .num_outputs = 2};
  EXPECT_THAT(predictions_of(rule, std::vector<double>{1.5, -2, 3, 4}), ElementsAre(1.5F, -2, 3, 4));
  EXPECT_EQ(kind_of(GradientLoss::quantile), ValueKind::quantiles);
  EXPECT_EQ(kind_of(GradientLoss::absolute), ValueKind::values);
}

TEST(GradientBoosting, StaysWhereThereIsNothingToLearn) {
  std::vector<GradientCase> cases;
  for (const char* loss : {"squared", "absolute", "huber", "quantile"}) cases.push_back(values_case(loss, {5, 5, 5}));
  cases.push_back(classes_case("logistic", {1, 1, 1}, 2));
  cases.push_back(classes_case("softmax", {2, 2, 2}, 3));
  for (const GradientCase& made : cases) {
    GradientBoosting boosting(made.options, made.truth());
    EXPECT_THAT(boosting.residuals(), Each(DoubleNear(0, 1e-11))) << made.options.loss;
    const auto before = predictions_of(boosting.rule(), boosting.values());
    const GradientRound idle = boosting.advance(std::vector<float>(boosting.values().size()));
    EXPECT_THAT(idle.steps, Each(0.0));
    const GradientRound noisy = boosting.advance(float_normals(boosting.values().size(), 1));
    EXPECT_LE(noisy.loss, idle.loss);
    EXPECT_THAT(predictions_of(boosting.rule(), boosting.values()), Pointwise(FloatNear(1e-6F), before));
  }
}

TEST(GradientBoosting, OneRowIsEnough) {
  for (const char* loss : {"squared", "absolute", "huber", "quantile"}) {
    const GradientCase made = values_case(loss, {-7});
    GradientBoosting boosting(made.options, made.truth());
    boosting.advance(std::vector<float>{1});
    EXPECT_THAT(predictions_of(boosting.rule(), boosting.values()), ElementsAre(-7));
  }
}

TEST(GradientStop, NamesTheFirstBestRoundAndWaitsForIt) {
  const auto stop = [](const std::vector<double>& losses, std::int32_t patience) {
    const GradientStop found = gradient_stop(losses, patience);
    return std::pair(found.best_round, found.stops);
  };
  EXPECT_EQ(stop({3}, 1), std::pair(std::size_t{0}, false));
  EXPECT_EQ(stop({3, 2, 1}, 1), std::pair(std::size_t{2}, false));
  EXPECT_EQ(stop({3, 2, 1, 1}, 2), std::pair(std::size_t{2}, false));
  EXPECT_EQ(stop({3, 2, 1, 1, 2}, 2), std::pair(std::size_t{2}, true));
  EXPECT_EQ(stop({3, 4}, 1), std::pair(std::size_t{0}, true));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(stop({nan, nan, 5, nan}, 1), std::pair(std::size_t{2}, true));
}

}  // namespace
}  // namespace jury
