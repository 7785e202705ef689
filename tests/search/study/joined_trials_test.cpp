#include "search/study/joined_trials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "models/ensemble/selection.hpp"
#include "search/study/stacks.hpp"
#include "search/study/study_results.hpp"
#include "search/study/truth_of.hpp"
#include "support/searched_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string kSelects =
    R"j({"ensemble": {"method": "none", "stack": {"picks": 5}}, "final": {"trials": "selection"},
                                  "cv": {"folds": 3, "repeats": 2, "metrics": ["accuracy", "brier"]}})j";

// The rows of one repeat that a predicate names, and what a trial said of them.
struct Part {
  std::vector<std::uint32_t> rows;
  std::vector<float> said;
};

// Selects, and scores, on rows put together one by one.
class NaiveSelection {
 public:
  NaiveSelection(const StudyPlan& plan, const SearchResults& search) : plan_(plan), search_(search) {}

  // Weights of all complete trials, from the rows outside a fold of a repeat; -1: from all rows.
  std::vector<double> weights(std::int32_t without_repeat, std::int32_t without_fold) const {
    std::vector<std::uint32_t> held;
    if (without_fold >= 0) held = plan_.valid_rows(without_repeat, without_fold);
    std::vector<std::uint32_t> rows;
    std::vector<std::vector<float>> bases(search_.trials.size());
    for (std::size_t repeat = 0; repeat < 2; ++repeat)
      for (std::uint32_t row = 0; row < plan_.dataset().num_train(); ++row) {
        if (std::ranges::binary_search(held, row)) continue;
        rows.push_back(row);
        for (std::size_t t = 0; t < bases.size(); ++t) {
          const auto said = row_of(search_.trials[t].score.oof[repeat], row, 2);
          bases[t].insert(bases[t].end(), said.begin(), said.end());
        }
      }
    const TruthOf truth(plan_, rows);
    const Truth values = truth.truth();
    Rng rng(1);  // of one greedy run nothing is drawn
    const std::vector<Predictions> spans(bases.begin(), bases.end());
    return select_bases({.metric = *search_.objectives.front().metric, .truth = values}, spans, {.picks = 5}, rng)
        .weights;
  }

  // Of a repeat, each fold under the weights given for it.
  double score(std::int32_t repeat, const std::function<std::vector<double>(std::int32_t)>& weights_of) const {
    std::vector<float> joined(plan_.dataset().num_train() * 2);
    for (std::int32_t fold = 0; fold < 3; ++fold) {
      const std::vector<double> weights = weights_of(fold);
      for (const std::uint32_t row : plan_.valid_rows(repeat, fold))
        for (std::size_t k = 0; k < 2; ++k) {
          double sum = 0;
          for (std::size_t t = 0; t < weights.size(); ++t)
            sum += weights[t] *
                   static_cast<double>(search_.trials[t].score.oof[static_cast<std::size_t>(repeat)][row * 2 + k]);
          joined[row * 2 + k] = static_cast<float>(sum);
        }
    }
    std::vector<std::uint32_t> all(plan_.dataset().num_train());
    std::iota(all.begin(), all.end(), 0U);
    const TruthOf truth(plan_, all);
    return jury::score(*search_.objectives.front().metric, truth.truth(), joined);
  }

 private:
  const StudyPlan& plan_;
  const SearchResults& search_;
};

class JoinedTrialsTest : public testing::Test {
 protected:
  static SearchSession& session() {
    static SearchSession* one = [] {
      auto* made = new SearchSession(searched_experiment(kSelects, ""));
      made->run(1);
      return made;
    }();
    return *one;
  }
  static const JoinedTrials& joined() { return session().results().joined.value(); }
};

TEST_F(JoinedTrialsTest, HaveTheWeightsThatANaiveSelectionFinds) {
  const std::vector<double> expected = NaiveSelection(session().plan(), session().results()).weights(-1, -1);
  std::vector<double> found(expected.size());
  for (std::size_t b = 0; b < joined().trials.size(); ++b) {
    EXPECT_GT(joined().weights[b], 0);
    found[static_cast<std::size_t>(joined().trials[b])] = joined().weights[b];
  }
  EXPECT_EQ(found, expected);
  EXPECT_TRUE(std::ranges::is_sorted(joined().trials));
}

TEST_F(JoinedTrialsTest, AreScoredUnderWeightsOfAllRowsAndUnderThoseOfTheOtherFolds) {
  const NaiveSelection naive(session().plan(), session().results());
  double on_all = 0, cross_fitted = 0;
  for (std::int32_t repeat = 0; repeat < 2; ++repeat) {
    on_all += naive.score(repeat, [&](std::int32_t) { return naive.weights(-1, -1); }) / 2;
    cross_fitted += naive.score(repeat, [&](std::int32_t fold) { return naive.weights(repeat, fold); }) / 2;
  }
  EXPECT_NEAR(joined().naive.objectives.front(), on_all, 1e-6);
  EXPECT_NEAR(joined().cross_fitted.objectives.front(), cross_fitted, 1e-6);
  EXPECT_EQ(joined().naive.scores.size(), session().results().metrics.size());
}

// The first pick is the best trial, and of the nested ensembles the best is kept.
TEST_F(JoinedTrialsTest, AreNoWorseThanTheBestTrialOnTheRowsTheyWereSelectedBy) {
  const SearchResults& results = session().results();
  const double best = results.trials.at(static_cast<std::size_t>(results.chosen)).score.objectives.front();
  EXPECT_LE(joined().naive.objectives.front(), best + 1e-6);
  EXPECT_EQ(joined().path.size(), 5U);
}

