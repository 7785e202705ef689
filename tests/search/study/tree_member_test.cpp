// Members that are boosted trees: what they are trained on, what becomes of them, and every method over them.
#include "search/study/tree_member.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "models/trees/train_trees.hpp"
#include "runtime/store/hdf5_child.hpp"
#include "search/study/jury_weights.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_checks.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

Experiment tree_experiment(const std::string& method = "bagging") {
  Experiment e = small_experiment();
  e.data.rows = 80;
  e.model = {.type = "xgboost"};
  e.train = {};
  e.trees = {.rounds = 6, .depth = 3, .samples = 0.7};
  e.ensemble.method = method;
  e.bias_variance.reset();
  return e;
}

FitResult fit_of(SmallStudy& study, const TaskKey& key) {
  return read_task_result(study.evaluate(key).payload).fits.front().result;
}

TEST(TreeMember, IsWhatTrainTreesGrowsOnItsDraws) {
  SmallStudy study(tree_experiment());
  const TaskKey key{.member = 1};
  const FitRows rows = study.plan.rows(key);
  const auto pipeline = fit_pipeline(study.dataset, default_steps(study.dataset), rows.draws);
  const TrainedTrees expected =
      train_trees(study.experiment.trees, {.dataset = study.dataset, .pipeline = *pipeline, .rows = rows.draws},
                  {.key = study.plan.stream(Purpose::init, key)});
  const FitResult fit = fit_of(study, key);
  EXPECT_EQ(fit.network, expected.model);
  EXPECT_THAT(fit.weights, IsEmpty());
  EXPECT_EQ(fit.num_epochs, 6);
  EXPECT_EQ(fit.best_epoch, 6);
  ASSERT_THAT(fit.curve_loss, SizeIs(6));
  EXPECT_EQ(fit.curve_loss.back(), expected.curve.back().train_loss);
  EXPECT_THAT(fit.curve_lr, Each(0.3));
  std::vector<float> predicted(rows.test.size() * 2);
  TreeModel::load(expected.model).predict(study.dataset, *pipeline, rows.test, predicted);
  EXPECT_EQ(fit.test, predicted);
}

TEST(TreeMember, IsStoredOnlyWhereItIsKept) {
  SmallStudy study(tree_experiment());
  const FitResult fold = fit_of(study, {.repeat = 0, .fold = 1, .member = 0});
  EXPECT_EQ(fold.valid.size(), study.plan.valid_rows(0, 1).size() * 2);
  EXPECT_THAT(fold.network, IsEmpty());
}

TEST(TreeMember, TheSameKeyGivesTheSameBytesInAnyOrder) {
  SmallStudy study(tree_experiment());
  StudyEvaluator used(study.plan, no_checkpoints());
  used.evaluate({.member = 2}, StopFlag());
  for (const TaskKey& key : study.plan.tasks())
    EXPECT_EQ(used.evaluate(key, StopFlag())->payload, study.evaluate(key).payload) << to_string(key);
}

TEST(TreeMember, IsReadBackAndPredictsTheSame) {
  SmallStudy study(tree_experiment());
  const FitResult fit = fit_of(study, {.member = 0});
  const TrainedMember member = load_member(fit.network, fit.weights, fit.preprocess);
  EXPECT_EQ(member.num_outputs(), 2U);
  EXPECT_EQ(member.task(), TaskKind::classification);
  EXPECT_EQ(save_model(member), fit.network);
  EXPECT_EQ(save_preprocess(member), fit.preprocess);
  PlanCache plans;
  EXPECT_EQ(predict_rows(member, study.dataset, study.plan.rows({.member = 0}).test, plans), fit.test);
}

TEST(TreeMember, ThatIsDamagedIsRefused) {
  SmallStudy study(tree_experiment());
  const FitResult fit = fit_of(study, {.member = 0});
  EXPECT_THAT([&] { load_member(fit.network, {1.0F}, fit.preprocess); },
              ThrowsMessage<DataError>(HasSubstr("trees have none of")));
  Bytes changed = fit.network;
  changed[changed.size() / 2] ^= std::byte{1};
  EXPECT_THAT([&] { load_member(changed, {}, fit.preprocess); }, ThrowsMessage<DataError>(HasSubstr("checksum")));
  Experiment narrow = tree_experiment();
  narrow.data.generator = "friedman1";
  SmallStudy other(std::move(narrow));
  EXPECT_THAT([&] { load_member(fit.network, {}, fit_of(other, {.member = 0}).preprocess); },
              ThrowsMessage<DataError>(HasSubstr("other inputs than its trees take")));
}

TEST(TreeMember, AStopLeavesNoRecord) {
  SmallStudy study(tree_experiment());
  StudyEvaluator evaluator(study.plan, no_checkpoints());
  StopFlag stop;
  stop.set();
  EXPECT_FALSE(evaluator.evaluate({.member = 0}, stop).has_value());
}

