#include "search/study/stacks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "runtime/base/error.hpp"
#include "search/study/rounds.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_results.hpp"
#include "support/methods.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string stack(const std::string& method, const std::string& bases, const std::string& more = "") {
  return R"({"ensemble": {"method": ")" + method + R"(", "stack": {"folds": 3}, "base": [)" + bases + "]}" + more + "}";
}
// A line that learned, one that did not, and a network.
const std::string kThreeBases = R"({"name": "good", "train": {"epochs": 30}}, {"name": "bad", "train": {"lr": 1e-9}},
                              {"model": {"type": "mlp", "hidden": [4]}, "train": {"epochs": 20}})";

TEST(Stacks, LeaveEachTrainingRowToOneInnerFold) {
  const SmallStudy study(experiment_over(stack("stacking", kThreeBases)));
  for (const TaskKey& predictor : study.plan.predictors()) {
    const std::vector<std::uint32_t> trained = study.plan.rows(predictor).draws;
    std::multiset<std::uint32_t> left_out;
    for (std::int32_t inner = 0; inner < 3; ++inner) {
      TaskKey key = predictor;
      key.base = 1;
      key.inner = inner;
      key.member = 0;
      const FitRows rows = study.plan.rows(key);
      EXPECT_TRUE(rows.test.empty());
      left_out.insert(rows.valid.begin(), rows.valid.end());
      // Repeats of a row stand on one side.
      for (const std::uint32_t row : rows.valid) EXPECT_FALSE(std::ranges::binary_search(rows.draws, row));
      EXPECT_EQ(rows.draws.size() +
                    static_cast<std::size_t>(std::ranges::count_if(
                        trained, [&](std::uint32_t row) { return std::ranges::binary_search(rows.valid, row); })),
                trained.size());
      key.base = 2;
      EXPECT_EQ(study.plan.rows(key).valid, rows.valid);
    }
    const std::set<std::uint32_t> distinct(trained.begin(), trained.end());
    EXPECT_TRUE(std::ranges::equal(left_out, distinct)) << to_string(predictor);
  }
}

// Were an inner fold's fit trained on the rows that it leaves out, its predictions would be none of unseen rows.
TEST(Stacks, RefuseABaseThatHasSeenTheRows) {
  SmallStudy study(experiment_over(stack("stacking", kThreeBases)));
  const TaskKey key{.base = 0, .inner = 0, .member = 0};
  const FitRows tampered{.draws = study.plan.rows({.base = 0, .member = 0}).draws,
                         .valid = study.plan.rows(key).valid,
                         .oob = {},
                         .test = {}};
  TrainingCaches caches;
  MemberTrainer trainer(study.plan, caches);
  const auto training = trainer.train({.key = key, .dataset = study.dataset, .draws = tampered.draws}, StopFlag());
  FitResult fit;
  EXPECT_THROW(predict_all({.trainer = trainer, .dataset = study.dataset, .rows = tampered, .key = key},
                           *training->member, key, fit),
               LeakError);
}

TEST(Stacks, HaveSeenAllTrainingRowsOfTheirPredictor) {
  SmallStudy study(experiment_over(stack("stacking", kThreeBases)));
  const Fits fits = study.all_fits();
  const Stacks stacks = fit_stacks(study.plan, fits);
  EXPECT_EQ(stacks.size(), study.plan.predictors().size());
  for (const auto& [predictor, one] : stacks) {
    if (predictor.replicate != TaskKey::kNone) continue;  // what a generator drew are other rows
    const std::uint64_t domain = study.dataset.domain();
    std::vector<std::uint32_t> seen = study.plan.rows(predictor).draws;
    for (const std::uint32_t row : seen)
      EXPECT_THROW(require_unseen(one.saw(), domain, std::vector<std::uint32_t>{row}, "stack"), LeakError);
  }
}

TEST(Stacks, AreAtLeastAsGoodAsTheirWorstBase) {
  for (const char* method : {"stacking", "selection"}) {
    for (const TaskKind task : {TaskKind::classification, TaskKind::regression}) {
      SmallStudy study(experiment_over(stack(method, kThreeBases), task));
      const StudyResults results = compute_results(study.plan, study.all_fits(), 0);
      for (const JuryScores& jury : results.juries) {
        const auto line = [&](const std::string& name) {
          return std::ranges::find(jury.overall, name, &ScoreLine::predictor)->scores.front();
        };
        const bool up = results.scoring.metrics.front()->direction == Direction::maximize;
        EXPECT_GE(up ? line(method) : line("member_worst"), up ? line("member_worst") : line(method))
            << method << jury.source;
      }
    }
  }
}

TEST(Stacks, OfASelectionWeighTheirBasesToOneAndTheBadOneLeast) {
  SmallStudy study(experiment_over(stack("selection", kThreeBases), TaskKind::regression));
  for (const auto& [predictor, one] : fit_stacks(study.plan, study.all_fits())) {
    EXPECT_NEAR(std::accumulate(one->weights.begin(), one->weights.end(), 0.0), 1, 1e-12);
    EXPECT_LT(one->weights[1], 0.5);
    EXPECT_FALSE(one->path.empty());
  }
}

