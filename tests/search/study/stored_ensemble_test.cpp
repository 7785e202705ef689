// A stored ensemble is read back as it was, and predicts new rows as the run predicted its test set.
#include "search/study/stored_ensemble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "runtime/store/hdf5_writer.hpp"
#include "search/study/ensemble_predictions.hpp"
#include "search/study/json.hpp"
#include "search/study/jury_weights.hpp"
#include "support/finished_study.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// The final ensemble alone.
Experiment final_experiment() {
  Experiment e = small_experiment();
  e.bias_variance.reset();
  e.cv.reset();
  return e;
}

// Numbers and texts, a test file, missing cells.
Experiment table_experiment(const std::string& task) {
  std::string rows[2];
  for (int i = 0; i < 90; ++i) {
    const char* job = i % 5 == 0 ? "cook" : i % 3 == 0 ? "clerk, night" : "pilot";
    const std::string age = i % 17 == 0 ? "" : std::to_string(i * 7 % 31);
    const std::string target = task == "regression" ? std::to_string(0.5 * (i % 13))
                               : i * 7 % 31 > 15    ? "old"
                                                    : "young";
    rows[i < 60 ? 0 : 1] += age + ",\"" + job + "\"," + std::to_string(i * 5 % 23) + "," + target + "\n";
  }
  Experiment e = final_experiment();
  e.data = {.train = written("train.csv", "age,job,pay,y\n" + rows[0]),
            .test = written("test.csv", "age,job,pay,y\n" + rows[1]),
            .target = {"y"},
            .task = task};
  e.ensemble.combine = task == "regression" ? std::vector<std::string>{"median", "mean"}
                                            : std::vector<std::string>{"vote", "mean", "median"};
  return e;
}

TEST(StoredEnsemble, IsReadBackAsItWas) {
  for (const char* task : {"classification", "regression"}) {
    const FinishedStudy run(table_experiment(task));
    const StoredEnsemble read = read_ensemble(run.path);
    const StoredEnsemble sent = ensemble_from_bytes(to_bytes(read));
    for (const StoredEnsemble* ensemble : {&read, &sent}) {
      ASSERT_EQ(ensemble->members.size(), 3U);
      EXPECT_EQ(ensemble->identity, 0x1234abcdU);
      EXPECT_EQ(ensemble->isa, isa());
      for (std::int32_t m = 0; m < 3; ++m) {
        const StoredMember& member = ensemble->members[static_cast<std::size_t>(m)];
        const FitResult& fit = run.fits.at({.member = m}).result;
        EXPECT_EQ(member.key, TaskKey{.member = m});
        EXPECT_EQ(member.weight, member_weights(run.study.plan, run.fits, {})[static_cast<std::size_t>(m)]);
        EXPECT_EQ(member.model.weights, fit.weights);
        EXPECT_EQ(to_bytes(member.model.network), fit.network);
        EXPECT_EQ(save_preprocess(member.model), fit.preprocess);
      }
      const DataSchema& schema = ensemble->data.schema;
      const DataSchema& was = run.study.dataset.schema();
      EXPECT_EQ(schema.task, was.task);
      EXPECT_EQ(schema.classes, was.classes);
      EXPECT_EQ(schema.targets, was.targets);
      EXPECT_EQ(schema.columns, was.columns);
      EXPECT_EQ(schema.named, was.named);
      ASSERT_EQ(schema.features.size(), was.features.size());
      for (std::size_t i = 0; i < was.features.size(); ++i) {
        EXPECT_EQ(schema.features[i].name, was.features[i].name);
        EXPECT_EQ(schema.features[i].vocabulary, was.features[i].vocabulary);
        EXPECT_EQ(schema.features[i].index, was.features[i].index);
      }
      EXPECT_EQ(to_text(recorded_config(ensemble->experiment)), to_text(recorded_config(run.study.experiment)));
    }
  }
}

TEST(StoredEnsemble, PredictsTheTestFileAsTheRunDid) {
  for (const char* task : {"classification", "regression"}) {
    const FinishedStudy run(table_experiment(task));
    const StoredEnsemble ensemble = read_ensemble(run.path);
    const Scoring scoring = scoring_of(run.study.experiment, run.study.dataset);
    const MemberPredictions expected = collect_test(run.study.plan, {run.fits, no_stacks()});
    const JuryScores scores = score_jury(run.study.plan, expected, scoring, 1);
    const Dataset rows =
        Dataset::own(load_new_rows(ensemble.data, {.train = run.study.experiment.data.test}, 64).block);
    std::vector<float> members;
    const EnsemblePredictions predicted = predict_ensemble(
        ensemble, rows,
        {.combines = scoring.combines,
         .members = MemberOutput::each,
         .on_member = [&](std::size_t, Predictions all) { members.insert(members.end(), all.begin(), all.end()); }},
        Comm::solo());
    EXPECT_EQ(members, expected.all_members());
    EXPECT_EQ(predicted.combined.front(), scores.reported);
    EXPECT_EQ(predicted.mean, scores.mean);
    EXPECT_EQ(predicted.deviation, scores.deviation);
    EXPECT_EQ(predicted.votes, scores.votes);
    EXPECT_EQ(predicted.label_mean, scores.label_mean);
    EXPECT_EQ(predicted.label_vote, scores.label_vote);
    EXPECT_EQ(predicted.label, scores.label_vote);  // vote is the reported way; empty for values
    EXPECT_EQ(predicted.num_unpredicted, 0U);
  }
}

