// Laws that hold for every method of ensembles, from the plan to results.h5.
#include "support/methods.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>
#include <span>

#include "runtime/store/hdf5_diff.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_subject.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

// All methods are trained once, task by task in the order of their keys by one worker.
class EveryMethod : public testing::Test {
 protected:
  struct Case {
    std::string name;
    bool is_written;  // files cost more than trainings
    std::unique_ptr<SmallStudy> study;
    std::vector<Record> records;
  };

  static void SetUpTestSuite() {
    for_each_method([](const MethodCase& method, Experiment experiment) {
      static const std::set<std::string> written = {
          "patches", "auto", "samme", "gradient_held_out", "mc_dropout", "stacking_of_juries", "selection"};
      const bool classes = experiment.data.generator == "twonorm";
      Case& one = cases.emplace_back(method.name + (classes ? ", classes" : ", values"),
                                     classes && written.contains(method.name),
                                     std::make_unique<SmallStudy>(std::move(experiment)));
      StudyEvaluator worker(one.study->plan, no_checkpoints());
      for (const TaskKey& key : one.study->plan.tasks())
        one.records.push_back(worker.evaluate(key, StopFlag()).value());
    });
  }
  static void TearDownTestSuite() { cases.clear(); }

  inline static std::vector<Case> cases;
};

struct Collected {
  Fits fits;
  std::size_t num_left = 0;
};

Collected collect(const SmallStudy& study, std::span<const Record> records,
                  std::size_t most_bytes_kept = StudySource::kMostBytesKept) {
  const BlobStore blobs(scratch() / "blobs");
  const std::vector<double> flops(study.experiment.bases.size() + 1, 100.0);
  StudySource source(study.plan, blobs, no_checkpoints(), flops, most_bytes_kept);
  source.take_ready();
  for (const Record& record : records) source.done(record);
  EXPECT_TRUE(source.num_left() > 0 || std::abs(source.work_done() - 1) < 1e-9);
  return {source.fits(), source.num_fits_left()};
}

StudyResults compute(const SmallStudy& study, std::span<const Record> records) {
  const Collected all = collect(study, records);
  return compute_results(study.plan, all.fits, all.num_left);
}

std::string write(const SmallStudy& study, const Collected& all, const std::string& name) {
  const std::string path = scratch() / name;
  write_results(path, study.plan, all.fits, compute_results(study.plan, all.fits, all.num_left), {});
  return path;
}

std::string write(const SmallStudy& study, std::span<const Record> records, const std::string& name) {
  return write(study, collect(study, records), name);
}

TEST_F(EveryMethod, TrainsInFoldsReplicatesAndForGood) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const StudyPlan& plan = one.study->plan;
    check_study(plan);
    const Collected all = collect(*one.study, one.records);
    const StudyResults results = compute_results(plan, all.fits, all.num_left);
    EXPECT_EQ(all.num_left, 0U);
    EXPECT_EQ(results.num_complete, all.fits.size());
    EXPECT_FALSE(too_many_failed(plan, all.fits));
    ASSERT_TRUE(results.headline.has_value());
    std::set<std::string> sources;
    for (const JuryScores& jury : results.juries) {
      sources.insert(jury.source);
      for (const ScoreLine& line : jury.overall)
        for (const double score : line.scores)
          EXPECT_TRUE(std::isfinite(score)) << jury.source << ' ' << line.predictor;
    }
    EXPECT_EQ(sources.count("oof") + sources.count("test"), 2U);
    EXPECT_EQ(sources.contains("oob"), plan.is_bagged());
    EXPECT_FALSE(results.bias_variance.overall.empty());
    EXPECT_LE(results.bias_variance.largest_residual(), kLargestResidual);
  }
}

TEST_F(EveryMethod, GivesTheSameBytesForAKeyWhateverCameBefore) {
  for (const Case& one : cases) {
    StudyEvaluator other(one.study->plan, no_checkpoints());
    const auto keys = one.study->plan.tasks();
    for (std::size_t i = keys.size(); i-- > 0;)
      EXPECT_EQ(other.evaluate(keys[i], StopFlag())->payload, one.records[i].payload)
          << one.name << ' ' << to_string(keys[i]);
  }
}

