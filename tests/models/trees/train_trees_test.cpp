#include "models/trees/train_trees.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <thread>

#include "models/data/target_scaler.hpp"
#include "models/trees/xgboost.hpp"
#include "tree_data.hpp"

namespace jury {
namespace {

using testing::ThrowsMessage;

TEST(TrainTrees, LearnClasses) {
  for (const char* method : {"hist", "exact"})
    for (const TreeData& data : {tree_xor(400), tree_thirds(400)}) {
      const TrainedTrees trained = grow(data, {.rounds = 20, .depth = 3, .method = method});
      EXPECT_GT(share_right(data, trained.model), 0.98) << method << ", " << data.outputs() << " classes";
      ASSERT_EQ(trained.curve.size(), 20);
      EXPECT_LT(trained.curve.back().train_loss, 0.1);
      EXPECT_LT(trained.curve.back().train_loss, trained.curve.front().train_loss);
    }
}

TEST(TrainTrees, LearnSeveralValuesInTheirOwnUnits) {
  const TreeData data = tree_values(400);
  for (const char* method : {"hist", "exact"}) {
    const TrainedTrees trained = grow(data, {.rounds = 100, .method = method});
    EXPECT_LT(trained.curve.back().train_loss, 2e-3);
    const auto values = predicted(data, trained.model);
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
      EXPECT_NEAR(static_cast<double>(values[2 * i]), data.dataset.targets()[2 * i], 20.0);
      EXPECT_NEAR(static_cast<double>(values[2 * i + 1]), data.dataset.targets()[2 * i + 1], 0.2);
    }
  }
}

// One stump on two rows of each side: the leaf of n rows with mean residual r says n r / (n + l2), by hand.
TEST(TrainTrees, ALeafSaysTheShrunkenMeanOfItsRows) {
  const TreeData data = tree_data({.rows = 40, .features = 1},
                                  [](std::span<const float> x, std::size_t) { return x[0] > 0 ? 7.0 : 3.0; });
  double right = 0;
  for (const double target : data.dataset.targets()) right += target == 7 ? 1 : 0;
  const double mean = 3 + 4 * right / 40;
  const auto values = predicted(data, grow(data, {.rounds = 1, .depth = 1, .learning_rate = 1, .l2 = 2}).model);
  for (std::size_t i = 0; i < 40; ++i) {
    const double target = data.dataset.targets()[i], count = target == 7 ? right : 40 - right;
    EXPECT_NEAR(static_cast<double>(values[i]), mean + (target - mean) * count / (count + 2), 1e-5);
  }
}

TEST(TrainTrees, UnitsOfTheTargetsDoNotMatter) {
  const auto values_of = [](double unit) {
    const TreeData data = tree_data({.rows = 100, .features = 2}, [&](std::span<const float> x, std::size_t) {
      return unit * static_cast<double>(x[0] * x[1]);
    });
    return predicted(data, grow(data, {.rounds = 10, .min_gain = 0.1}).model);
  };
  const auto ones = values_of(1), tiny = values_of(0x1p-30), huge = values_of(0x1p30);
  for (std::size_t i = 0; i < ones.size(); ++i) {
    EXPECT_EQ(tiny[i], 0x1p-30F * ones[i]);
    EXPECT_EQ(huge[i], 0x1p30F * ones[i]);
  }
}

// The loss is of what xgboost predicts, the predictions are our own: both read the same trees.
double loss_of(const TreeData& data, const Bytes& model) {
  const auto said = predicted(data, model);
  const std::size_t width = data.outputs();
  const auto scaler =
      data.dataset.task() == TaskKind::classification ? TargetScaler{} : *fit_target_scaler(data.dataset, data.rows);
  double loss = 0;
  for (const std::uint32_t row : data.rows)
    for (std::size_t k = 0; k < width; ++k) {
      const auto value = static_cast<double>(said[row * width + k]);
      if (data.dataset.task() == TaskKind::classification)
        loss -= static_cast<std::size_t>(data.dataset.labels()[row]) == k ? std::log(value) : 0;
      else
        loss += std::pow((value - data.dataset.targets()[row * width + k]) / scaler.deviation[k], 2) /
                static_cast<double>(width);
    }
  return loss / static_cast<double>(data.rows.size());
}

TEST(TrainTrees, ACurveIsTheLossOfTheModelSoFar) {
  for (const TreeData& data : {tree_xor(100), tree_thirds(100), tree_values(100)})
    for (const char* method : {"hist", "exact"})
      for (const double min_gain : {0.0, 2.0}) {  // with which exact prunes
        const TreeOptions options{.rounds = 5, .min_gain = min_gain, .trees = 2, .method = method};
        const TrainedTrees trained = grow(data, options);
        const double loss = loss_of(data, trained.model);
        EXPECT_NEAR(trained.curve.back().train_loss, loss, 1e-5 * loss) << method << ", " << min_gain;
        TreeOptions fewer = options;
        fewer.rounds = 3;
        EXPECT_EQ(grow(data, fewer).curve.back().train_loss, trained.curve[2].train_loss);
      }
}

TEST(TrainTrees, MissingNumbersTellThemselves) {
  const TreeData whole = tree_data({.rows = 100, .features = 2, .classes = 2}, [](auto, std::size_t) { return 0.0; });
  const TreeData gaps = tree_data({.rows = 100, .features = 2, .classes = 2}, [](std::span<float> x, std::size_t) {
    const bool missing = x[1] > 0.3F;
    if (missing) x[0] = std::numeric_limits<float>::quiet_NaN();
    x[1] = 0;
    return missing ? 1.0 : 0.0;
  });
  const TreeData data{gaps.dataset, whole.pipeline, gaps.rows};
  for (const char* method : {"hist", "exact"}) {
    const TrainedTrees trained = grow(data, {.rounds = 10, .method = method});
    EXPECT_EQ(share_right(data, trained.model), 1);
    EXPECT_NEAR(trained.curve.back().train_loss, loss_of(data, trained.model), 1e-6);
  }
}

TEST(TrainTrees, TheSameArgumentsGiveTheSameBytesInAnyThread) {
  for (const char* method : {"hist", "exact"})
    for (const TreeData& data : {tree_xor(300), tree_thirds(300), tree_values(300)}) {
      const TreeOptions options{
          .rounds = 4, .samples = 0.6, .features = 0.7, .split_features = 0.7, .trees = 2, .method = method};
      const Bytes here = grow(data, options).model;
      EXPECT_EQ(grow(data, options).model, here);
      Bytes there;
      std::thread([&] { there = grow(data, options).model; }).join();
      EXPECT_EQ(there, here);
      EXPECT_NE(train_trees(options, data.all(), {.key = 0x0fedcba987654321}).model, here);
    }
}

TEST(TrainTrees, OneRoundOfManyTreesIsAForest) {
  const TreeData data = tree_thirds(300);
  const TrainedTrees trained =
      grow(data, {.rounds = 1, .learning_rate = 1, .samples = 0.6, .split_features = 0.6, .l2 = 0, .trees = 100});
  EXPECT_GT(share_right(data, trained.model), 0.95);
}

TEST(TrainTrees, AnotherProcessGivesTheSameBytes) {
  const TreeData data = tree_thirds(100);
  const TreeOptions options{.rounds = 5, .samples = 0.5, .features = 0.5};
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    setenv("TZ", "Asia/Tokyo", 1);
    const Bytes model = grow(data, options).model;
    _exit(write(ends[1], model.data(), model.size()) == static_cast<ssize_t>(model.size()) ? 0 : 1);
  }
  close(ends[1]);
  Bytes there;
  std::byte next{};
  while (read(ends[0], &next, 1) == 1) there.push_back(next);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(there, grow(data, options).model);
}