TEST(StoredEnsemble, ARowThatPreprocessingCannotFillIsNotPredicted) {
  Experiment experiment = final_experiment();
  experiment.preprocess = {{.step = "standardize"}};  // and nothing is imputed
  const FinishedStudy run(std::move(experiment));
  const StoredEnsemble ensemble = read_ensemble(run.path);
  std::string header, full, gap;
  for (int i = 1; i <= 20; ++i) {
    header += (i == 1 ? "x" : ",x") + std::to_string(i);
    full += i == 1 ? "1" : ",1";
    gap += i == 1 ? "1" : i == 5 ? "," : ",1";
  }
  const std::string file = written("gap.csv", header + "\n" + full + "\n" + gap + "\n");
  const Dataset rows = Dataset::own(load_new_rows(ensemble.data, {.train = file}, 64).block);
  const EnsemblePredictions predicted =
      predict_ensemble(ensemble, rows, {.combines = {"mean", "median"}}, Comm::solo());
  EXPECT_EQ(predicted.num_unpredicted, 1U);
  EXPECT_GE(predicted.label[0], 0);
  EXPECT_EQ(predicted.label[1], -1);
  for (const auto& combined : predicted.combined) {
    EXPECT_FALSE(std::isnan(combined[0]));
    EXPECT_TRUE(std::isnan(combined[2]));
  }
}

TEST(StoredEnsemble, FitsOfFoldsAreNoMembers) {
  Experiment experiment = small_experiment();
  experiment.bias_variance.reset();
  experiment.final.weights = "all";
  const FinishedStudy run(std::move(experiment));
  EXPECT_EQ(read_ensemble(run.path).members.size(), 3U);
}

TEST(StoredEnsemble, ARunMustBeFinishedAndStoreItsNetworks) {
  FinishedStudy run(final_experiment());
  EXPECT_THAT([] { read_ensemble("/nonexistent/run"); }, ThrowsMessage<ConfigError>(HasSubstr("there is no run at")));
  EXPECT_THAT([] { read_ensemble(scratch().path()); }, ThrowsMessage<ConfigError>(HasSubstr("is not a run of jury")));
  Fits some = run.fits;
  some.erase(some.begin());
  run.write(some);
  EXPECT_THAT([&] { read_ensemble(run.path); }, ThrowsMessage<ConfigError>(HasSubstr("is not finished")));
  Fits bare = run.fits;
  for (auto& [key, fit] : bare) fit.result.weights.clear();
  run.write(bare);
  EXPECT_THAT([&] { read_ensemble(run.path); }, ThrowsMessage<ConfigError>(HasSubstr("give it final.refit = true")));
}

TEST(StoredEnsemble, DamageIsRefused) {
  EXPECT_THAT([] { read_ensemble(written("text.h5", "no results")); }, ThrowsMessage<DataError>(HasSubstr("text.h5")));
  const std::string foreign = scratch() / "foreign.h5";
  write_hdf5_aside(foreign, [](Hdf5Writer& file) { file.root().attribute("format", "another"); });
  EXPECT_THAT([&] { read_ensemble(foreign); }, ThrowsMessage<DataError>(HasSubstr("is not a results file of jury")));
  write_hdf5_aside(foreign, [](Hdf5Writer& file) {
    file.root().attribute("format", "jury-results");
    file.root().attribute("format_version", std::int64_t{99});
  });
  EXPECT_THAT([&] { read_ensemble(foreign); }, ThrowsMessage<DataError>(HasSubstr("another version")));
}

TEST(StoredEnsemble, MembersThatDoNotFitTheirDataAreRefused) {
  FinishedStudy run(table_experiment("classification"));
  const auto damaged = [&](auto change) {
    Fits fits = run.fits;
    change(fits.at({.member = 1}).result);
    run.write(fits);
    return [&] { read_ensemble(run.path); };
  };
  EXPECT_THAT(damaged([](FitResult& fit) { fit.preprocess.resize(fit.preprocess.size() / 2); }),
              ThrowsMessage<DataError>(HasSubstr("ends early")));
  EXPECT_THAT(damaged([](FitResult& fit) {
                NetworkSpec other = network_from_bytes(fit.network);
                other.layers.front().type = "nonsense";
                fit.network = to_bytes(other);
              }),
              ThrowsMessage<DataError>(HasSubstr("nonsense")));
  EXPECT_THAT(damaged([&](FitResult& fit) {
                NetworkSpec other = network_from_bytes(fit.network);
                other.outputs = 3;  // the data have two classes
                fit.network = to_bytes(other);
              }),
              ThrowsMessage<DataError>(HasSubstr("")));
}

TEST(Settings, ReadBackFromJsonAsTheyWereRecorded) {
  Experiment e = small_experiment();
  e.preprocess = {{.step = "clip", .columns = {"x1", "x2"}, .low = -1.5}, {.step = "impute", .with = {"0.1"}}};
  e.data.target = {"1"};
  e.train.lr = 1e-7;
  e.cv.reset();
  const std::string json = to_json(recorded_config(e));
  Problems problems;
  const Experiment read = read_experiment(config_from_json(json), problems);
  EXPECT_THAT(problems.lines(), testing::IsEmpty());
  EXPECT_EQ(to_json(recorded_config(read)), json);
  EXPECT_TRUE(std::isinf(read.preprocess->front().high));
  EXPECT_FALSE(read.cv.has_value());
  EXPECT_THROW(config_from_json("{\"a\": "), DataError);
  EXPECT_THROW(config_from_json(std::string(1000, '[') + std::string(1000, ']')), DataError);
}

}  // namespace
}  // namespace jury
