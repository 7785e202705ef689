#include "models/trees/tree_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "models/data/pipeline.hpp"
#include "runtime/base/rng.hpp"
#include "tree_data.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

// One feature, -1 and 1 (which is what the pipeline makes of any two numbers) and three outputs.
TreeData two_rows() {
  int row = 0;
  return tree_data({.rows = 2, .features = 1, .classes = 3},
                   [&](std::span<const float>, std::size_t) { return static_cast<double>(row++); });
}

TreeNode leaf(float value) { return {.value = value}; }

// Two trees: x0 < 0 says 1 or 2, any row says 0.5.
TreeParts small_parts(std::uint32_t outputs) {
  return {.outputs = outputs,
          .inputs = 1,
          .nodes = {{.child = 1}, leaf(1), leaf(2), leaf(0.5F)},
          .roots = {0, 3},
          .sums = {0, outputs == 2 ? 0U : 2U},
          .gains = {4}};
}

std::vector<float> said(const TreeParts& parts, std::span<const std::uint32_t> rows) {
  static const TreeData data = two_rows();
  std::vector<float> out(rows.size() * parts.outputs);
  TreeModel(parts).predict(data.dataset, data.pipeline, rows, out);
  return out;
}

// The row on the far side of 0 has the larger feature.
const std::vector<std::uint32_t> kBoth = {0, 1};

TEST(TreeModel, OfTwoClassesTheSumIsTheLogOddsOfTheSecond) {
  auto shares = said(small_parts(2), kBoth);
  if (shares[1] > shares[3]) shares = said(small_parts(2), std::vector<std::uint32_t>{1, 0});
  EXPECT_FLOAT_EQ(shares[1], static_cast<float>(1 / (1 + std::exp(-1.5))));
  EXPECT_FLOAT_EQ(shares[3], static_cast<float>(1 / (1 + std::exp(-2.5))));
  for (const std::size_t i : {0U, 2U}) EXPECT_FLOAT_EQ(shares[i] + shares[i + 1], 1);
}

TEST(TreeModel, OfMoreClassesTheSumsGoThroughSoftmax) {
  const auto shares = said(small_parts(3), kBoth);
  for (const std::size_t i : {0U, 3U}) {
    const double first = shares[i] > shares[i + 2] + 0.4F ? 2 : 1;  // its leaf; exp(1 - 0.5) is the smaller ratio
    EXPECT_NEAR(static_cast<double>(shares[i] / shares[i + 2]), std::exp(first - 0.5), 1e-5);
    EXPECT_NEAR(static_cast<double>(shares[i + 2] / shares[i + 1]), std::exp(0.5), 1e-6);
    EXPECT_FLOAT_EQ(shares[i] + shares[i + 1] + shares[i + 2], 1);
  }
}

TEST(TreeModel, HugeSumsAreCertainNotNaN) {
  for (const std::uint32_t outputs : {2U, 3U})
    for (const float value : {-1e30F, 1e30F}) {
      TreeParts parts = small_parts(outputs);
      parts.nodes[3].value = value;
      for (const float share : said(parts, kBoth)) EXPECT_TRUE(share >= 0 && share <= 1) << share;
    }
}

TEST(TreeModel, ValuesAreScaledBack) {
  TreeParts parts = small_parts(1);
  parts.task = TaskKind::regression;
  parts.sums = {0, 0};
  parts.scaler = {{100}, {10}};
  auto values = said(parts, kBoth);
  std::ranges::sort(values);
  EXPECT_THAT(values, ElementsAre(115.0F, 125.0F));
}

Dataset numbers(std::initializer_list<float> column) {
  DatasetBuilder builder({.task = TaskKind::regression, .features = {{.name = "k"}}, .targets = {"y"}},
                         {.num_train = column.size()});
  std::ranges::copy(column, builder.numeric().begin());
  return Dataset::own(std::move(builder).finish());
}

// Training data without a gap need no imputation; what is predicted later may have gaps all the same.
TEST(TreeModel, MissingNumbersGoWhereTheSplitSays) {
  const std::vector<std::uint32_t> seen = {0, 1}, missing = {0};
  const std::vector<PreprocessStep> steps = {{.step = "standardize"}};
  const Pipeline pipeline = *fit_pipeline(numbers({0, 2}), steps, seen);
  const Dataset later = numbers({kNoNumber});
  for (const std::uint32_t second : {0U, 1U}) {
    TreeParts parts = small_parts(2);
    parts.nodes[0].missing_second = second;
    std::vector<float> shares(2);
    TreeModel(parts).predict(later, pipeline, missing, shares);
    EXPECT_FLOAT_EQ(shares[1], static_cast<float>(1 / (1 + std::exp(second == 1 ? -2.5 : -1.5))));
  }
}