TEST_F(EveryMethod, HasTheSameResultsOfFitsThatStayOnDisk) {
  const BlobStore blobs(scratch() / "blobs");
  for (const Case& one : cases) {
    if (!one.is_written) continue;
    std::vector<Record> moved = one.records;
    for (Record& record : moved) move_large_payload(record, blobs, 0);
    const Collected stored = collect(*one.study, moved, 0);
    for (const auto& [key, fit] : stored.fits)
      EXPECT_TRUE(fit.stored.has_value() && fit.result.test.empty()) << one.name << ' ' << to_string(key);
    EXPECT_TRUE(diff_results(Hdf5Reader(write(*one.study, one.records, "held.h5")),
                             Hdf5Reader(write(*one.study, stored, "stored.h5")))
                    .empty())
        << one.name;
  }
}

TEST_F(EveryMethod, HasResultsThatDoNotDependOnTheOrderOfArrival) {
  for (const Case& one : cases) {
    if (!one.is_written) continue;
    const std::string forward = write(*one.study, one.records, "forward.h5");
    const std::vector<Record> reversed(one.records.rbegin(), one.records.rend());
    const std::string backward = write(*one.study, reversed, "backward.h5");
    EXPECT_TRUE(diff_results(Hdf5Reader(forward), Hdf5Reader(backward)).empty()) << one.name;
  }
}

TEST_F(EveryMethod, HasResultsAtAnyTime) {
  for (const Case& one : cases) {
    EXPECT_NO_THROW(compute(*one.study, std::span(one.records).last(one.records.size() / 2))) << one.name;
    EXPECT_NO_THROW(compute(*one.study, {})) << one.name;
    if (!one.is_written) continue;
    EXPECT_NO_THROW(write(*one.study, std::span(one.records).last(one.records.size() / 2), "half.h5")) << one.name;
  }
}

TEST_F(EveryMethod, TrainsNoFitOnARowThatItPredicts) {
  for (const Case& one : cases) {
    for (const TaskKey& key : one.study->plan.tasks()) {
      const FitRows rows = one.study->plan.rows(key);
      const std::set<std::uint32_t> trained(rows.draws.begin(), rows.draws.end());
      for (const auto* predicted : {&rows.valid, &rows.oob, &rows.test})
        for (const std::uint32_t row : *predicted)
          ASSERT_FALSE(trained.contains(row)) << one.name << ' ' << to_string(key);
    }
  }
}

// What a run's journal holds is read again when it is resumed.
TEST_F(EveryMethod, HasSettingsThatReadBackAsTheyWere) {
  for (const Case& one : cases) {
    const Experiment& experiment = one.study->experiment;
    Problems problems;
    const Experiment again = read_experiment(config_from_json(to_json(to_config(experiment))), problems);
    EXPECT_TRUE(problems.empty()) << one.name << problems.lines().front();
    EXPECT_EQ(to_toml(again), to_toml(experiment));
    EXPECT_EQ(identity_of(again, 1), identity_of(experiment, 1));
  }
}

TEST_F(EveryMethod, SurvivesAFoldWhoseTrainingsDiverge) {
  for (const Case& one : cases) {
    std::vector<Record> records = one.records;
    for (Record& record : records) {
      if (record.key.fold != 0 || record.key.base > 0) continue;
      TaskResult task;
      task.fits.push_back({.state = TaskState::diverged, .message = "diverged in epoch 1"});
      task.fits.front().result.is_last = true;
      record.state = TaskState::diverged;
      record.payload = to_bytes(task);
    }
    EXPECT_GT(compute(*one.study, records).num_diverged, 0U) << one.name;
    EXPECT_TRUE(too_many_failed(one.study->plan, collect(*one.study, records).fits)) << one.name;
  }
}

}  // namespace
}  // namespace jury
