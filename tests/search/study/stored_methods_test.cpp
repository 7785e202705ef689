// Whatever the method, a stored ensemble predicts the test file as the run did.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "models/ensemble/uncertainty.hpp"
#include "search/study/donor.hpp"
#include "support/stored_predictions.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string kBases = R"([
    {"ensemble": {"method": "bagging", "members": 3, "combine": ["weighted_mean"]}},
    {"ensemble": {"method": "average", "members": 2, "combine": ["trimmed_mean"], "trim": 0.2}},
    {"ensemble": {"method": "gradient_boosting", "members": 3}},
    {"ensemble": {"method": "mc_dropout", "members": 3}},
    {"model": {"type": "linear"}}])";

struct StoredCase {
  const char* name;
  std::string ensemble;
  bool for_classes = true, for_values = true;
};

const StoredCase kCases[] = {
    {"adaboost", R"({"method": "adaboost", "members": 3})"},
    {"resampling",
     R"({"method": "adaboost", "members": 3, "boosting": {"by": "resampling", "algorithm": "m1", "weak": "restart"}})",
     true, false},
    {"snapshot", R"({"method": "snapshot", "members": 3})"},
    {"mc_dropout", R"({"method": "mc_dropout", "members": 4})"},
    {"auto_passes", R"({"method": "mc_dropout", "members": "auto", "max_members": 9, "tolerance": 0.2})"},
    {"gradient_boosting", R"({"method": "gradient_boosting", "members": 4})"},
    {"held_out",
     R"({"method": "gradient_boosting", "members": 6, "gradient": {"validation": 0.3, "patience": 1, "learning_rate": 1}})"},
    {"subspaces", R"({"method": "subspaces", "members": 4, "features": 0.6})"},
    {"weighted_classes",
     R"({"method": "bagging", "members": 4, "combine": ["weighted_vote", "weighted_mean", "geometric_mean", "trimmed_mean", "median", "vote"], "trim": 0.3})",
     true, false},
    {"weighted_values",
     R"({"method": "patches", "members": 4, "samples": 0.6, "combine": ["weighted_median", "weighted_mean", "trimmed_mean", "median"], "trim": 0.3})",
     false, true},
    {"stacking", R"({"method": "stacking", "stack": {"folds": 2}, "base": )" + kBases + "}"},
    {"selection",
     R"({"method": "selection", "stack": {"folds": 2}, "combine": ["mean", "median"], "base": )" + kBases + "}"},
};

TEST(StoredMethods, PredictTheTestFileAsTheRunDid) {
  for (const StoredCase& method : kCases) {
    for (const bool labelled : {true, false}) {
      if (labelled ? !method.for_classes : !method.for_values) continue;
      SCOPED_TRACE(fmt::format("{} of {}", method.name, labelled ? "classes" : "values"));
      expect_the_runs_predictions(experiment_of(labelled, method.ensemble));
    }
  }
}

TEST(StoredMethods, PassesOfDropoutDifferAndDependOnTheSeed) {
  Experiment experiment = experiment_of(true, R"({"method": "mc_dropout", "members": 2})");
  const FinishedStudy run(experiment);
  StoredEnsemble ensemble = read_ensemble(run.path);
  ASSERT_EQ(ensemble.members.size(), 1U);
  EXPECT_EQ(ensemble.members.front().passes, 2);
  const auto first = predict_test_file(ensemble, experiment.data.test, {"mean"}).members;
  const auto half = static_cast<std::ptrdiff_t>(first.size() / 2);
  EXPECT_NE(std::vector(first.begin(), first.begin() + half), std::vector(first.begin() + half, first.end()));
  ++ensemble.experiment.experiment.seed;
  EXPECT_NE(predict_test_file(ensemble, experiment.data.test, {"mean"}).members, first);
}

TEST(StoredMethods, FitsOfFoldsAndInnerFoldsAreNoMembers) {
  Experiment experiment =
      experiment_of(true, R"({"method": "stacking", "stack": {"folds": 2}, "base": )" + kBases + "}");
  experiment.final.weights = "all";
  experiment.cv.emplace().folds = 2;
  const FinishedStudy run(experiment);
  const StoredEnsemble ensemble = read_ensemble(run.path);
  EXPECT_EQ(ensemble.members.size(), 3U + 2U + 3U + 1U + 1U);
  for (const StoredMember& member : ensemble.members)
    EXPECT_EQ(member.key, (TaskKey{.base = member.key.base, .member = member.key.member}));
  for (const std::int32_t member : {0, 2}) {
    const auto donor = read_donor({.from = run.path, .from_member = member});
    EXPECT_EQ(donor->weights, run.fits.at({.base = 0, .member = member}).result.weights);
  }
}

