#include "search/study/objective_experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "read_settings.hpp"

namespace jury {
namespace {

using testing::Contains;
using testing::HasSubstr;

Config branin() {
  Config config;
  config.set_path("objective.function", text("branin"));
  config.set_path("search.method", text("random"));
  return config;
}

TEST(ObjectiveExperiment, HasTheFunctionsOwnSpaceWhereNoneIsGiven) {
  const Experiment e = read(branin());
  EXPECT_EQ(e.search->space, default_space(*e.objective));
  Problems problems;
  EXPECT_EQ(objective_space(e, problems).size(), 2U);
}

TEST(ObjectiveExperiment, MayFixWhatIsNotSearched) {
  Config config = branin();
  config.set_path("objective.point", Config(Config::Table{{"x1", Config(3.0)}}));
  Config space;
  space.set("objective.point.x2", text("uniform(0, 15)"));
  config.set_path("search.space", space);
  const Experiment e = read(config);
  const Config point = objective_point(*e.objective, {{"objective.point.x2", Config(2.5)}});
  EXPECT_EQ(point, Config(Config::Table({{"x1", Config(3.0)}, {"x2", Config(2.5)}})));
}

TEST(ObjectiveExperiment, IsReadBackFromItsOwnText) {
  const Experiment e = read(branin());
  const std::string toml = to_toml(e);
  for (const char* absent : {"[data]", "data =", "model =", "train =", "cv ="})
    EXPECT_THAT(toml, testing::Not(HasSubstr(absent)));
  EXPECT_THAT(toml, HasSubstr("objective ="));
  EXPECT_EQ(read(settings_of(e, Fields::all)).search->space, e.search->space);
}

TEST(ObjectiveExperiment, HasAnIdentityOfWhatChangesAValue) {
  const auto identity_with = [](const char* path, const Config& value) {
    Config config = branin();
    config.set_path(path, value);
    return identity_of(read(config), 0);
  };
  const std::uint64_t identity = identity_of(read(branin()), 0);
  EXPECT_EQ(identity_with("search.trials", Config(std::int64_t{7})), identity) << "more trials extend a run";
  EXPECT_EQ(identity_with("objective.delay", Config(1.0)), identity);
  EXPECT_NE(identity_with("objective.noise", Config(1.0)), identity);
  EXPECT_NE(identity_with("objective.function", text("mixed")), identity);
  EXPECT_NE(identity_with("search.parallel", Config(std::int64_t{1})), identity);
}

TEST(ObjectiveExperiment, SaysWhatDoesNotGoWithAFunction) {
  struct Case {
    const char* path;
    Config value;
    const char* problem;
  };
  Config elsewhere;
  elsewhere.set("train.lr", text("uniform(0, 1)"));
  Config one;
  one.set("objective.point.x1", text("uniform(0, 1)"));
  Config unknown;
  unknown.set("objective.point.x3", text("uniform(0, 1)"));
  for (const auto& [path, value, problem] : std::initializer_list<Case>{
           {"data.train", text("a.csv"), "[data] does not go with [objective]"},
           {"model.type", text("mlp"), "[model] does not go with [objective]"},
           {"cv.folds", Config(std::int64_t{3}), "[cv] does not go with [objective]"},
           {"search", Config(false), "[objective] needs a [search]"},
           {"search.objective", text("accuracy"), "search.objective does not go with [objective]"},
           {"search.direction", text("maximize"), "search.direction does not go with [objective]"},
           {"search.limits.flops", Config(1.0), "search.limits does not go with [objective]"},
           {"search.pruner", text("race"), "search.pruner does not go with [objective]"},
           {"search.pruner", text("pbt"), "search.pruner does not go with [objective]"},
           {"search.method", text("grid"), "grid"},
           {"search.space", elsewhere,
            "'train.lr' is no parameter of branin (it has objective.point.x1, objective.point.x2)"},
           {"search.space", unknown, "'objective.point.x3' is no parameter of branin"},
           {"search.space", one, "objective.point.x2 is neither in search.space nor set"},
           {"objective.point", Config(Config::Table{{"x9", Config(1.0)}}),
            "objective.point.x9 is no parameter of branin (it has x1, x2)"},
           {"objective.point", text("x1"), "objective.point must be a table"},
           {"objective.function", text("branen"), "objective.function"},
           {"objective.dims", Config(std::int64_t{5}), "objective.dims does not apply to branin (it has 2 parameters)"},
           {"objective.budget", Config(std::int64_t{0}), "objective.budget"},
       }) {
    Config config = branin();
    config.set_path(path, value);
    EXPECT_THAT(problems_of(config), Contains(HasSubstr(problem))) << path;
  }
  Config members = branin();
  members.set_path("search.pruner", text("asha"));
  members.set_path("search.rungs.resource", text("members"));
  EXPECT_THAT(problems_of(members), Contains(HasSubstr("search.rungs.resource does not go with [objective]")));
  Config fixed = branin();
  fixed.set_path("objective.point", Config(Config::Table{{"x1", text("three")}}));
  fixed.set_path("search.space", Config(Config::Table{{"objective.point.x2", text("uniform(0, 1)")}}));
  EXPECT_THAT(problems_of(fixed), Contains(HasSubstr("objective.point.x1 = \"three\" is")));
}

}  // namespace
}  // namespace jury
