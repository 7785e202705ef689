#include "search/study/study_bootstrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "search/study/study_results.hpp"
#include "search/study/truth_of.hpp"
#include "support/methods.hpp"

namespace jury {
namespace {

Experiment bootstrapped(Experiment e, const std::string& method = "632plus") {
  e.bias_variance.reset();
  e.final.refit = false;
  e.cv.emplace();
  e.cv->method = method;
  e.cv->folds = 4;
  return e;
}

StudyResults results_of(SmallStudy& study) { return compute_results(study.plan, study.all_fits(), 0); }

TEST(StudyBootstrap, TrainsOnePredictorOnAllRowsBesideTheSamples) {
  const SmallStudy study(bootstrapped(small_experiment()));
  EXPECT_EQ(study.plan.predictors().size(), 5U);
  EXPECT_EQ(study.plan.num_fits(), 15U);
  const FitRows apparent = study.plan.rows(StudyPlan::apparent_predictor());
  EXPECT_EQ(apparent.apparent.size(), 40U);
  EXPECT_TRUE(apparent.valid.empty() && apparent.test.empty());
  const FitRows sample = study.plan.rows({.repeat = 1, .fold = 0});
  EXPECT_TRUE(sample.apparent.empty());
  EXPECT_EQ(sample.draws.size(), 40U);
  for (const std::uint32_t row : sample.valid) EXPECT_FALSE(std::ranges::binary_search(sample.draws, row));
}

TEST(StudyBootstrap, JoinsTheErrorsAsThePaperSays) {
  for (const std::string method : {"bootstrap_632", "632plus"}) {
    Experiment e = bootstrapped(small_experiment(), method);
    e.ensemble.method = "none";
    e.ensemble.members = 1;
    e.cv->metrics = {"log_loss", "accuracy"};
    SmallStudy study(std::move(e));
    const Fits fits = study.all_fits();
    const StudyResults results = compute_results(study.plan, fits, 0);
    // A second look, from the records alone.
    const auto loss = [&](const std::vector<float>& p, const std::vector<std::uint32_t>& rows) {
      double sum = 0;
      for (std::size_t i = 0; i < rows.size(); ++i)
        sum -= std::log(static_cast<double>(p[2 * i + static_cast<std::size_t>(study.dataset.labels()[rows[i]])]));
      return sum / static_cast<double>(rows.size());
    };
    const TaskKey all{.fold = 0, .member = 0};
    const std::vector<float>& p = fits.at(all).result.apparent;
    const double apparent = loss(p, study.plan.rows(all).apparent);
    double left_out = 0, none = 0;
    for (std::int32_t repeat = 0; repeat < 4; ++repeat) {
      const TaskKey key{.repeat = repeat, .fold = 0, .member = 0};
      left_out += loss(fits.at(key).result.valid, study.plan.rows(key).valid) / 4;
    }
    for (std::size_t i = 0; i < 40; ++i)
      for (std::size_t j = 0; j < 40; ++j)
        none -= std::log(static_cast<double>(p[2 * j + static_cast<std::size_t>(study.dataset.labels()[i])])) / 1600;
    const double bounded = std::min(left_out, none);
    const double r = bounded > apparent && none > apparent ? (bounded - apparent) / (none - apparent) : 0;
    const double w = method == "632plus" ? 0.632 / (1 - 0.368 * r) : 0.632;
    // The metric renormalises probabilities, whose float32 sums miss 1 by up to 1e-7.
    EXPECT_NEAR(results.headline->value, (1 - w) * apparent + w * (method == "632plus" ? bounded : left_out), 1e-7);
    EXPECT_EQ(results.headline->estimator, method);
    EXPECT_DOUBLE_EQ(results.headline->value, results.headline_scores.front());
    EXPECT_NEAR(results.bootstrap.lines.front().scores.front().no_information, none, 1e-7);
    EXPECT_EQ(results.headline->member_best, results.headline->value);
  }
}

TEST(StudyBootstrap, OfEveryMethodHasAnApparentScoreOfAllRows) {
  for (const MethodCase& one : method_cases()) {
    SCOPED_TRACE(one.name);
    SmallStudy study(
        bootstrapped(experiment_over(one.settings, one.for_classes ? TaskKind::classification : TaskKind::regression)));
    const StudyResults results = results_of(study);
    ASSERT_TRUE(results.headline.has_value());
    EXPECT_TRUE(std::isfinite(results.headline->value));
    ASSERT_FALSE(results.bootstrap.lines.empty());
    for (const BootstrapLine& line : results.bootstrap.lines)
      EXPECT_TRUE(std::isfinite(line.scores.front().apparent)) << line.predictor;
  }
}

TEST(StudyBootstrap, WithoutTheApparentPredictorThereIsNoEstimate) {
  SmallStudy study(bootstrapped(small_experiment()));
  Fits fits = study.all_fits();
  std::erase_if(fits, [](const auto& fit) { return StudyPlan::is_apparent(fit.first); });
  const StudyResults results = compute_results(study.plan, fits);
  EXPECT_TRUE(std::isnan(results.headline->value));
}

}  // namespace
}  // namespace jury
