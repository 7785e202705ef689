// A leak is put into every place where something is fitted, and each is caught.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/error.hpp"
#include "search/study/rounds.hpp"
#include "search/study/study_calibration.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_results.hpp"
#include "support/methods.hpp"

namespace jury {
namespace {

const TaskKey kOfAFold{.repeat = 0, .fold = 1, .member = 0};
const std::string kStack =
    R"({"ensemble": {"method": "stacking", "stack": {"folds": 2}, "base": [{"train": {"epochs": 1}}, {"train": {"epochs": 2}}]}})";

// The rows of a fit, changed, and what then comes of it.
class Tampered {
 public:
  explicit Tampered(SmallStudy& study, const TaskKey& key)
      : rows(study.plan.rows(key)), study_(study), key_(key), trainer_(study.plan, caches_) {}

  /// What a worker would do with them.
  void work() {
    FitResult fit;
    if (study_.plan.method(key_).is_sequential) {
      make_rounds({.trainer = trainer_, .dataset = study_.dataset, .rows = rows, .key = key_})
          ->next(key_.member, StopFlag());
      return;
    }
    const auto training = trainer_.train({.key = key_, .dataset = study_.dataset, .draws = rows.draws}, StopFlag());
    predict_all({.trainer = trainer_, .dataset = study_.dataset, .rows = rows, .key = key_}, *training->member, key_,
                fit);
  }
  /// The same behind a pipeline that was fitted to these rows.
  void work_behind_pipeline_of(const std::vector<std::uint32_t>& fitted_to) {
    const auto pipeline =
        fit_pipeline(study_.dataset, steps_of(study_.plan.configuration(key_), study_.dataset), fitted_to);
    const auto training =
        trainer_.train_behind(pipeline, {.key = key_, .dataset = study_.dataset, .draws = rows.draws}, StopFlag());
    FitResult fit;
    predict_all({.trainer = trainer_, .dataset = study_.dataset, .rows = rows, .key = key_}, *training->member, key_,
                fit);
  }

  FitRows rows;

