// Every public data set we know the facts of, read as a user would read it.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/data/describe.hpp"
#include "models/data/load.hpp"
#include "models/data/pipeline.hpp"

namespace jury {
namespace {

struct Facts {
  const char* file;
  std::size_t rows, numeric, categorical, outputs;  ///< outputs: classes, or 0 for regression
  std::uint64_t missing = 0;
  std::size_t dropped = 0;
  const char* target = "last";
  const char* task = "auto";
};

void PrintTo(const Facts& facts, std::ostream* out) { *out << facts.file; }

class PublicData : public testing::TestWithParam<Facts> {};

TEST_P(PublicData, HasItsKnownShape) {
  const Facts& facts = GetParam();
  DataOptions options;
  options.train = facts.file;
  if (*facts.target != '\0') options.target = {facts.target};
  options.task = facts.task;
  const Dataset data = Dataset::own(load_dataset(options, 1, {.base = JURY_DATA}));
  EXPECT_EQ(data.rows(), facts.rows);
  EXPECT_EQ(data.num_numeric(), facts.numeric);
  EXPECT_EQ(data.num_categorical(), facts.categorical);
  EXPECT_EQ(data.num_classes(), facts.outputs);
  EXPECT_EQ(data.schema().dropped.size(), facts.dropped);
  std::uint64_t missing = 0;
  for (const Feature& feature : data.schema().features) missing += feature.num_missing;
  EXPECT_EQ(missing, facts.missing);

  std::vector<std::uint32_t> rows(data.num_train());
  std::iota(rows.begin(), rows.end(), 0U);
  const auto pipeline = fit_pipeline(data, default_steps(data), rows);
  std::vector<float> out(16 * pipeline->width());
  pipeline->gather(data, std::span(rows).first(16), out.data());
  for (const float x : out) EXPECT_TRUE(std::isfinite(x));
}

INSTANTIATE_TEST_SUITE_P(
    All, PublicData,
    testing::Values(Facts{"uci-classification/anneal/anneal.arff", 898, 6, 25, 5, 16787, 7},
                    Facts{"uci-classification/car/car.arff", 1728, 0, 6, 4},
                    Facts{"uci-classification/credit.g/credit.g.arff", 1000, 7, 13, 2},
                    Facts{"uci-classification/diabetes/diabetes.arff", 768, 8, 0, 2},
                    Facts{"uci-classification/glass/glass.arff", 214, 9, 0, 6},
                    Facts{"uci-classification/ionosphere/ionosphere.arff", 351, 33, 0, 2, 0, 1},
                    Facts{"uci-classification/iris/iris.arff", 150, 4, 0, 3},
                    Facts{"uci-classification/nursery/nursery.arff", 12960, 0, 8, 5},
                    Facts{"uci-classification/optdigits/optdigits.arff", 5620, 62, 0, 10, 0, 2},
                    Facts{"uci-classification/segment/segment.arff", 2310, 18, 0, 7, 0, 1},
                    Facts{"uci-classification/sonar/sonar.arff", 208, 60, 0, 2},
                    Facts{"uci-classification/vehicle/vehicle.arff", 846, 18, 0, 4},
                    Facts{"uci-classification/vote/vote.arff", 435, 0, 16, 2, 392},
                    Facts{"regression-extra/cpu.act/cpu.act.arff", 8192, 21, 0, 0, 0, 0, "usr", "regression"},
                    Facts{"regression-extra/fried/fried.arff", 40768, 10, 0, 0},
                    Facts{"uci-regression/bostonHousing/data.txt", 506, 13, 0, 0},
                    Facts{"uci-regression/concrete/data.txt", 1030, 8, 0, 0},
                    Facts{"uci-regression/energy/data.txt", 768, 8, 0, 0},
                    Facts{"uci-regression/wine-quality-red/data.txt", 1599, 11, 0, 0, 0, 0, "last", "regression"},
                    Facts{"uci-regression/yacht/data.txt", 308, 6, 0, 0},
                    Facts{"bank-marketing/bank-full.csv", 45211, 7, 9, 2, 0, 0, "y"},
                    Facts{"california-housing/housing.csv", 20640, 8, 1, 0, 207, 0, "median_house_value"},
                    Facts{"mammography/mammography.csv", 11183, 6, 0, 2}, Facts{"phoneme/phoneme.csv", 5404, 5, 0, 2},
                    Facts{"proben1/cancer/cancer1.dt", 699, 9, 0, 2, 0, 0, ""},
                    Facts{"proben1/diabetes/diabetes2.dt", 768, 8, 0, 2, 0, 0, ""},
                    Facts{"proben1/glass/glass3.dt", 214, 9, 0, 6, 0, 0, ""},
                    Facts{"cifar10-first4000/data_batch_1_first4000.bin.gz", 4000, 3072, 0, 10, 0, 0, ""}));

TEST(PublicData, FashionMnistComesWithItsTestSet) {
  DataOptions options;
  options.train = "fashion-mnist/train-images-idx3-ubyte.gz";
  options.test = "fashion-mnist/t10k-images-idx3-ubyte.gz";
  const Dataset data = Dataset::own(load_dataset(options, 1, {.base = JURY_DATA}));
  EXPECT_EQ(data.num_train(), 60000U);
  EXPECT_EQ(data.num_test(), 10000U);
  EXPECT_EQ(data.storage(), Storage::u8);
  EXPECT_EQ(data.num_numeric(), 784U);
  EXPECT_EQ(data.schema().shape, (std::vector<std::int64_t>{28, 28}));
  const DataDescription about = describe(data);
  for (const auto& label : about.classes) {
    EXPECT_EQ(label.train, 6000U);
    EXPECT_EQ(label.test, 1000U);
  }
}

TEST(PublicData, Proben1BringsItsOwnParts) {
  DataOptions options;
  options.train = "proben1/cancer/cancer1.dt";
  const Dataset data = Dataset::own(load_dataset(options, 1, {.base = JURY_DATA}));
  EXPECT_EQ(data.num_train(), 525U);
  EXPECT_EQ(data.num_validation(), 175U);
  EXPECT_EQ(data.num_test(), 174U);
}

// 22,175 cells of anneal are missing; six columns have no others, so they are left out, and one more
// has one value.
TEST(PublicData, AnnealHas22175MissingCells) {
  DataOptions options;
  options.train = "uci-classification/anneal/anneal.arff";
  options.target = {"last"};
  const Dataset data = Dataset::own(load_dataset(options, 1, {.base = JURY_DATA}));
  std::uint64_t missing = 0;
  for (const Feature& feature : data.schema().features) missing += feature.num_missing;
  EXPECT_EQ(missing + data.rows() * (data.schema().dropped.size() - 1), 22175U);
}

}  // namespace
}  // namespace jury
