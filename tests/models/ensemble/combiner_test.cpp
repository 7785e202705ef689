#include "models/ensemble/combiner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/ensemble/combine_rules.hpp"
#include "models/ensemble/order_statistics.hpp"
#include "random_members.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::NanSensitiveFloatEq;
using testing::Pointwise;
using testing::ThrowsMessage;

const std::vector<double> kWeights = {1, 0.5, 0, 2.5, std::nan(""), 0.25, 1, -1};

std::vector<const CombineRule*> rules_for(Outcome outcome) {
  std::vector<const CombineRule*> rules;
  for (const CombineRule& rule : combine_rules())
    if (rule.applies_to(outcome)) rules.push_back(&rule);
  return rules;
}

std::vector<std::string> names_of(const std::vector<const CombineRule*>& rules) {
  std::vector<std::string> names;
  for (const CombineRule* rule : rules) names.emplace_back(rule->name);
  return names;
}

// What each rule is by definition, of all members at once.
std::vector<float> second_look(std::string_view rule, const CombinationShape& shape, Predictions members) {
  const std::size_t cells = shape.num_rows * shape.width(), count = members.size() / cells;
  const auto weights = std::span(kWeights).first(count);
  Combination plain(shape);
  WeightedCombination weighted(shape);
  std::optional<LogPool> pool;
  if (shape.outcome == Outcome::classes) pool.emplace(shape);
  for (std::size_t m = 0; m < count; ++m) {
    const Predictions member = members.subspan(m * cells, cells);
    plain.add(member);
    weighted.add(member, weights[m]);
    if (pool) pool->add(member);
  }
  if (rule == "mean") return plain.mean();
  if (rule == "vote") return plain.vote_share();
  if (rule == "median") return median(shape, members);
  if (rule == "weighted_mean") return weighted.mean();
  if (rule == "weighted_vote") return weighted.vote_share();
  if (rule == "weighted_median") return weighted_median(shape, members, weights);
  if (rule == "trimmed_mean") return trimmed_mean(shape, members, 0.2);
  if (rule == "geometric_mean") return pool->mean();
  if (rule == "sum") {
    std::vector<float> last(cells, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t m = 0; m < count; ++m)
      for (std::size_t row = 0; row < shape.num_rows; ++row) {
        const Predictions said = row_of(members.subspan(m * cells, cells), row, shape.width());
        if (weights[m] > 0 && is_predicted(said))
          std::ranges::copy(said, last.begin() + static_cast<std::ptrdiff_t>(row * shape.width()));
      }
    return last;
  }
  return {};
}

class CombinerLaws : public testing::TestWithParam<CombinationShape> {};

TEST_P(CombinerLaws, EveryRuleAtEveryPrefixIsThatOfTheMembersSoFar) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(8, shape, 41);
  const std::size_t cells = shape.num_rows * shape.width();
  Combiner combiner(shape, rules_for(shape.outcome), {.trim = 0.2});
  for (std::size_t m = 0; m < 8; ++m) {
    combiner.add(member_of(members, shape, m), kWeights[m]);
    for (const CombineRule* rule : combiner.rules()) {
      const auto expected = second_look(rule->name, shape, std::span(members).first((m + 1) * cells));
      ASSERT_EQ(expected.size(), cells) << rule->name;
      EXPECT_THAT(combiner.combined(*rule), Pointwise(NanSensitiveFloatEq(), expected))
          << rule->name << " of " << m + 1;
    }
  }
  EXPECT_EQ(combiner.plain().num_members(), 8U);
}

TEST_P(CombinerLaws, KeepsNoMembersWhenAllRulesStream) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(4, shape, 42);
  std::vector<const CombineRule*> streaming;
  for (const CombineRule* rule : rules_for(shape.outcome)) {
    if (rule->streams()) streaming.push_back(rule);
    Combiner alone(shape, std::vector{rule});
    for (std::size_t m = 0; m < 4; ++m) alone.add(member_of(members, shape, m));
    EXPECT_EQ(alone.members().empty(), rule->streams()) << rule->name;
    EXPECT_EQ(alone.combined(*rule).size(), shape.num_rows * shape.width()) << rule->name;
  }
  Combiner combiner(shape, streaming);
  for (std::size_t m = 0; m < 4; ++m) combiner.add(member_of(members, shape, m));
  EXPECT_TRUE(combiner.members().empty());
}

