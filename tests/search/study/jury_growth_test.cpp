#include "search/study/jury_growth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>

#include "search/study/study_results.hpp"
#include "search/study/truth_of.hpp"
#include "support/methods.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

constexpr const char* kAuto =
    R"({"train": {"epochs": 15}, "ensemble": {"method": "bagging", "members": "auto", "tolerance": 0.5, "max_members": 30}})";

class Growth : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Experiment experiment = experiment_over(kAuto);
    experiment.bias_variance.reset();
    study = std::make_unique<SmallStudy>(std::move(experiment));
    StudyEvaluator worker(study->plan, no_checkpoints());
    for (const TaskKey& key : study->plan.tasks()) records.push_back(worker.evaluate(key, StopFlag()).value());
  }
  static void TearDownTestSuite() {
    study.reset();
    records.clear();
  }

  std::unique_ptr<StudySource> source() const {
    return std::make_unique<StudySource>(study->plan, blobs_, no_checkpoints(), flops_);
  }
  static std::vector<TaskKey> keys_of(const Fits& fits) {
    std::vector<TaskKey> keys;
    for (const auto& [key, fit] : fits) keys.push_back(key);
    return keys;
  }
  // The fits that there are when the records come in this order.
  std::vector<TaskKey> settled(const std::vector<Record>& order) const {
    const auto source = this->source();
    source->take_ready();
    for (const Record& record : order) source->done(record);
    EXPECT_EQ(source->num_left(), 0U);
    return keys_of(source->fits());
  }

  inline static std::unique_ptr<SmallStudy> study;
  inline static std::vector<Record> records;
  const BlobStore blobs_{scratch() / "blobs"};
  const std::vector<double> flops_{100.0};
};

TEST_F(Growth, EndsBeforeAllAreTrained) {
  const auto keys = settled(records);
  EXPECT_LT(keys.size(), records.size());
  EXPECT_GE(keys.size(), 3U * 2);
}

TEST_F(Growth, DoesNotDependOnTheOrderOfArrival) {
  const auto forward = settled(records);
  std::vector<Record> order(records.rbegin(), records.rend());
  EXPECT_EQ(settled(order), forward);
  Rng rng(3);
  for (int i = 0; i < 20; ++i) {
    shuffle(std::span(order), rng);
    EXPECT_EQ(settled(order), forward);
  }
}

TEST_F(Growth, WithdrawsWhatIsNotNeededAndIgnoresItWhenItComesLate) {
  const auto source = this->source();
  const std::size_t all = source->take_ready().size();
  std::vector<TaskKey> withdrawn;
  std::vector<Record> late;
  for (const Record& record : records) {
    if (std::ranges::find(withdrawn, record.key) != withdrawn.end()) {
      late.push_back(record);
      continue;
    }
    source->done(record);
    for (const ReadyTask& task : source->take_withdrawn()) withdrawn.push_back(task.key);
  }
  EXPECT_FALSE(withdrawn.empty());
  EXPECT_EQ(withdrawn.size() + source->fits().size(), all);
  const auto before = keys_of(source->fits());
  for (const Record& record : late) source->done(record);
  EXPECT_EQ(keys_of(source->fits()), before);
  EXPECT_NEAR(source->work_done(), 1, 1e-9);
}

TEST_F(Growth, GoesOnFromTheRecordsOfAnEarlierSession) {
  const auto forward = settled(records);
  for (const std::size_t cut : {std::size_t{1}, records.size() / 3, records.size()}) {
    const auto source = this->source();
    for (std::size_t i = 0; i < cut; ++i) source->restore(records[records.size() - 1 - i]);
    source->settle();
    source->take_ready();
    for (const Record& record : records) source->done(record);
    EXPECT_EQ(keys_of(source->fits()), forward) << cut;
  }
}

TEST_F(Growth, IsThatOfTheRuleOverTheRowsOfTheFold) {
  const auto source = this->source();
  source->take_ready();
  for (const Record& record : records) source->done(record);
  JuryGrowth growth(study->plan, {.repeat = 0, .fold = 1});
  const std::optional<std::int32_t> size = growth.size(source->fits());
  ASSERT_TRUE(size.has_value());
  EnoughMembers rule(combination_shape(study->plan, study->plan.valid_rows(0, 1).size()),
                     {.tolerance = 0.5, .label = LabelRule::mean});
  for (std::int32_t m = 0; m < *size; ++m) {
    EXPECT_FALSE(rule.enough()) << m;
    rule.add(source->fits().at({.repeat = 0, .fold = 1, .member = m}).result.valid);
  }
  EXPECT_TRUE(rule.enough());
}

TEST_F(Growth, OfTheResultsIsTheirNumberOfMembers) {
  const auto source = this->source();
  source->take_ready();
  for (const Record& record : records) source->done(record);
  const StudyResults results = compute_results(study->plan, source->fits(), source->num_fits_left());
  EXPECT_TRUE(results.complete());
  std::size_t final = 0;
  for (const auto& [key, fit] : source->fits()) final += key.fold == TaskKey::kNone ? 1U : 0U;
  for (const MemberPredictions& members : results.predictions)
    if (members.source != "oof") {
      EXPECT_EQ(members.num_members, final) << members.source;
    }
}

}  // namespace
}  // namespace jury