TEST(TreeMember, RegressionPredictsInUnitsOfTheTarget) {
  Experiment experiment = tree_experiment();
  experiment.data.generator = "friedman1";
  SmallStudy study(std::move(experiment));
  const FitResult fit = fit_of(study, {.member = 0});
  double mean = 0;
  for (const float value : fit.test) mean += static_cast<double>(value) / static_cast<double>(fit.test.size());
  EXPECT_NEAR(mean, 14.4, 2.5);  // E y of friedman1 is about 14.4
}

double mean_of_second(const FitResult& fit) {
  double sum = 0;
  for (std::size_t i = 1; i < fit.test.size(); i += 2) sum += static_cast<double>(fit.test[i]);
  return 2 * sum / static_cast<double>(fit.test.size());
}

TEST(TreeMember, AClassThatCountsMoreIsPredictedMore) {
  double before = -1;  // a share is never less than 0
  for (const double factor : {0.01, 1.0, 100.0}) {
    Experiment experiment = tree_experiment();
    experiment.train.class_weights = Config(Config::List{Config(1.0), Config(factor)});
    SmallStudy study(std::move(experiment));
    const double mean = mean_of_second(fit_of(study, {.member = 0}));
    EXPECT_GT(mean, before + 0.1) << factor;
    before = mean;
  }
}

TEST(TreeMember, RowsHeldOutEndTheRoundsAndWeighTheMember) {
  Experiment experiment = tree_experiment();
  experiment.trees = {.rounds = 60, .validation = 0.3, .patience = 3};
  experiment.ensemble.weights = "valid";
  SmallStudy study(std::move(experiment));
  EXPECT_NO_THROW(check_study(study.plan));
  const Fits fits = study.all_fits();
  const FitResult& fit = fits.at({.member = 0}).result;
  EXPECT_LT(fit.num_epochs, 60);
  EXPECT_EQ(fit.num_epochs, fit.best_epoch + 3);
  EXPECT_EQ(fit.curve_valid_loss.size(), fit.curve_loss.size());
  ASSERT_EQ(fit.curve_valid_scores.size(), fit.curve_loss.size() * fit.curve_metrics.size());
  for (std::size_t i = 0; i < fit.curve_valid_scores.size(); ++i) {
    const bool kept = static_cast<std::int32_t>(i / fit.curve_metrics.size()) + 1 == fit.best_epoch;
    EXPECT_EQ(std::isnan(fit.curve_valid_scores[i]), !kept) << i;
  }
  const auto place =
      static_cast<std::size_t>(std::ranges::find(fit.curve_metrics, "log_loss") - fit.curve_metrics.begin());
  const auto best = static_cast<std::size_t>(fit.best_epoch - 1);
  EXPECT_NEAR(fit.curve_valid_scores[best * fit.curve_metrics.size() + place], fit.curve_valid_loss[best], 1e-6);
  EXPECT_THAT(member_weights(study.plan, fits, {}), SizeIs(3));
}

// Every way to a member: all fits complete, and the jury is better than a coin by far.
TEST(TreeMember, EveryMethodTrainsTrees) {
  for (const char* method :
       {"none", "average", "bagging", "pasting", "subspaces", "patches", "adaboost", "gradient_boosting"}) {
    SCOPED_TRACE(method);
    Experiment experiment = tree_experiment(method);
    if (std::string(method) == "none") experiment.ensemble.members = 1;
    if (std::string(method) == "pasting" || std::string(method) == "gradient_boosting")
      experiment.ensemble.samples = 0.7;
    if (std::string(method) == "subspaces" || std::string(method) == "patches") experiment.ensemble.features = 0.5;
    SmallStudy study(std::move(experiment));
    EXPECT_NO_THROW(check_study(study.plan));
    const Fits fits = study.all_fits();
    for (const auto& [key, fit] : fits) EXPECT_EQ(fit.state, TaskState::complete) << to_string(key) << fit.message;
    const StudyResults results = compute_results(study.plan, fits);
    ASSERT_TRUE(results.headline.has_value());
    EXPECT_EQ(results.headline->metric, "accuracy");
    EXPECT_GT(results.headline->value, 0.65);
  }
}

TEST(TreeMember, TheLossOfGradientBoostingFallsFromRoundToRound) {
  SmallStudy study(tree_experiment("gradient_boosting"));
  const TaskResult rounds = read_task_result(study.evaluate({.member = 0}).payload);
  ASSERT_THAT(rounds.fits, SizeIs(3));
  EXPECT_LT(rounds.fits[1].result.round_error, rounds.fits[0].result.round_error);
  EXPECT_LT(rounds.fits[2].result.round_error, rounds.fits[1].result.round_error);
  EXPECT_TRUE(TreeModel::is_begun(rounds.fits[0].result.network));
}

