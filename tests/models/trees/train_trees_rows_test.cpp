// Which rows trees learn from, what they weigh, and when held-out ones end the training.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/trees/train_trees.hpp"
#include "tree_data.hpp"

namespace jury {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::ThrowsMessage;

// A bag drawn as a list, and the same bag as weights of all rows.
TEST(TreeRows, RepeatedDrawsAreWholeWeights) {
  for (const char* method : {"hist", "exact"})
    for (const TreeData& data : {tree_xor(60), tree_thirds(60), tree_values(60)}) {
      std::vector<float> counts(60);
      std::vector<std::uint32_t> draws;
      Rng rng(5);
      for (std::size_t i = 0; i < 60; ++i) draws.push_back(static_cast<std::uint32_t>(rng.below(60)));
      for (const std::uint32_t row : draws) ++counts[row];
      TreeTrainingSet listed = data.all(), weighted = data.all();
      listed.rows = draws;
      weighted.weights = counts;
      const TreeOptions options{.rounds = 5, .depth = 3, .method = method};
      const TrainedTrees a = train_trees(options, listed, kContext), b = train_trees(options, weighted, kContext);
      EXPECT_NEAR(a.curve.back().train_loss, b.curve.back().train_loss, 1e-4 * a.curve.back().train_loss);
      const auto left = predicted(data, a.model), right = predicted(data, b.model);
      for (const std::uint32_t row : draws)
        for (std::size_t k = 0; k < data.outputs(); ++k)
          EXPECT_NEAR(left[row * data.outputs() + k], right[row * data.outputs() + k],
                      1e-4F * std::abs(left[row * data.outputs() + k]) + 1e-5F)
              << method;
    }
}

TEST(TreeRows, OnlySharesOfWeightsCount) {
  const TreeData data = tree_thirds(80);
  std::vector<float> weights(80), small(80);
  for (std::size_t i = 0; i < 80; ++i) small[i] = 0x1p-10F * (weights[i] = static_cast<float>(1 + i % 3));
  TreeTrainingSet set = data.all();
  set.weights = weights;
  const Bytes model = train_trees({.rounds = 5}, set, kContext).model;
  set.weights = small;
  EXPECT_EQ(train_trees({.rounds = 5}, set, kContext).model, model);
  EXPECT_NE(train_trees({.rounds = 5}, data.all(), kContext).model, model);
}

TEST(TreeRows, TargetsOfTheSetComeBeforeThoseOfTheDataset) {
  const TreeData data = tree_xor(200);
  TreeTrainingSet set = data.all();
  std::vector<double> targets;
  for (const std::int32_t label : data.dataset.labels()) targets.insert(targets.end(), {10.0 - label, 2.0 * label});
  set.targets = targets;
  const TrainedTrees trained = train_trees({.rounds = 50}, set, kContext);
  const TreeModel trees = TreeModel::load(trained.model);
  EXPECT_EQ(trees.task(), TaskKind::regression);
  ASSERT_EQ(trees.outputs(), 2);
  const auto values = predicted(data, trained.model);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(static_cast<double>(values[i]), targets[i], 0.3);
}

TEST(TreeRows, HeldOutRowsEndTheRounds) {
  // Labels that nothing explains: more rounds only learn them by heart.
  Rng rng(9);
  const TreeData data =
      tree_data({.rows = 300, .features = 3, .classes = 2}, [&](std::span<const float> x, std::size_t) {
        return static_cast<double>(static_cast<double>(x[0]) + 2 * rng.normal() > 0);
      });
  TreeTrainingSet set = data.all();
  set.rows = std::span(data.rows).first(200);
  set.validation = std::span(data.rows).subspan(200);
  const TreeOptions options{.rounds = 500, .patience = 5};
  const TrainedTrees trained = train_trees(options, set, kContext);
  ASSERT_LT(trained.curve.size(), 500);
  EXPECT_EQ(trained.curve.size(), static_cast<std::size_t>(trained.best_round) + 5);
  for (const RoundRecord& round : trained.curve)
    EXPECT_GE(round.valid_loss, trained.curve[static_cast<std::size_t>(trained.best_round) - 1].valid_loss);
  EXPECT_EQ(TreeModel::load(trained.model).parts().roots.size(), static_cast<std::size_t>(trained.best_round));

  set.validation = {};
  TreeOptions fewer = options;
  fewer.rounds = trained.best_round;
  const TrainedTrees again = train_trees(fewer, set, kContext);
  EXPECT_EQ(predicted(data, again.model), predicted(data, trained.model));
  EXPECT_TRUE(std::isnan(again.curve[0].valid_loss));
}

TEST(TreeRows, OneRowOrOneClassAreEnough) {
  const TreeData data = tree_thirds(50);
  TreeTrainingSet set = data.all();
  set.rows = std::span(data.rows).first(1);
  const auto label = static_cast<std::size_t>(data.dataset.labels()[0]);
  EXPECT_EQ(predicted_label(row_of(predicted(data, train_trees({}, set, kContext).model), 0, 3)), label);
  const TreeData two = tree_data({.rows = 9, .features = 1, .classes = 2}, [](auto, std::size_t) { return 1.0; });
  EXPECT_EQ(share_right(two, grow(two).model), 1);
  const TreeData constant = tree_data({.rows = 9, .features = 1}, [](auto, std::size_t) { return 5.5; });
  EXPECT_THAT(predicted(constant, grow(constant).model), Each(5.5F));
}

TEST(TreeRows, NoRowsAndNoWeightAreRefused) {
  const TreeData data = tree_xor(20);
  TreeTrainingSet set = data.all();
  set.rows = {};
  EXPECT_THAT([&] { train_trees({}, set, kContext); }, ThrowsMessage<DataError>(HasSubstr("no rows to train on")));
  const std::vector<float> zeros(20);
  set.rows = data.rows;
  set.weights = zeros;
  EXPECT_THAT([&] { train_trees({}, set, kContext); }, ThrowsMessage<DataError>(HasSubstr("sum to 0")));
}

}  // namespace
}  // namespace jury
