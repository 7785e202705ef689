#include "search/study/function_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "search/study/function_evaluator.hpp"
#include "search/study/objective_experiment.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

struct FunctionCase {
  std::string method = "random";
  std::string pruner = "none";
  std::string function = "branin";
  std::int64_t trials = 30;
  double noise = 0;
};

std::string case_name(const FunctionCase& c) { return c.method + " " + c.pruner + " " + c.function; }

Experiment function_experiment(const FunctionCase& c) {
  Config config;
  config.set_path("objective.function", Config(c.function));
  config.set_path("objective.noise", Config(c.noise));
  config.set_path("search.method", Config(c.method));
  config.set_path("search.pruner", Config(c.pruner));
  config.set_path("search.trials", Config(c.trials));
  config.set_path("search.parallel", Config(std::int64_t{4}));
  Problems problems;
  Experiment e = read_experiment(config, problems);
  problems.throw_if_any();
  return e;
}

const std::vector<FunctionCase>& cases() {
  static const std::vector<FunctionCase> all = {{.method = "random"},
                                                {.method = "sobol", .pruner = "hyperband"},
                                                {.method = "tpe", .pruner = "asha", .function = "mixed", .noise = 0.1},
                                                {.method = "gp", .trials = 14},
                                                {.method = "cma_es", .pruner = "median", .function = "sphere"},
                                                {.method = "tpe", .pruner = "successive_halving"}};
  return all;
}

// Which of the tasks that are ready comes back next.
using Pick = std::size_t (*)(std::size_t);
std::size_t first(std::size_t) { return 0; }
std::size_t last(std::size_t ready) { return ready - 1; }

struct FunctionRun {
  FunctionRun(const Experiment& e, Pick pick, const std::vector<Record>& earlier = {}, std::size_t most = 1000000)
      : experiment(e), source(experiment, folder.path()) {
    for (const Record& record : earlier) source.restore(record);
    if (!earlier.empty()) source.settle();
    FunctionEvaluator evaluator(experiment, folder.path());
    std::vector<ReadyTask> ready = source.take_ready();
    while (!ready.empty() && records.size() < most) {
      const auto at = ready.begin() + static_cast<std::ptrdiff_t>(pick(ready.size()));
      const ReadyTask task = *at;
      ready.erase(at);
      records.push_back(evaluator.evaluate(task.key, StopFlag()).value());
      records.back().key = task.key;
      records.back().settings = task.settings;
      source.done(records.back());
      for (const ReadyTask& released : source.take_ready()) ready.push_back(released);
    }
  }

  Experiment experiment;
  Scratch folder;
  FunctionSource source;
  std::vector<Record> records;
};

// All that a search found, in words.
std::string told(const FunctionSource& source) {
  std::string text;
  const SearchResults results = source.results();
  for (const TrialLine& t : results.trials) {
    text += std::to_string(t.id.trial) + " " + t.state + " " + to_text(Config(t.values)) + " " +
            std::to_string(t.resource) + " " + to_text(Config(t.start)) + " " + to_text(Config(t.end));
    for (const double value : t.score.objectives) text += " " + to_text(Config(value));
    text += "\n";
  }
  return text + "chosen " + std::to_string(results.chosen);
}

TEST(FunctionSource, FindsTheSameWhateverTheOrderOfArrival) {
  for (const FunctionCase& c : cases()) {
    const FunctionRun one(function_experiment(c), first), other(function_experiment(c), last);
    EXPECT_TRUE(one.source.is_finished()) << case_name(c);
    EXPECT_EQ(told(one.source), told(other.source)) << case_name(c);
  }
}

TEST(FunctionSource, GoesOnWhereverASessionEnded) {
  for (const FunctionCase& c : cases()) {
    const FunctionRun whole(function_experiment(c), first);
    for (const std::size_t most :
         {std::size_t{0}, whole.records.size() / 3, whole.records.size() - 1, whole.records.size()}) {
      const FunctionRun killed(function_experiment(c), last, {}, most);
      const FunctionRun resumed(function_experiment(c), first, killed.records);
      EXPECT_EQ(told(resumed.source), told(whole.source)) << case_name(c) << " after " << most;
      EXPECT_LE(resumed.records.size() + killed.records.size(), whole.records.size())
          << case_name(c) << " after " << most;
    }
  }
}

TEST(FunctionSource, IsExtendedByAskingForMoreTrials) {
  for (const FunctionCase& c : {FunctionCase{.method = "tpe"}, FunctionCase{.method = "random", .pruner = "asha"},
                                FunctionCase{.method = "tpe", .pruner = "hyperband"}}) {
    FunctionCase more = c;
    more.trials = 50;
    const FunctionRun shorter(function_experiment(c), first);
    const FunctionRun whole(function_experiment(more), first),
        extended(function_experiment(more), first, shorter.records);
    EXPECT_EQ(told(extended.source), told(whole.source)) << case_name(c);
    EXPECT_LT(extended.records.size(), whole.records.size()) << case_name(c);
  }
}

TEST(FunctionSource, EvaluatesEachTrialAtTheShareOfItsRung) {
  const Experiment e = function_experiment({.method = "random", .pruner = "hyperband", .trials = 20, .noise = 1});
  const FunctionRun run(e, first);
  std::map<std::int32_t, Config::Table> values;
  for (const TrialLine& trial : run.source.results().trials) values[trial.id.trial] = trial.values;
  for (const Record& record : run.records) {
    const double share = static_cast<double>(record.key.rung) / 81;
    const double expected = evaluate_objective(*e.objective, objective_point(*e.objective, values.at(record.key.trial)),
                                               share, e.experiment.seed);
    EXPECT_EQ(ByteReader(record.payload).read<double>(), expected);
  }
}

TEST(FunctionSource, ChoosesTheLeastOfTheCompleteTrials) {
  const FunctionRun run(function_experiment({.method = "random", .pruner = "asha"}), first);
  const SearchResults results = run.source.results();
  double least = INFINITY;
  std::int32_t best = -1;
  for (const TrialLine& trial : results.trials)
    if (trial.state == "complete" && trial.score.objectives.front() < least) {
      least = trial.score.objectives.front();
      best = trial.id.trial;
    }
  EXPECT_EQ(results.chosen, best);
  EXPECT_EQ(results.trials.size(), 30U);
}

TEST(FunctionSource, CountsAnEvaluationThatFails) {
  const Experiment e = function_experiment({.method = "random", .trials = 3});
  const Scratch folder;
  FunctionSource source(e, folder.path());
  for (const ReadyTask& task : source.take_ready())
    source.done({.key = task.key,
                 .state = task.key.trial == 1 ? TaskState::failed : TaskState::complete,
                 .message = task.key.trial == 1 ? "no" : "",
                 .payload = ByteWriter().add(double{2}).take()});
  source.take_ready();
  EXPECT_TRUE(source.is_finished());
  EXPECT_EQ(source.progress().fits_failed, 1U);
  EXPECT_EQ(source.results().trials[1].state, "failed");
  EXPECT_EQ(source.results().trials[1].error, "no");
}

}  // namespace
}  // namespace jury