TEST(StoredMethods, ARowThatCannotBeFilledIsNoSumOfRounds) {
  for (const bool labelled : {true, false}) {
    Experiment experiment = experiment_of(labelled, R"({"method": "gradient_boosting", "members": 3})");
    experiment.preprocess = {{.step = "one-hot"}};  // and nothing is imputed
    experiment.data.train = written("whole.csv", "age,job,pay,y\n1,a,2,u\n3,b,4,v\n5,a,1,w\n2,b,2,u\n");
    if (!labelled) experiment.data.train = written("whole.csv", "age,job,pay,y\n1,a,2,1\n3,b,4,2\n5,a,1,3\n2,b,2,5\n");
    experiment.data.test = experiment.data.train;
    const FinishedStudy run(experiment);
    const std::string gap = written("gap.csv", "age,job,pay\n1,a,2\n,a,2\n");
    const Predicted predicted = predict_test_file(read_ensemble(run.path), gap, {"sum"});
    EXPECT_EQ(predicted.all.num_unpredicted, 1U);
    EXPECT_FALSE(std::isnan(predicted.all.combined.front().front()));
    EXPECT_TRUE(std::isnan(predicted.all.combined.front().back()));
    EXPECT_TRUE(predicted.all.uncertainty.epistemic.empty());
  }
}

TEST(StoredMethods, UncertaintyIsThatOfTheMembers) {
  for (const bool labelled : {true, false}) {
    const Experiment experiment =
        experiment_of(labelled, R"({"method": "average", "members": 3})", labelled ? "auto" : "mean_variance");
    const FinishedStudy run(experiment);
    const StoredEnsemble ensemble = read_ensemble(run.path);
    const Predicted predicted = predict_test_file(ensemble, experiment.data.test, {"mean"});
    Uncertainty expected(combination_shape(ensemble, 50));
    const std::size_t size = predicted.members.size() / 3;
    for (std::size_t m = 0; m < 3; ++m) expected.add(std::span(predicted.members).subspan(m * size, size));
    EXPECT_EQ(predicted.all.uncertainty.total, expected.total());
    EXPECT_EQ(predicted.all.uncertainty.aleatoric, expected.aleatoric());
    EXPECT_EQ(predicted.all.uncertainty.epistemic, expected.epistemic());
    EXPECT_EQ(predicted.all.uncertainty.total.size(), 50U);
  }
}

TEST(StoredMethods, WhatDoesNotGoTogetherIsRefused) {
  const auto problem = [](const StoredEnsemble& ensemble) {
    return problem_of_members(ensemble.experiment, ensemble.data.schema, ensemble.members, ensemble.stack);
  };
  const FinishedStudy stack(
      experiment_of(true, R"({"method": "stacking", "stack": {"folds": 2}, "base": )" + kBases + "}"));
  const auto bytes = to_bytes(read_ensemble(stack.path));
  const auto spoilt = [&](auto change) {
    StoredEnsemble ensemble = ensemble_from_bytes(bytes);
    change(ensemble);
    return problem(ensemble);
  };
  EXPECT_EQ(spoilt([](StoredEnsemble&) {}), "");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.stack.reset(); }), "it lacks what joins its bases");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.stack->model->num_bases = 2; }), "its stack is of other bases");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.stack = Stack{.model = {}, .weights = {1}}; }),
            "its selection is of other bases");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members.pop_back(); }), "it lacks the members of base 4");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members.back().key.base = 9; }), "it lacks the members of base 4");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members.push_back(e.members.back()); }), "there are two members 0");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members.erase(e.members.begin() + 5); }),
            "a round of its boosting is missing");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members[5].steps.clear(); }), "member 0 does not fit its data");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members[5].offset[0] = NAN; }), "member 0 does not fit its data");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members[0].weight = INFINITY; }), "member 0 does not fit its data");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.members[0].passes = 2; }), "member 0 does not fit its data");
  EXPECT_EQ(spoilt([](StoredEnsemble& e) { e.experiment.ensemble.method = "average"; }),
            "it has a stack without bases");
}

}  // namespace
}  // namespace jury
