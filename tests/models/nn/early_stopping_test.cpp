#include "models/nn/early_stopping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Verdict = EarlyStopping::Verdict;

constexpr auto kImproved = Verdict::improved, kGoOn = Verdict::go_on, kStop = Verdict::stop;

std::vector<Verdict> verdicts(EarlyStopping& rule, const std::vector<double>& values) {
  std::vector<Verdict> seen;
  for (const double value : values) seen.push_back(rule.observe(value));
  return seen;
}

std::vector<Verdict> verdicts(const EarlyStoppingOptions& options, Better better, const std::vector<double>& values) {
  EarlyStopping rule(options, better);
  return verdicts(rule, values);
}

TEST(EarlyStopping, PatienceCountsEpochsSinceTheBest) {
  EarlyStopping rule({.patience = 2}, Better::lower);
  EXPECT_THAT(verdicts(rule, {3, 4, 2, 2, 5}), ElementsAre(kImproved, kGoOn, kImproved, kGoOn, kStop));
  EXPECT_EQ(rule.best(), 2);
  EXPECT_EQ(rule.best_epoch(), 3);
  EXPECT_EQ(rule.epochs(), 5);
}

TEST(EarlyStopping, HigherIsBetterWhereSaidSo) {
  EXPECT_THAT(verdicts({.patience = 2}, Better::higher, {-3, -4, -2, -2, -5}),
              ElementsAre(kImproved, kGoOn, kImproved, kGoOn, kStop));
}

TEST(EarlyStopping, ImprovementsUpToMinDeltaDoNotCount) {
  EXPECT_THAT(verdicts({.patience = 3, .min_delta = 0.5}, Better::lower, {2, 1.5, 1.25, 1.75}),
              ElementsAre(kImproved, kGoOn, kImproved, kGoOn));
  EXPECT_THAT(verdicts({.patience = 3, .min_delta = 0.5}, Better::higher, {2, 2.5, 2.75, 2.25}),
              ElementsAre(kImproved, kGoOn, kImproved, kGoOn));
}

// 2.125 is 6.25 % above 2, all of it exact in binary.
TEST(EarlyStopping, GeneralisationLossIsPrecheltsShare) {
  const EarlyStoppingOptions gl{.rule = "gl", .patience = 1, .alpha = 6.25};
  EXPECT_THAT(verdicts(gl, Better::lower, {4, 2, 2.125, 2.125, 2.126}),
              ElementsAre(kImproved, kImproved, kGoOn, kGoOn, kStop));
}

TEST(EarlyStopping, AnyLossIsInfinitelyAboveNone) {
  EXPECT_THAT(verdicts({.rule = "gl", .alpha = 1e6}, Better::lower, {1, 0, 0, 1e-9}),
              ElementsAre(kImproved, kImproved, kGoOn, kStop));
}

TEST(EarlyStopping, NotANumberIsTheWorstOfValues) {
  EXPECT_THAT(verdicts({.patience = 2}, Better::lower, {kNaN, 3, kNaN, kNaN}),
              ElementsAre(kGoOn, kImproved, kGoOn, kStop));
  EXPECT_THAT(verdicts({.patience = 2}, Better::higher, {kNaN, 3, kNaN, kNaN}),
              ElementsAre(kGoOn, kImproved, kGoOn, kStop));
  EXPECT_THAT(verdicts({.rule = "gl"}, Better::lower, {kNaN, kInfinity, 3, kNaN}),
              ElementsAre(kGoOn, kGoOn, kImproved, kStop));
}

TEST(EarlyStopping, WithoutAFiniteValueThereIsNoBestEpoch) {
  EarlyStopping rule({.patience = 2}, Better::lower);
  EXPECT_THAT(verdicts(rule, {kNaN, kInfinity}), ElementsAre(kGoOn, kStop));
  EXPECT_EQ(rule.best_epoch(), 0);
}

TEST(EarlyStopping, GeneralisationLossOfAnythingButALossIsRefused) {
  EXPECT_THAT([] { EarlyStopping({.metric = "valid.accuracy", .rule = "gl"}, Better::higher); },
              ThrowsMessage<ConfigError>(HasSubstr("'gl' does not suit metric = 'valid.accuracy'")));
  EarlyStopping rule({.rule = "gl"}, Better::lower);
  rule.observe(1);
  EXPECT_THAT([&] { rule.observe(-0.5); }, ThrowsMessage<ConfigError>(HasSubstr("'gl' met valid.loss = -0.5")));
}

TEST(EarlyStopping, ResumedItGoesOnAsIfNothingHadHappened) {
  const std::vector<double> values = {3, 4, 2, 2.5, 2.6, 1.9, 2, 2.1, 2.2};
  for (const char* name : {"patience", "gl"}) {
    const EarlyStoppingOptions options{.rule = name, .patience = 3, .alpha = 12};
    const std::vector<Verdict> whole = verdicts(options, Better::lower, values);
    for (std::size_t cut = 0; cut <= values.size(); ++cut) {
      EarlyStopping before(options, Better::lower), after(options, Better::lower);
      const auto middle = values.begin() + static_cast<std::ptrdiff_t>(cut);
      std::vector<Verdict> parts = verdicts(before, {values.begin(), middle});
      ByteWriter writer;
      before.save(writer);
      ByteReader reader(writer.bytes());
      after.load(reader);
      EXPECT_TRUE(reader.empty());
      for (const Verdict verdict : verdicts(after, {middle, values.end()})) parts.push_back(verdict);
      EXPECT_EQ(parts, whole) << name << " cut at " << cut;
    }
  }
}