TEST(TreeModel, RowsDoNotDependOnTheOthersAskedFor) {
  const TreeData data = tree_data({.rows = 700, .features = 3, .classes = 3},
                                  [](std::span<const float> x, std::size_t) { return x[0] > 0 ? 1.0 : 0.0; });
  TreeParts parts = small_parts(3);
  parts.inputs = 3;
  parts.gains = {0, 0, 0};
  const TreeModel model(parts);
  std::vector<float> all(700 * 3), one(3);
  model.predict(data.dataset, data.pipeline, data.rows, all);
  for (const std::uint32_t row : {0U, 255U, 256U, 699U}) {
    model.predict(data.dataset, data.pipeline, std::span(&row, 1), one);
    EXPECT_THAT(one, ElementsAre(all[3 * row], all[3 * row + 1], all[3 * row + 2]));
  }
  model.predict(data.dataset, data.pipeline, {}, {});
}

TEST(TreeModel, ImportanceIsTheShareOfTheGain) {
  TreeParts parts = small_parts(2);
  parts.inputs = 3;
  parts.gains = {6, 0, 2};
  EXPECT_THAT(TreeModel(parts).importance(), ElementsAre(0.75, 0, 0.25));
  parts.gains = {0, 0, 0};
  EXPECT_THAT(TreeModel(parts).importance(), ElementsAre(0, 0, 0));
}

TEST(TreeModel, StoredAndReadBackItIsTheSame) {
  const TreeModel model(small_parts(3));
  const TreeModel again = TreeModel::load(model.save());
  EXPECT_EQ(again.save(), model.save());
  EXPECT_EQ(again.parts().nodes, model.parts().nodes);
  EXPECT_EQ(said(again.parts(), kBoth), said(model.parts(), kBoth));
}

TEST(TreeModel, DamagedBytesAreADataError) {
  const Bytes whole = TreeModel(small_parts(3)).save();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(TreeModel::load(std::span(whole).first(size)), DataError) << size;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes damaged = whole;
    damaged[i] ^= std::byte{4};
    EXPECT_THROW(TreeModel::load(damaged), DataError) << i;
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  EXPECT_THAT([&] { TreeModel::load(longer); }, ThrowsMessage<DataError>(HasSubstr("checksum")));
}

// Whoever wrote the bytes, also with a checksum that fits, no row leaves the trees.
TEST(TreeModel, PartsThatDoNotFitAreADataError) {
  const std::vector<std::function<void(TreeParts&)>> faults = {
      [](TreeParts& p) { p.task = static_cast<TaskKind>(7); },
      [](TreeParts& p) { p.outputs = 1; },
      [](TreeParts& p) { p.outputs = 2; },  // a tree adds to the third sum
      [](TreeParts& p) { p.inputs = 0; },
      [](TreeParts& p) { p.gains.clear(); },
      [](TreeParts& p) {
        p.scaler = {{0}, {1}};
      },
      [](TreeParts& p) { p.task = TaskKind::regression; },
      [](TreeParts& p) { p.nodes[0].child = 2; },  // its second child is in the next tree
      [](TreeParts& p) { p.nodes[0].child = 0xffffffff; },
      [](TreeParts& p) { p.nodes[1].child = 1; },  // a circle
      [](TreeParts& p) { p.nodes[0].input = 1; },
      [](TreeParts& p) { p.nodes[0].missing_second = 2; },
      [](TreeParts& p) { p.nodes[3].value = kNoNumber; },
      [](TreeParts& p) { p.nodes.resize(3); },
      [](TreeParts& p) {
        p.roots = {0, 9};
      },
      [](TreeParts& p) {
        p.roots = {1, 3};
      },
      [](TreeParts& p) {
        p.roots = {0, 0};
      },
      [](TreeParts& p) { p.roots = p.sums = {}; },
      [](TreeParts& p) { p.sums = {0}; },
      [](TreeParts& p) { p.sums[0] = 3; },
  };
  for (std::size_t i = 0; i < faults.size(); ++i) {
    TreeParts parts = small_parts(3);
    faults[i](parts);
    EXPECT_THAT([&] { TreeModel model(parts); }, ThrowsMessage<DataError>(HasSubstr("make no sense"))) << i;
  }
}

}  // namespace
}  // namespace jury
