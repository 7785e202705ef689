// A study small enough for a test: a few rows of a generator, a tiny network.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "models/nn/session.hpp"
#include "search/study/stacks.hpp"
#include "search/study/study_data.hpp"
#include "search/study/study_evaluator.hpp"
#include "search/study/study_plan.hpp"
#include "search/study/study_source.hpp"
#include "support/scratch.hpp"

namespace jury {

/// The same on digits from a file, a tenth of them for testing.
inline Experiment on_digits(Experiment e) {
  e.data = {.train = std::string(JURY_TEST_DATA) + "/digits.csv.gz", .test_fraction = 0.1, .target = {"digit"}};
  return e;
}

/// twonorm, a bag of three linear models, two folds, two replicates, a final ensemble.
inline Experiment small_experiment() {
  Experiment e;
  e.experiment.seed = 7;
  e.data.generator = "twonorm";
  e.data.rows = 40;
  e.data.test_rows = 30;
  e.model.type = "linear";
  e.model.hidden.clear();
  e.train.epochs = 5;
  e.train.lr = 0.05;
  e.train.batch = 8;
  e.ensemble.method = "bagging";
  e.ensemble.members = 3;
  e.cv.emplace().folds = 2;
  e.bias_variance.emplace().replicates = 2;
  e.final.refit = true;
  return e;
}

/// A folder that is never there.
inline const Checkpoints& no_checkpoints() {
  static const Checkpoints none("/nonexistent/checkpoints", 0);
  return none;
}

inline const Stacks& no_stacks() {
  static const Stacks none;
  return none;
}

/// An experiment with its data and plan. Neither copied nor moved: the plan refers to the others.
struct SmallStudy {
  explicit SmallStudy(Experiment given = small_experiment())
      : experiment(std::move(given)), dataset(Dataset::own(load_study_data(experiment))), plan(experiment, dataset) {
    use_threads(1);
  }
  SmallStudy(const SmallStudy&) = delete;
  SmallStudy& operator=(const SmallStudy&) = delete;

  Record evaluate(const TaskKey& key) {
    StudyEvaluator evaluator(plan, no_checkpoints());
    Record record = evaluator.evaluate(key, StopFlag()).value();
    record.key = key;
    return record;
  }

  /// Every fit of the plan, as the source collects them.
  Fits all_fits() {
    const BlobStore blobs(scratch() / "blobs");
    StudySource source(plan, blobs, no_checkpoints(), std::vector<double>(experiment.bases.size() + 1, 100.0));
    source.take_ready();
    for (const TaskKey& key : plan.tasks()) source.done(evaluate(key));
    return source.fits();
  }

  Experiment experiment;
  Dataset dataset;
  StudyPlan plan;
};

}  // namespace jury