TEST(EarlyStopping, StatesThatMakeNoSenseAreRefused) {
  const auto load = [](double best, std::int32_t best_epoch, std::int32_t epochs) {
    ByteWriter writer;
    writer.add(best).add(best_epoch).add(epochs);
    ByteReader reader(writer.bytes());
    EarlyStopping({}, Better::lower).load(reader);
  };
  EXPECT_NO_THROW(load(1, 2, 2));
  EXPECT_THROW(load(kNaN, 1, 2), DataError);
  EXPECT_THROW(load(1, 3, 2), DataError);
  EXPECT_THROW(load(1, -1, 2), DataError);
  ByteReader nothing{{}};
  EXPECT_THROW(EarlyStopping({}, Better::lower).load(nothing), DataError);
}

// Rows 0 to n - 1, every third once more at the end.
std::vector<std::uint32_t> some_draws(std::uint32_t n) {
  std::vector<std::uint32_t> draws;
  for (std::uint32_t row = 0; row < n; ++row) draws.push_back((row * 7 + 3) % n);
  for (std::uint32_t row = 0; row < n; row += 3) draws.push_back(row);
  return draws;
}

TEST(HoldOut, ARowIsOnOneSideOnly) {
  const std::vector<std::uint32_t> draws = some_draws(50);
  const HeldOut out = hold_out(draws, {}, 0.2, 1);
  EXPECT_EQ(out.validation.size(), 10U);
  EXPECT_TRUE(std::is_sorted(out.validation.begin(), out.validation.end()));
  const std::set<std::uint32_t> held(out.validation.begin(), out.validation.end());
  EXPECT_EQ(held.size(), 10U);
  std::vector<std::uint32_t> expected;
  for (const std::uint32_t row : draws)
    if (!held.contains(row)) expected.push_back(row);
  EXPECT_EQ(out.training, expected);
  ASSERT_EQ(out.kept.size(), out.training.size());
  for (std::size_t i = 0; i < out.kept.size(); ++i) EXPECT_EQ(draws[out.kept[i]], out.training[i]);
  EXPECT_TRUE(std::is_sorted(out.kept.begin(), out.kept.end()));
}

TEST(HoldOut, TheKeyChoosesTheRowsAndTheirOrderDoesNot) {
  std::vector<std::uint32_t> draws = some_draws(50);
  const HeldOut first = hold_out(draws, {}, 0.2, 1);
  EXPECT_NE(hold_out(draws, {}, 0.2, 2).validation, first.validation);
  std::reverse(draws.begin(), draws.end());
  EXPECT_EQ(hold_out(draws, {}, 0.2, 1).validation, first.validation);
}

TEST(HoldOut, EveryRowIsHeldOutAsOftenAsAnyOther) {
  std::vector<int> times(10);
  for (std::uint64_t key = 0; key < 2000; ++key)
    for (const std::uint32_t row : hold_out(some_draws(10), {}, 0.3, key).validation) ++times[row];
  for (const int count : times) EXPECT_NEAR(count, 600, 100);  // five deviations of 20
}

std::vector<int> held_by_class(std::span<const std::int32_t> labels, double fraction) {
  std::vector<int> counts(static_cast<std::size_t>(*std::max_element(labels.begin(), labels.end())) + 1);
  const auto n = static_cast<std::uint32_t>(labels.size());
  for (const std::uint32_t row : hold_out(some_draws(n), labels, fraction, 5).validation)
    ++counts[static_cast<std::size_t>(labels[row])];
  return counts;
}

std::vector<std::int32_t> labels_of(std::initializer_list<int> sizes) {
  std::vector<std::int32_t> labels;
  std::int32_t label = 0;
  for (const int size : sizes) labels.insert(labels.end(), static_cast<std::size_t>(size), label++);
  return labels;
}

TEST(HoldOut, ClassesGiveTheirShares) {
  EXPECT_THAT(held_by_class(labels_of({60, 30, 10}), 0.1), ElementsAre(6, 3, 1));
  EXPECT_THAT(held_by_class(labels_of({60, 30, 10}), 0.5), ElementsAre(30, 15, 5));
}

// Of 5: 2.75, 1.75 and 0.5.
TEST(HoldOut, TheLargestRemaindersAreRoundedUp) {
  EXPECT_THAT(held_by_class(labels_of({11, 7, 2}), 0.25), ElementsAre(3, 2, 0));
}

TEST(HoldOut, EachClassKeepsARow) {
  EXPECT_THAT(held_by_class(labels_of({8, 1, 1}), 0.9), ElementsAre(7, 0, 0));
  EXPECT_THAT(held_by_class(labels_of({8, 2, 0, 2}), 0.9), ElementsAre(7, 1, 0, 1));
}

TEST(HoldOut, ClassesOfOneRowEachStillGiveOne) {
  const std::vector<std::int32_t> labels = labels_of({1, 1, 1, 1});
  const HeldOut out = hold_out(some_draws(4), labels, 0.5, 1);
  EXPECT_EQ(out.validation.size(), 2U);
  EXPECT_FALSE(out.training.empty());
}

TEST(HoldOut, BothSidesHaveARowWhateverTheFraction) {
  for (const std::uint32_t n : {2U, 3U, 5U})
    for (const double fraction : {1e-6, 0.5, 0.9}) {
      const HeldOut out = hold_out(some_draws(n), {}, fraction, 1);
      EXPECT_GE(out.validation.size(), 1U);
      EXPECT_GE(out.training.size(), 1U);
    }
}

TEST(HoldOut, TooFewRowsAreRefused) {
  const std::vector<std::uint32_t> one = {4, 4, 4};
  EXPECT_THAT([&] { hold_out(one, {}, 0.5, 1); }, ThrowsMessage<DataError>(HasSubstr("too few rows to hold any out")));
  EXPECT_THROW(hold_out({}, {}, 0.5, 1), DataError);
}

}  // namespace
}  // namespace jury
