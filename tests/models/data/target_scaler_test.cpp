#include "models/data/target_scaler.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/data/dataset_builder.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

Dataset two_targets() {
  DatasetBuilder builder({.task = TaskKind::regression, .features = {{.name = "a"}}, .targets = {"u", "v"}},
                         {.num_train = 4});
  const double targets[] = {1, 5, 2, 5, 3, 5, 100, 7};
  std::copy(std::begin(targets), std::end(targets), builder.targets().begin());
  return Dataset::own(std::move(builder).finish());
}

TEST(TargetScaler, HasMeanAndDeviationOfItsRows) {
  const auto scaler = fit_target_scaler(two_targets(), std::vector<std::uint32_t>{0, 1, 2, 2});
  EXPECT_EQ(scaler->num_targets(), 2U);
  EXPECT_DOUBLE_EQ(scaler->mean[0], 2.25);
  EXPECT_DOUBLE_EQ(scaler->deviation[0], std::sqrt(0.6875));
  EXPECT_EQ(scaler->mean[1], 5);
  EXPECT_EQ(scaler->deviation[1], 1);  // constant
  EXPECT_EQ(scaler.saw().count(), 3U);
}

TEST(TargetScaler, GoesThereAndBack) {
  const auto scaler = fit_target_scaler(two_targets(), std::vector<std::uint32_t>{0, 1, 3});
  for (const double y : {-3.0, 0.0, 17.5}) EXPECT_NEAR(scaler->original(scaler->scaled(y, 0), 0), y, 1e-12);
}

TEST(TargetScaler, ReadsBackWhatItSaved) {
  const auto scaler = fit_target_scaler(two_targets(), std::vector<std::uint32_t>{0, 3});
  ByteWriter writer;
  scaler->save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(TargetScaler::load(reader), *scaler);
  ByteWriter uneven;
  uneven.add(std::vector<double>{1}).add(std::vector<double>{});
  ByteReader damaged(uneven.bytes());
  EXPECT_THROW(TargetScaler::load(damaged), DataError);
}

}  // namespace
}  // namespace jury
