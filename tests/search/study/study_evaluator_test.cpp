#include "search/study/study_evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "runtime/base/error.hpp"
#include "search/study/study_checks.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

FitResult result_of(const Record& record) { return read_task_result(record.payload).fits.front().result; }

TEST(StudyEvaluator, PredictsTheRowsOfEachKindOfFit) {
  SmallStudy study;
  const FitResult fold = result_of(study.evaluate({.repeat = 0, .fold = 1, .member = 0}));
  EXPECT_EQ(fold.valid.size(), study.plan.valid_rows(0, 1).size() * 2);
  EXPECT_TRUE(fold.test.empty());
  EXPECT_TRUE(fold.weights.empty());
  const FitResult final = result_of(study.evaluate({.member = 2}));
  EXPECT_EQ(final.test.size(), study.dataset.num_test() * 2);
  EXPECT_EQ(final.oob.size(), study.plan.rows({.member = 2}).oob.size() * 2);
  EXPECT_EQ(final.weights.size(), 20U * 2 + 2);
  const FitResult single = result_of(study.evaluate({.replicate = 1, .member = TaskKey::kNone}));
  EXPECT_EQ(single.test.size(), study.dataset.num_test() * 2);
  EXPECT_TRUE(single.oob.empty());
}

TEST(StudyEvaluator, TheSameKeyGivesTheSameBytesInAnyOrder) {
  SmallStudy study;
  StudyEvaluator used(study.plan, no_checkpoints());
  used.evaluate({.replicate = 1, .member = 1}, StopFlag());
  for (const TaskKey& key : study.plan.tasks())
    EXPECT_EQ(used.evaluate(key, StopFlag())->payload, study.evaluate(key).payload) << to_string(key);
}

TEST(StudyEvaluator, AStopLeavesNoRecord) {
  SmallStudy study;
  StudyEvaluator evaluator(study.plan, no_checkpoints());
  StopFlag stop;
  stop.set();
  EXPECT_FALSE(evaluator.evaluate({.member = 0}, stop).has_value());
}

TEST(StudyEvaluator, ADivergingTrainingIsARecord) {
  Experiment experiment = small_experiment();
  experiment.train.optimizer = "sgd";
  experiment.train.lr = 1e6;
  experiment.train.epochs = 60;
  experiment.data.generator = "friedman1";
  SmallStudy study(std::move(experiment));
  const Record record = study.evaluate({.member = 0});
  EXPECT_EQ(record.state, TaskState::diverged);
  EXPECT_THAT(record.message, HasSubstr("diverged in epoch"));
  EXPECT_TRUE(result_of(record).test.empty());
}

// Whoever asks for a score of a row that the member has seen gets an error instead of a number.
TEST(StudyEvaluator, ALeakIsRefused) {
  SmallStudy study;
  const std::vector<std::uint32_t> draws = {1, 2, 3, 5, 8, 13};
  const auto pipeline = fit_pipeline(study.dataset, default_steps(study.dataset), draws);
  const NetworkSpec network = make_network(study.experiment.model, 20, {.task = TaskKind::classification, .count = 2});
  const Fitted<TrainedMember> member(
      TrainedMember{.network = network, .weights = std::vector<float>(42), .pipeline = *pipeline, .targets = {}},
      pipeline.saw());
  PlanCache plans;
  const std::vector<std::uint32_t> unseen = {0, 4, 39};
  EXPECT_EQ(predict_unseen(member, study.dataset, unseen, plans, "fold 1").size(), 6U);
  const std::vector<std::uint32_t> leaking = {0, 4, 8};
  EXPECT_THAT([&] { predict_unseen(member, study.dataset, leaking, plans, "fold 1"); },
              ThrowsMessage<LeakError>(testing::AllOf(HasSubstr("8"), HasSubstr("fold 1"))));
}

TEST(StudyEvaluator, RegressionPredictsInUnitsOfTheTarget) {
  Experiment experiment = small_experiment();
  experiment.data.generator = "friedman1";
  experiment.data.rows = 100;
  experiment.train.epochs = 40;
  SmallStudy study(std::move(experiment));
  const FitResult fit = result_of(study.evaluate({.member = 0}));
  double mean = 0;
  for (const float value : fit.test) mean += static_cast<double>(value) / static_cast<double>(fit.test.size());
  EXPECT_NEAR(mean, 14.4, 1.5);  // E y of friedman1 is about 14.4
}

// 50 towns, every other one of the class "in": their codes as numbers say nothing, numbers learned for each all.
class Towns : public testing::Test {
 protected:
  Towns() {
    std::ofstream rows(file_);
    rows << "x,town,kind\n";
    for (int i = 0; i < 600; ++i) rows << i % 7 << ",t" << i * 7 % 50 << (i % 2 == 0 ? ",in\n" : ",out\n");
  }

  Experiment experiment() const {
    Experiment e = small_experiment();
    e.data.generator.clear();
    e.data.train = file_;
    e.data.target = {"kind"};
    e.data.test_fraction = 0.25;
    e.preprocess = {{.step = "ordinal"}, {.step = "standardize"}};
    e.model = {.hidden = {16}, .embedding = 4};
    e.train.lr = 0.02;
    e.train.epochs = 20;
    e.cv.reset();
    e.bias_variance.reset();
    return e;
  }

  const std::string file_ = scratch() / "towns.csv";
};

TEST_F(Towns, AreLearnedFromByEmbeddingThem) {
  SmallStudy study(experiment());
  EXPECT_EQ(check_study(study.plan).models.front().network->layers.front().type, "embedding");
  EXPECT_GT(expected_flops(study.plan, {.member = 0}, {100}), 0);
  const FitResult fit = result_of(study.evaluate({.member = 0}));
  const std::vector<std::uint32_t> rows = study.plan.rows({.member = 0}).test;
  ASSERT_EQ(fit.test.size(), rows.size() * 2);
  std::size_t right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    right += (fit.test[2 * i + 1] > 0.5F) == (study.dataset.labels()[rows[i]] == 1) ? 1U : 0U;
  EXPECT_GT(right, rows.size() * 95 / 100);
}

TEST_F(Towns, WithoutCodesAreRefusedBeforeAnyTraining) {
  Experiment without = experiment();
  without.preprocess = {{.step = "one-hot"}};
  SmallStudy study(std::move(without));
  EXPECT_THAT([&] { check_study(study.plan); }, ThrowsMessage<ConfigError>(HasSubstr("model.embedding needs ordinal")));
}

TEST(FitResult, ReadsBackAsWritten) {
  SmallStudy study;
  const Record record = study.evaluate({.member = 1});
  EXPECT_EQ(to_bytes(read_task_result(record.payload)), record.payload);
}

TEST(FitResult, BytesOfSomethingElseAreRefused) {
  EXPECT_THROW(read_task_result(Bytes(7)), DataError);
  SmallStudy study;
  Bytes bytes = study.evaluate({.member = 1}).payload;
  bytes.push_back(std::byte{0});
  EXPECT_THROW(read_task_result(bytes), DataError);
  bytes.resize(bytes.size() - 9);
  EXPECT_THROW(read_task_result(bytes), DataError);
}

}  // namespace
}  // namespace jury