TEST_P(CombinerLaws, OneMemberIsItsOwnCombination) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(1, shape, 43);
  Combiner combiner(shape, rules_for(shape.outcome));
  combiner.add(members);
  for (const CombineRule* rule : combiner.rules()) {
    if (rule->name.ends_with("vote")) continue;
    const auto combined = combiner.combined(*rule);
    for (std::size_t i = 0; i < members.size(); ++i) {
      ASSERT_EQ(std::isnan(combined[i]), std::isnan(members[i]));
      if (std::isnan(members[i])) continue;
      EXPECT_NEAR(combined[i], members[i], 1e-6) << rule->name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CombinerLaws,
                         testing::Values(CombinationShape{Outcome::classes, 20, 3},
                                         CombinationShape{Outcome::classes, 6, 2},
                                         CombinationShape{Outcome::values, 20, 2},
                                         CombinationShape{Outcome::values, 20, 1, ValueKind::means_and_variances}));

// Members 0 and 1 tie for classes 2 and 1 in every vote, and for classes 1 and 2 in every mean.
TEST(Combiner, TiesOfEveryRuleGoToTheLowestClass) {
  const CombinationShape shape{Outcome::classes, 1, 3};
  Combiner combiner(shape, rules_for(Outcome::classes));
  combiner.add(std::vector<float>{0, 0.25F, 0.75F}, 0.5);
  combiner.add(std::vector<float>{0, 0.75F, 0.25F}, 0.5);
  for (const CombineRule* rule : combiner.rules())
    EXPECT_THAT(labels_of(combiner.combined(*rule), 3), ElementsAre(1)) << rule->name;
}

TEST(Combiner, WithoutMembersOrWeightsPredictsNothing) {
  for (const Outcome outcome : {Outcome::classes, Outcome::values}) {
    Combiner combiner({outcome, 2, 2}, rules_for(outcome));
    for (const CombineRule* rule : combiner.rules())
      EXPECT_THAT(combiner.combined(*rule), testing::Each(NanSensitiveFloatEq(kFloatNaN))) << rule->name;
    combiner.add(std::vector<float>{0.25F, 0.75F, 0.5F, 0.5F}, 0);
    for (const CombineRule* rule : combiner.rules())
      EXPECT_EQ(std::isnan(combiner.combined(*rule)[0]), rule->weighted) << rule->name;
  }
}

TEST(Combiner, OfNoRowsGivesNone) {
  for (const Outcome outcome : {Outcome::classes, Outcome::values}) {
    Combiner combiner({outcome, 0, 2}, rules_for(outcome));
    combiner.add({});
    for (const CombineRule* rule : combiner.rules()) EXPECT_TRUE(combiner.combined(*rule).empty()) << rule->name;
  }
}

TEST(CombineRules, AreFoundByName) {
  for (const CombineRule& rule : combine_rules()) EXPECT_EQ(&find_combine_rule(rule.name), &rule);
  EXPECT_THAT([] { find_combine_rule("wieghted_vote"); }, ThrowsMessage<ConfigError>(HasSubstr("weighted_vote")));
}

TEST(CombineRules, AreThoseThatApplyInTheOrderNamedAndOnce) {
  const std::vector<std::string> names = {"trimmed_mean", "vote", "weighted_median", "mean", "trimmed_mean"};
  EXPECT_THAT(names_of(choose_combine_rules(Outcome::classes, names)), ElementsAre("trimmed_mean", "vote", "mean"));
  EXPECT_THAT(names_of(choose_combine_rules(Outcome::values, names)),
              ElementsAre("trimmed_mean", "weighted_median", "mean"));
  EXPECT_THAT(names_of(choose_combine_rules(Outcome::classes, {})), ElementsAre("mean", "vote"));
  EXPECT_THAT(names_of(choose_combine_rules(Outcome::values, {})), ElementsAre("mean"));
}

TEST(CombineRules, TheReportedOneHasToApply) {
  const std::vector<std::string> vote = {"vote", "mean"}, middle = {"weighted_median"};
  EXPECT_THAT([&] { choose_combine_rules(Outcome::values, vote); },
              ThrowsMessage<ConfigError>("ensemble.combine starts with vote (which is for classes) report one of mean, "
                                         "median, weighted_mean, weighted_median, trimmed_mean"));
  EXPECT_THAT([&] { choose_combine_rules(Outcome::classes, middle); },
              ThrowsMessage<ConfigError>(HasSubstr("is for values")));
}

#ifdef JURY_CONTRACTS
TEST(CombinerDeathTest, ARuleThatWasNotGivenBreaksTheContract) {
  const std::vector<const CombineRule*> rules = {&find_combine_rule("mean")};
  const Combiner combiner({Outcome::values, 1, 1}, rules);
  EXPECT_DEATH(combiner.combined(find_combine_rule("median")), "contract broken");
  const std::vector<const CombineRule*> votes = {&find_combine_rule("vote")};
  EXPECT_DEATH(Combiner({Outcome::values, 1, 1}, votes), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