TEST_F(JoinedTrialsTest, TrainOnAllRowsAsBasesWithTheSettingsOfTheirTrials) {
  const WorkState state = session().state();
  const StudyPlan& plan = *state.plan;
  ASSERT_TRUE(plan.is_stack());
  EXPECT_FALSE(plan.has_cv());
  EXPECT_EQ(plan.predictors(), std::vector{TaskKey{}});
  ASSERT_EQ(plan.num_bases(), static_cast<std::int32_t>(joined().trials.size()));
  for (std::int32_t b = 0; b < plan.num_bases(); ++b) {
    const TrialLine& trial =
        session().results().trials.at(static_cast<std::size_t>(joined().trials[static_cast<std::size_t>(b)]));
    EXPECT_EQ(plan.configuration({.base = b}).train.lr, *trial.values.front().second.as<double>());
    EXPECT_EQ(plan.rows({.base = b, .member = 0}).draws.size(), plan.dataset().num_train());
  }
  EXPECT_EQ(state.fits->size(), joined().trials.size());
  EXPECT_EQ(shown_study(session().results()).trial, 6);
}

TEST_F(JoinedTrialsTest, PredictTheTestSetWithTheirWeightedMean) {
  const WorkState state = session().state();
  const StudyPlan& plan = *state.plan;
  const Stacks stacks = fit_stacks(plan, *state.fits);
  const MemberPredictions test = collect_test(plan, {.fits = *state.fits, .stacks = stacks});
  ASSERT_EQ(test.num_members, joined().weights.size());
  for (std::size_t i = 0; i < test.stacked.size(); ++i) {
    double sum = 0;
    for (std::size_t b = 0; b < test.num_members; ++b)
      sum += joined().weights[b] * static_cast<double>(test.member(b)[i]);
    EXPECT_NEAR(test.stacked[i], sum, 1e-6);
  }
  const StudyResults results = compute_results(plan, *state.fits);
  ASSERT_EQ(results.scoring.metrics.size(), 2U);
  EXPECT_EQ(results.scoring.metrics.back()->name, "brier");
}

// What is above a limit of the search is so together, too.
TEST(JoinedTrials, ThatCannotBeTrainedTogetherLeaveTheBestOneAlone) {
  SearchSession session(searched_experiment(kSelects, R"j({"limits": {"parameters": 60}})j"));
  session.run(1);
  const SearchResults& results = session.results();
  ASSERT_TRUE(results.joined.has_value());
  EXPECT_THAT(results.joined->reason, HasSubstr("infeasible: parameters"));
  EXPECT_EQ(shown_study(results).trial, results.chosen);
  EXPECT_TRUE(session.state().plan->has_cv());
  EXPECT_FALSE(session.state().fits->empty());
}

TEST(JoinedTrials, SayTheSameAsTheBestOfThem) {
  SearchSession session(searched_experiment(
      R"j({"final": {"trials": "selection"}, "data": {"generator": "friedman1", "rows": 42, "test_rows": 10}})j",
      R"j({"method": "grid", "objective": "mse", "trials": 4, "space": {"model.output": "choice('mean_variance', 'linear')", "train.lr": "grid(0.01, 0.1)"}})j"));
  session.run(1);
  const SearchResults& results = session.results();
  const auto output = [&](std::int32_t trial) {
    return *results.trials.at(static_cast<std::size_t>(trial)).values.front().second.as<std::string>();
  };
  for (const std::int32_t trial : results.joined->trials) EXPECT_EQ(output(trial), output(results.chosen));
}

TEST(JoinedTrials, SayWhatTheyDoNotGoWith) {
  const auto refusal = [](const std::string& settings, const std::string& search) {
    return [=] { SearchSession session(searched_experiment(settings, search)); };
  };
  const auto refused = [](const char* why) {
    return ThrowsMessage<ConfigError>(HasSubstr(std::string("final.trials = \"selection\" does not go with ") + why));
  };
  EXPECT_THAT(refusal(R"j({"ensemble": {"method": "bagging", "members": 2}, "final": {"trials": "selection"}})j",
                      R"j({"objective": "oob.brier"})j"),
              refused("search.objective = \"oob.brier\""));
  EXPECT_THAT(refusal(R"j({"final": {"trials": "selection", "refit": false}})j", ""), refused("final.refit = false"));
  EXPECT_THAT(refusal(R"j({"final": {"trials": "selection", "calibrate": "temperature"}})j", ""),
              refused("final.calibrate"));
  EXPECT_THAT(refusal(R"j({"final": {"trials": "selection", "conformal": "split"}})j", ""), refused("final.conformal"));
  EXPECT_THAT(refusal(R"j({"final": {"trials": "selection"}})j", R"j({"direction": "maximize"})j"),
              refused("search.direction"));
  EXPECT_THAT(refusal(R"j({"final": {"trials": "selection"}})j", R"j({"pruner": "pbt"})j"),
              refused("search.pruner = \"pbt\""));
  EXPECT_THAT(
      refusal(
          R"j({"final": {"trials": "selection"}, "ensemble": {"method": "selection", "stack": {"folds": 2}, "base": [{"train": {"epochs": 1}}]}})j",
          R"j({"space": {"ensemble.base.0.train.lr": "loguniform(1e-3, 1)"}})j"),
      refused("ensemble.method = \"selection\""));
}

}  // namespace
}  // namespace jury