 private:
  SmallStudy& study_;
  TaskKey key_;
  TrainingCaches caches_;
  MemberTrainer trainer_;
};

void train_on(std::vector<std::uint32_t>& draws, std::uint32_t row) {
  draws.push_back(row);
  std::ranges::sort(draws);
}

TEST(Leaks, OfATestRowOfAFoldAreCaughtWithEveryMethod) {
  for (const MethodCase& one : method_cases()) {
    SCOPED_TRACE(one.name);
    SmallStudy study(experiment_over(one.settings, one.for_classes ? TaskKind::classification : TaskKind::regression));
    TaskKey key = kOfAFold;
    if (study.plan.is_stack()) key.base = 0;
    Tampered honest(study, key), tampered(study, key);
    EXPECT_NO_THROW(honest.work());
    train_on(tampered.rows.draws, tampered.rows.valid.front());
    EXPECT_THROW(tampered.work(), LeakError);
  }
}

TEST(Leaks, OfARowOfTheTestSetAreCaught) {
  SmallStudy study;
  Tampered tampered(study, {.member = 0});
  train_on(tampered.rows.draws, tampered.rows.test.front());
  EXPECT_THROW(tampered.work(), LeakError);
}

TEST(Leaks, OfARowOutOfTheBagAreCaught) {
  SmallStudy study;
  Tampered tampered(study, {.member = 0});
  tampered.rows.oob.push_back(tampered.rows.draws.front());
  EXPECT_THROW(tampered.work(), LeakError);
}

TEST(Leaks, OfARowThatOnlyThePreprocessingSawAreCaught) {
  SmallStudy study;
  Tampered tampered(study, kOfAFold);
  EXPECT_NO_THROW(tampered.work_behind_pipeline_of(tampered.rows.draws));
  std::vector<std::uint32_t> more = tampered.rows.draws;
  train_on(more, tampered.rows.valid.back());
  EXPECT_THROW(tampered.work_behind_pipeline_of(more), LeakError);
}

TEST(Leaks, OfARowThatAnInnerFoldLeavesOutAreCaught) {
  SmallStudy study(experiment_over(kStack));
  for (const TaskKey predictor : {TaskKey{}, TaskKey{.repeat = 0, .fold = 0}, TaskKey{.replicate = 1}}) {
    TaskKey key = predictor;
    key.base = key.inner = key.member = 0;
    if (key.replicate != TaskKey::kNone) continue;  // of a generator: other rows than the study's
    Tampered tampered(study, key);
    train_on(tampered.rows.draws, tampered.rows.valid.back());
    EXPECT_THROW(tampered.work(), LeakError) << to_string(predictor);
  }
}

TEST(Leaks, OfARowThatAStackWasFittedOnAreCaught) {
  SmallStudy study(experiment_over(kStack));
  const Fits fits = study.all_fits();
  Stacks stacks = fit_stacks(study.plan, fits);
  EXPECT_NO_THROW(collect_oof(study.plan, {.fits = fits, .stacks = stacks}, 0));
  Fitted<Stack>& stack = stacks.at({.repeat = 0, .fold = 1});
  RowSet saw = stack.saw();
  saw.insert(study.plan.valid_rows(0, 1).front());
  stack = Fitted<Stack>(*stack, saw);
  EXPECT_THROW(collect_oof(study.plan, {.fits = fits, .stacks = stacks}, 0), LeakError);
}

TEST(Leaks, OfARowThatACalibratorWasFittedToAreCaught) {
  Experiment experiment = small_experiment();
  experiment.final.calibrate = "temperature";
  SmallStudy study(std::move(experiment));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  const std::vector<float> p = {0.3F, 0.7F};
  RowSet saw = results.calibration.calibrator->saw();
  saw.insert(study.plan.test_rows().front());
  const Fitted<Calibrator> leaking(**results.calibration.calibrator, saw);
  EXPECT_NO_THROW(calibrate_unseen(*results.calibration.calibrator, study.dataset, study.plan.test_rows().first(1), p));
  EXPECT_THROW(calibrate_unseen(leaking, study.dataset, study.plan.test_rows().first(1), p), LeakError);
}

// Rows that a cross-fitted calibrator is applied to have no say in it: what was predicted of them is made nonsense, and
// the others' calibrated predictions change, theirs do so only by what they were themselves.
TEST(Leaks, CrossFittedCalibratorsAreBlindToTheirOwnFold) {
  Experiment experiment = small_experiment();
  experiment.final.calibrate = "sigmoid";
  SmallStudy study(std::move(experiment));
  const Fits fits = study.all_fits();
  const StudyResults before = compute_results(study.plan, fits);
  Fits other = fits;
  const std::vector<std::uint32_t> tested = study.plan.valid_rows(0, 0);
  for (auto& [key, fit] : other)  // of all tested rows but the first
    if (key.repeat == 0 && key.fold == 0) std::fill(fit.result.valid.begin() + 2, fit.result.valid.end(), 0.5F);
  const StudyResults after = compute_results(study.plan, other);
  const std::vector<float>&a = before.juries.front().calibrated, &b = after.juries.front().calibrated;
  EXPECT_EQ(a[2 * tested.front()], b[2 * tested.front()]);
  const std::uint32_t elsewhere = study.plan.valid_rows(0, 1).front();
  EXPECT_NE(a[2 * elsewhere], b[2 * elsewhere]);
}

// What a bootstrap estimate reads of rows that were trained on reaches nothing else.
TEST(Leaks, PredictionsOfRowsTrainedOnReachTheBootstrapEstimateAlone) {
  for (const std::string& settings : {std::string(R"({"ensemble": {"method": "bagging", "members": 3}})"), kStack}) {
    Experiment experiment = experiment_over(settings);
    experiment.cv->method = "632plus";
    experiment.final.calibrate = "temperature";
    SmallStudy study(std::move(experiment));
    const Fits fits = study.all_fits();
    Fits nonsense = fits;
    for (auto& [key, fit] : nonsense)
      for (std::size_t i = 0; i < fit.result.apparent.size(); ++i) fit.result.apparent[i] = i % 2 == 0 ? 0.9F : 0.1F;
    const StudyResults a = compute_results(study.plan, fits), b = compute_results(study.plan, nonsense);
    EXPECT_NE(a.headline->value, b.headline->value);
    ASSERT_EQ(a.juries.size(), b.juries.size());
    for (std::size_t i = 0; i < a.juries.size(); ++i) {
      const auto same = [](const std::vector<float>& x, const std::vector<float>& y) {
        return std::ranges::equal(
            x, y, [](float one, float two) { return one == two || (std::isnan(one) && std::isnan(two)); });
      };
      EXPECT_TRUE(same(a.juries[i].reported, b.juries[i].reported));
      EXPECT_TRUE(same(a.juries[i].calibrated, b.juries[i].calibrated));
    }
    EXPECT_EQ(a.weights, b.weights);
    EXPECT_EQ((*a.calibration.calibrator)->temperature, (*b.calibration.calibrator)->temperature);
  }
}

}  // namespace
}  // namespace jury