TEST(Stacks, ReadBackAsWritten) {
  for (const char* method : {"stacking", "selection"}) {
    SmallStudy study(experiment_over(stack(method, kThreeBases)));
    for (const auto& [predictor, one] : fit_stacks(study.plan, study.all_fits())) {
      ByteWriter writer, again;
      one->save(writer);
      const Bytes bytes = writer.take();
      ByteReader reader(bytes);
      Stack::load(reader).save(again);
      EXPECT_EQ(again.take(), bytes);
    }
  }
}

TEST(Stacks, OfOneBaseAreThatBase) {
  SmallStudy study(experiment_over(
      R"({"ensemble": {"method": "selection", "stack": {"folds": 2}, "base": [{"train": {"epochs": 9}}]}})"));
  const StudyResults results = compute_results(study.plan, study.all_fits(), 0);
  for (std::size_t i = 0; i < results.juries.size(); ++i) {
    const auto base = results.predictions[i].member(0);
    EXPECT_EQ(results.juries[i].reported, std::vector<float>(base.begin(), base.end()));
  }
}

TEST(Stacks, UnderGivenWeightsHaveNoInnerFolds) {
  SmallStudy study(experiment_over(
      R"({"ensemble": {"method": "selection", "stack": {"weights": [3, 1, 0]}, "base": [)" + kThreeBases + "]}}"));
  const Fits fits = study.all_fits();
  for (const auto& [key, fit] : fits) EXPECT_EQ(key.inner, TaskKey::kNone);
  for (const auto& [predictor, one] : fit_stacks(study.plan, fits))
    EXPECT_EQ(one->weights, (std::vector<double>{3, 1, 0}));
  const StudyResults results = compute_results(study.plan, fits, 0);
  for (std::size_t i = 0; i < results.juries.size(); ++i) {
    const auto good = results.predictions[i].member(0), bad = results.predictions[i].member(1);
    for (std::size_t v = 0; v < good.size(); ++v)
      EXPECT_NEAR(results.juries[i].reported[v], 0.75F * good[v] + 0.25F * bad[v], 1e-6);
  }
}

TEST(Stacks, RefuseWeightsThatDoNotFitTheBases) {
  const auto refused = [](const std::string& method, const std::string& weights, const std::string& why) {
    SmallStudy study(experiment_over(R"({"ensemble": {"method": ")" + method + R"(", "stack": {"weights": )" + weights +
                                     R"(}, "base": [)" + kThreeBases + "]}}"));
    EXPECT_THAT([&] { check_study(study.plan); }, ThrowsMessage<ConfigError>(HasSubstr(why))) << weights;
  };
  refused("selection", "[1, 1]", "ensemble.stack.weights has 2 weights for 3 bases");
  refused("selection", "[0, 0, 0]", "at least one above 0");
  refused("stacking", "[1, 1, 1]", "ensemble.stack.weights does not go with ensemble.method = \"stacking\"");
}

TEST(Stacks, AreNotFittedWithoutABase) {
  SmallStudy study(experiment_over(stack("stacking", kThreeBases)));
  Fits fits = study.all_fits();
  fits.at({.base = 2, .inner = 1, .member = 0}) = {.state = TaskState::diverged};
  EXPECT_FALSE(fit_stack_of(study.plan, fits, {}).has_value());
  fits.erase({.base = 2, .inner = 1, .member = 0});
  EXPECT_FALSE(fit_stack_of(study.plan, fits, {}).has_value());
  EXPECT_TRUE(fit_stack_of(study.plan, fits, {.repeat = 0, .fold = 0}).has_value());
}

TEST(Stacks, OfReplicatesPredictTheRowsThatTheirInnerFoldsLeaveOut) {
  // Of a generator each replicate has rows of its own: a base that is good there is weighed by it.
  SmallStudy study(
      experiment_over(R"({"data": {"rows": 200}, "ensemble": {"method": "selection", "stack": {"folds": 2, "picks": 10},
      "base": [{"train": {"epochs": 60}}, {"train": {"lr": 1e-9}}]}})",
                      TaskKind::regression));
  const Stacks stacks = fit_stacks(study.plan, study.all_fits());
  for (std::int32_t b = 0; b < 2; ++b) {
    const Stack& stack = *stacks.at({.replicate = b});
    EXPECT_GT(stack.weights[0], 0.85) << b;
    EXPECT_LT(stack.path.back(), 12) << b;  // mse; the variance of friedman1 is about 24
  }
}

TEST(Stacks, NeedAsManyRowsAsInnerFolds) {
  SmallStudy study(experiment_over(
      R"({"data": {"rows": 10}, "ensemble": {"method": "stacking", "stack": {"folds": 6}, "base": [{}]}})"));
  EXPECT_THAT([&] { check_study(study.plan); },
              ThrowsMessage<ConfigError>(HasSubstr("ensemble.stack.folds = 6 does not fit 5 training rows")));
}

}  // namespace
}  // namespace jury
