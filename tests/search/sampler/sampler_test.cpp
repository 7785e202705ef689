#include "search/sampler/sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/sampler/spaces.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// A value for any point: the mean of its coordinates.
double mean_unit(const Assignment& point) {
  double sum = 0;
  for (const Setting& setting : point.settings) sum += setting.unit;
  return sum / static_cast<double>(point.settings.size());
}

// Texts of proposals until there are no more, four pending at a time; every seventh trial fails.
std::vector<std::string> proposals(Sampler& sampler, std::int64_t trials) {
  std::vector<std::string> texts;
  std::vector<Assignment> points;
  for (std::int64_t trial = 0; trial < trials; ++trial) {
    const auto point = sampler.ask(trial);
    if (!point) break;
    texts.push_back(sampler.space().text(*point));
    points.push_back(*point);
    if (trial < 4) continue;
    const std::int64_t done = trial - 4;
    const Assignment& told = points[static_cast<std::size_t>(done)];
    sampler.tell(done, told, done % 7 == 0 ? std::nan("") : mean_unit(told));
  }
  return texts;
}

// Laws of every sampler.
class EverySampler : public testing::TestWithParam<std::string_view> {
 protected:
  std::unique_ptr<Sampler> made(const Space& space, std::uint64_t seed = 1,
                                Config start = Config(Config::List{})) const {
    SearchOptions options;
    options.method = std::string(GetParam());
    options.start = std::move(start);
    return make_sampler(options, space, seed);
  }
  Space discrete() const {
    return space_of({{"a", "choice('x', 'y', 'z')"}, {"b", "int(1, 4) when a != 'z'"}, {"c", "grid(1, 10)"}});
  }
  Space mixed() const { return GetParam() == "grid" ? discrete() : conditional_space(); }
};

TEST_P(EverySampler, ProposesTheSameAgainWhenReplayed) {
  EXPECT_EQ(proposals(*made(mixed()), 40), proposals(*made(mixed()), 40));
}

TEST_P(EverySampler, AnotherSeedGivesOtherProposals) {
  const bool random = GetParam() != "grid";
  EXPECT_EQ(proposals(*made(mixed(), 1), 20) != proposals(*made(mixed(), 2), 20), random);
}

TEST_P(EverySampler, ProposesEachPointOfADiscreteSpaceOnceAndThenNothing) {
  const std::vector<std::string> texts = proposals(*made(discrete()), 100);
  EXPECT_EQ(texts.size(), 2U * 4U * 2U + 2U);
  EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), texts.size());
}

TEST_P(EverySampler, ProposesPointsOfTheSpace) {
  const auto sampler = made(mixed());
  for (std::int64_t trial = 0; trial < 18; ++trial) {
    const auto point = sampler->ask(trial);
    ASSERT_TRUE(point);
    EXPECT_EQ(sampler->space().assign(sampler->space().unit_vector(*point, 0.5)), *point);
    sampler->tell(trial, *point, mean_unit(*point));
  }
}

TEST_P(EverySampler, AsksTheGivenPointsFirstAndNotAgain) {
  Config::List start(3);
  start[0].set("a", Config(std::string("z")));
  start[0].set("c", Config(1.0));
  start[1].set("a", Config(std::string("x")));
  start[1].set("b", Config(std::int64_t{2}));
  start[1].set("c", Config(std::int64_t{10}));
  start[2] = start[0];
  const std::vector<std::string> texts = proposals(*made(discrete(), 1, Config(start)), 100);
  EXPECT_EQ(texts[0], "a = \"z\", c = 1");
  EXPECT_EQ(texts[1], "a = \"x\", b = 2, c = 10");
  EXPECT_EQ(texts.size(), 18U);
}

TEST_P(EverySampler, BearsThatEveryTrialFails) {
  const auto sampler = made(mixed());
  for (std::int64_t trial = 0; trial < 18; ++trial) {
    const auto point = sampler->ask(trial);
    ASSERT_TRUE(point);
    sampler->tell(trial, *point, std::nan(""));
  }
}