// Loops that do not ask how many threads they were given would take as many as the caller has.
TEST(TrainTrees, ThreadsOfTheCallerNeitherMatterNorChange) {
  const TreeData data = tree_values(3000);
  const Bytes one = grow(data, {.rounds = 3}).model;
  const int before = omp_get_max_threads();
  omp_set_num_threads(3);
  EXPECT_EQ(grow(data, {.rounds = 3}).model, one);
  EXPECT_EQ(omp_get_max_threads(), 3);
  omp_set_num_threads(before);

  const TreeData small = tree_xor(50);  // of which two threads make the same trees
  EXPECT_EQ(train_trees({.rounds = 1}, small.all(), {.key = kContext.key, .threads = 2}).model,
            grow(small, {.rounds = 1}).model);
}

TEST(TrainTrees, StopBetweenRounds) {
  const TreeData data = tree_xor(20);
  StopFlag stop;
  stop.set();
  const TrainedTrees trained = train_trees({}, data.all(), {.key = 1, .stop = &stop});
  EXPECT_TRUE(trained.stopped);
  EXPECT_TRUE(trained.model.empty());
}

TEST(TrainTrees, AnInfiniteInputIsAnErrorInOneLine) {
  const std::vector<float> values = {1, std::numeric_limits<float>::infinity()};
  EXPECT_THAT([&] { xgboost::make_matrix(values, 1, 1); },
              ThrowsMessage<DataError>(testing::StrEq(
                  "xgboost cannot take the rows (Check failed: valid: Input data contains `inf` or `nan`)")));
}

}  // namespace
}  // namespace jury