TEST(TreeMember, DiffersFromTheOthersOfAnAverageOnlyWhereSomethingIsRandom) {
  Experiment experiment = tree_experiment("average");
  SmallStudy random(experiment);
  EXPECT_NE(fit_of(random, {.member = 0}).test, fit_of(random, {.member = 1}).test);
  EXPECT_THAT(warnings_of(random.plan), IsEmpty());
  experiment.trees.samples = 1;
  SmallStudy same(std::move(experiment));
  EXPECT_EQ(fit_of(same, {.member = 0}).test, fit_of(same, {.member = 1}).test);
  EXPECT_THAT(warnings_of(same.plan), testing::ElementsAre(HasSubstr("all members are the same")));
}

// Trees in bags and as the rounds of gradient boosting, and a network, in one stack and one file.
TEST(TreeMember, IsABaseOfAStackBesideNetworks) {
  Experiment experiment = small_experiment();
  experiment.data.rows = 80;
  experiment.bias_variance.reset();
  Configuration trees{.name = "bag", .model = {.type = "xgboost"}, .trees = {.rounds = 5}};
  trees.ensemble.method = "bagging";
  trees.ensemble.members = 2;
  Configuration boosted = trees;
  boosted.name = "boosted";
  boosted.ensemble.method = "gradient_boosting";
  Configuration network{.name = "linear", .model = experiment.model, .train = experiment.train};
  network.train.early_stopping.emplace();
  experiment.bases = {trees, boosted, network};
  experiment.ensemble.method = "stacking";
  SmallStudy study(std::move(experiment));
  const CheckedStudy checked = check_study(study.plan);
  ASSERT_THAT(checked.models, SizeIs(3));
  EXPECT_FALSE(checked.models[0].network.has_value());
  EXPECT_TRUE(checked.models[2].network.has_value());
  for (const CheckedModel& model : checked.models) {
    EXPECT_GT(estimate_fit_bytes(study.plan, model), 1000U);
    EXPECT_GT(expected_flops(study.plan, model.key, checked.flops_per_draw()), 0);
  }
  const Fits fits = study.all_fits();
  const StudyResults results = compute_results(study.plan, fits);
  EXPECT_TRUE(results.complete());
  EXPECT_GT(results.headline.value().value, 0.65);

  const std::string file = scratch() / "trees.h5";
  write_results(file, study.plan, fits, results, {});
  Hdf5Child child(file);
  std::vector<std::string> groups;
  for (const Hdf5Entry& entry : child.list_all()) groups.push_back(entry.path);
  EXPECT_THAT(groups,
              testing::IsSupersetOf({"/models/xgboost/network", "/models/xgboost/preprocess", "/models/xgboost/step"}));
  EXPECT_THAT(groups, testing::Not(testing::Contains("/models/xgboost/weights_best")));
  const auto base = child.read_foreign("/models/xgboost/base"),
             offset = child.read_foreign("/models/xgboost/network_offset"),
             size = child.read_foreign("/models/xgboost/network_size"),
             bytes = child.read_foreign("/models/xgboost/network");
  ASSERT_EQ(base.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const TaskKey key{.base = static_cast<std::int32_t>(i / 2), .member = static_cast<std::int32_t>(i % 2)};
    EXPECT_EQ(base.number(i), key.base);
    const auto stored =
        std::span(bytes.data)
            .subspan(static_cast<std::size_t>(offset.number(i)), static_cast<std::size_t>(size.number(i)));
    EXPECT_TRUE(std::ranges::equal(stored, fits.at(key).result.network)) << i;
  }
}

TEST(TreeMember, WhatTreesCannotDoIsRefusedBeforeAnyTraining) {
  const auto refused = [](const Experiment& experiment) {
    const SmallStudy study(experiment);
    try {
      check_study(study.plan);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refused(tree_experiment("snapshot")), HasSubstr("\"snapshot\" needs a network"));
  EXPECT_THAT(refused(tree_experiment("mc_dropout")), HasSubstr("\"mc_dropout\" needs a network"));
  Experiment experiment = tree_experiment("gradient_boosting");
  experiment.trees.validation = 0.2;
  EXPECT_THAT(refused(experiment), HasSubstr("ensemble.gradient.validation"));
  experiment = tree_experiment();
  experiment.ensemble.weights = "valid";
  EXPECT_THAT(refused(experiment), HasSubstr("give trees.validation"));
  experiment = tree_experiment();
  experiment.data.generator = "friedman1";
  experiment.train.class_weights = Config(std::string("balanced"));
  EXPECT_THAT(refused(experiment), HasSubstr("class_weights"));
}

}  // namespace
}  // namespace jury
