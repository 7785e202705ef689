// Studies of a table with gaps and a test file, and the law that a stored ensemble predicts that file as its run did.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "search/study/ensemble_predictions.hpp"
#include "search/study/ensemble_voices.hpp"
#include "search/study/json.hpp"
#include "search/study/truth_of.hpp"
#include "support/finished_study.hpp"

namespace jury {

/// 100 training rows, so that test rows begin in the second block of the run and in the first of the file alone.
inline std::string gappy_table(int begin, int end, bool labelled) {
  std::string text = "age,job,pay,y\n";
  for (int i = begin; i < end; ++i) {
    const char* job = i % 5 == 0 ? "cook" : i % 3 == 0 ? "clerk, night" : "pilot";
    const std::string age = i % 17 == 0 ? "" : std::to_string(i * 7 % 31);
    const std::string target = labelled ? (i * 7 % 31 > 20   ? "old"
                                           : i * 5 % 23 > 12 ? "rich"
                                                             : "young")
                                        : std::to_string(0.5 * (i % 13) + i * 7 % 31);
    text += age + ",\"" + job + "\"," + std::to_string(i * 5 % 23) + "," + target + "\n";
  }
  return text;
}

/// Settings of [ensemble] and model.output as JSON.
inline Experiment experiment_of(bool labelled, const std::string& ensemble, const std::string& output = "auto") {
  const std::string train = written("train.csv", gappy_table(0, 100, labelled)),
                    test = written("test.csv", gappy_table(100, 150, labelled));
  const std::string json = fmt::format(
      R"({{"schema": 1, "data": {{"train": "{}", "test": "{}", "target": ["y"], "task": "{}"}},
          "model": {{"type": "mlp", "hidden": [6], "dropout": 0.3, "output": "{}"}}, "train": {{"epochs": 3, "lr": 0.05, "batch": 16}},
          "cv": false, "final": {{"refit": true}}, "ensemble": {}}})",
      train, test, labelled ? "classification" : "regression", output, ensemble);
  Problems problems;
  Experiment experiment = read_experiment(config_from_json(json), problems);
  EXPECT_THAT(problems.lines(), testing::IsEmpty()) << ensemble;
  return experiment;
}

/// What a stored ensemble says of a file, and its members one after the other.
struct Predicted {
  EnsemblePredictions all;
  std::vector<float> members;
};

inline Predicted predict_test_file(const StoredEnsemble& ensemble, const std::string& file,
                                   const std::vector<std::string>& combines) {
  const Dataset rows = Dataset::own(load_new_rows(ensemble.data, {.train = file}, 64).block);
  Predicted predicted;
  predicted.all = predict_ensemble(ensemble, rows,
                                   {.combines = combines,
                                    .members = MemberOutput::each,
                                    .on_member =
                                        [&](std::size_t, Predictions one) {
                                          predicted.members.insert(predicted.members.end(), one.begin(), one.end());
                                        }},
                                   Comm::solo());
  return predicted;
}

/// Members that predict some thousand rows before the next ones give what each gives of all rows.
inline void expect_the_same_of_some_rows_at_once(const StoredEnsemble& ensemble, bool labelled,
                                                 const std::vector<std::string>& combines) {
  const std::string file = written("many.csv", gappy_table(0, 4200, labelled));
  const EnsemblePredictions all = predict_test_file(ensemble, file, combines).all;
  const Dataset rows = Dataset::own(load_new_rows(ensemble.data, {.train = file}, 64).block);
  const EnsemblePredictions some = predict_ensemble(ensemble, rows, {.combines = combines}, Comm::solo());
  EXPECT_EQ(some.combined, all.combined);
  EXPECT_EQ(some.mean, all.mean);
  EXPECT_EQ(some.deviation, all.deviation);
  EXPECT_EQ(some.votes, all.votes);
  EXPECT_EQ(some.label_vote, all.label_vote);
  EXPECT_EQ(some.uncertainty.epistemic, all.uncertainty.epistemic);
  const EnsemblePredictions answer =
      predict_ensemble(ensemble, rows, {.combines = combines, .detail = Detail::answer}, Comm::solo());
  EXPECT_EQ(answer.combined, all.combined);
  EXPECT_EQ(answer.label, all.label);
  EXPECT_TRUE(answer.mean.empty());
}

inline void expect_the_runs_predictions(const Experiment& experiment) {
  const FinishedStudy run(experiment);
  const StoredEnsemble ensemble = ensemble_from_bytes(to_bytes(read_ensemble(run.path)));
  const StudyResults results = compute_results(run.study.plan, run.fits);
  ASSERT_EQ(results.juries.front().source, "test");
  const MemberPredictions& members = results.predictions.front();
  const JuryScores& jury = results.juries.front();
  const Predicted predicted = predict_test_file(ensemble, experiment.data.test, results.scoring.combines);
  EXPECT_EQ(EnsembleVoices::numbers_of(ensemble).size(), members.num_members);
  EXPECT_EQ(predicted.members, members.all_members());
  EXPECT_EQ(predicted.all.combined.front(), jury.reported);
  EXPECT_EQ(predicted.all.mean, jury.mean);
  EXPECT_EQ(predicted.all.deviation, jury.deviation);
  EXPECT_EQ(predicted.all.votes, jury.votes);
  EXPECT_EQ(predicted.all.label_mean, jury.label_mean);
  EXPECT_EQ(predicted.all.num_unpredicted, 0U);
  expect_the_same_of_some_rows_at_once(ensemble, results.scoring.metrics.front()->outcome == Outcome::classes,
                                       results.scoring.combines);
  const TruthOf truth(run.study.plan, members.rows);
  for (std::size_t i = 0; i < results.scoring.combines.size(); ++i) {
    EXPECT_EQ(jury.overall[i].predictor, results.scoring.combines[i]);
    EXPECT_EQ(score_all(truth.truth(), predicted.all.combined[i], results.scoring), jury.overall[i].scores)
        << jury.overall[i].predictor;
  }
}

}  // namespace jury