TEST_P(EverySampler, BearsEqualValuesAndInfiniteOnes) {
  const auto sampler = made(mixed());
  for (std::int64_t trial = 0; trial < 18; ++trial) {
    const auto point = sampler->ask(trial);
    ASSERT_TRUE(point);
    sampler->tell(trial, *point, trial % 5 == 4 ? std::numeric_limits<double>::infinity() : 1.0);
  }
}

TEST_P(EverySampler, TakesSeveralObjectives) {
  const auto sampler = made(mixed());
  for (std::int64_t trial = 0; trial < 18; ++trial) {
    const auto point = sampler->ask(trial);
    ASSERT_TRUE(point);
    const std::vector<double> values = {mean_unit(*point), -mean_unit(*point)};
    sampler->tell(trial, *point, values);
  }
}

TEST_P(EverySampler, LearnsFromTrialsThatNobodyAskedFor) {
  const auto sampler = made(discrete());
  const Assignment known = sampler->space().assign(std::vector<double>{0, 0, 0});
  sampler->tell(100, known, 0.5);
  for (const std::string& text : proposals(*sampler, 100)) EXPECT_NE(text, sampler->space().text(known));
}

TEST_P(EverySampler, SpacesOfConstantsHaveOnePoint) {
  const auto sampler = made(space_of({{"a", "const(3)"}}));
  EXPECT_EQ(proposals(*sampler, 5), std::vector<std::string>{"a = 3"});
}

std::vector<std::string_view> names() {
  std::vector<std::string_view> names;
  for (const SamplerEntry& line : samplers()) names.push_back(line.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(All, EverySampler, testing::ValuesIn(names()),
                         [](const auto& line) { return std::string(line.param); });

TEST(GridSampler, GoesThroughTheProductWithTheLastParameterFastest) {
  const auto sampler = make_sampler({.method = "grid"}, space_of({{"b", "grid(2, 1)"}, {"a", "choice('x', 'y')"}}), 1);
  EXPECT_THAT(proposals(*sampler, 10),
              ElementsAre("a = \"x\", b = 1", "a = \"x\", b = 2", "a = \"y\", b = 1", "a = \"y\", b = 2"));
}

TEST(GridSampler, ContinuousParametersAreRefusedByName) {
  EXPECT_THAT(
      [] {
        make_sampler({.method = "grid"}, space_of({{"lr", "loguniform(1e-4, 1)"}}), 1);
      },
      ThrowsMessage<ConfigError>("space.toml:1:1: search.space 'lr' has endless values (search.method = \"grid\" goes "
                                 "through all) use grid(...) or give a step, as in uniform(0, 1, step=0.1)"));
}

TEST(RandomSampler, DrawsFromTheDistributionsOfTheSpace) {
  const auto sampler = make_sampler({.method = "random"}, conditional_space(), 5);
  int sgd = 0;
  double lr = 0;
  for (std::int64_t trial = 0; trial < 1000; ++trial) {
    const auto point = sampler->ask(trial);
    sgd += *point->find(2)->value.as<std::string>() == "sgd" ? 1 : 0;
    lr += point->find(1)->unit / 1000;
  }
  EXPECT_NEAR(sgd, 500, 4 * std::sqrt(250.0));
  EXPECT_NEAR(lr, 0.5, 4 * std::sqrt(1.0 / 12 / 1000));
}

TEST(MakeSampler, WrongStartsAreNamed) {
  const Space space = space_of({{"lr", "uniform(0, 1)"}});
  const auto error = [&](Config start) { return [&space, start] { make_sampler({.start = start}, space, 1); }; };
  Config::List outside(1);
  outside[0].set("lr", Config(2.0));
  EXPECT_THAT(error(Config(outside)), ThrowsMessage<ConfigError>(HasSubstr("lr = 2.0 is outside the space")));
  EXPECT_THAT(error(Config(1.0)), ThrowsMessage<ConfigError>(HasSubstr("must be a list of tables")));
}

TEST(MakeSampler, UnknownMethodsAreNamed) {
  EXPECT_THAT(
      [] {
        make_sampler({.method = "tpa"}, space_of({{"a", "const(1)"}}), 1);
      },
      ThrowsMessage<ConfigError>(HasSubstr("search.method = \"tpa\" is unknown")));
}

}  // namespace
}  // namespace jury
