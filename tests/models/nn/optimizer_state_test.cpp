#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "models/nn/optimizer.hpp"
#include "models/nn/train_options.hpp"
#include "runtime/base/bytes.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// Steps over some parameters with gradients that follow from the step.
void run_steps(Optimizer& optimizer, AlignedBlock& params, int from, int to) {
  for (int t = from; t < to; ++t) {
    const AlignedBlock gradient = normals(params.size() - kVectorFloats, 7 + static_cast<std::uint64_t>(t));
    ASSERT_EQ(gradient.size(), params.size());
    optimizer.step(params.span(), gradient.span(), 0.01 / (1 + t));
  }
}

TrainOptions with_momentum(std::string_view optimizer) {
  TrainOptions options{.lr = 0.01, .momentum = 0.5};
  options.optimizer = optimizer;
  return options;
}

TEST(OptimizerStates, AStoredStateContinuesBitForBit) {
  for (const auto& line : optimizers()) {
    AlignedBlock params(160), other(160);
    const auto whole = make_optimizer(with_momentum(line.name), params.size());
    run_steps(*whole, params, 0, 4);
    ByteWriter writer;
    whole->save(writer);
    std::copy_n(params.data(), params.size(), other.data());
    run_steps(*whole, params, 4, 8);

    const auto resumed = make_optimizer(with_momentum(line.name), other.size());
    ByteReader reader(writer.bytes());
    resumed->load(reader);
    EXPECT_TRUE(reader.empty()) << line.name;
    run_steps(*resumed, other, 4, 8);
    for (std::size_t i = 0; i < params.size(); ++i) EXPECT_EQ(params.data()[i], other.data()[i]) << line.name;
  }
}

// Adam and adamw have one state between them, as have momentum and sgd with momentum.
TEST(OptimizerStates, AnotherOnesStateIsRefused) {
  const auto family = [](std::string_view name) {
    return name == "adamw" ? "adam" : name == "sgd" ? "momentum" : name;
  };
  for (const auto& one : optimizers())
    for (const auto& other : optimizers()) {
      ByteWriter writer;
      make_optimizer(with_momentum(one.name), 160)->save(writer);
      const auto optimizer = make_optimizer(with_momentum(other.name), 160);
      ByteReader reader(writer.bytes());
      const auto load = [&] { optimizer->load(reader); };
      if (family(one.name) == family(other.name)) {
        EXPECT_NO_THROW(load()) << one.name << " " << other.name;
      } else {
        EXPECT_THAT(load, ThrowsMessage<DataError>(HasSubstr("an optimizer's state is of")))
            << one.name << " " << other.name;
      }
    }
  ByteWriter writer;
  make_optimizer({.optimizer = "sgd"}, 160)->save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_THROW(make_optimizer({.optimizer = "momentum"}, 160)->load(reader), DataError);
}

TEST(OptimizerStates, AStateOfAnotherSizeIsRefused) {
  for (const auto& line : optimizers()) {
    ByteWriter writer;
    make_optimizer(with_momentum(line.name), 160)->save(writer);
    ByteReader whole(writer.bytes()), part(std::span(writer.bytes()).first(writer.bytes().size() - 1));
    EXPECT_THROW(make_optimizer(with_momentum(line.name), 176)->load(whole), DataError) << line.name;
    EXPECT_THROW(make_optimizer(with_momentum(line.name), 160)->load(part), DataError) << line.name;
  }
  // RMSprop without momentum keeps one block only.
  ByteWriter writer;
  make_optimizer({.optimizer = "rmsprop"}, 160)->save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_THROW(make_optimizer(with_momentum("rmsprop"), 160)->load(reader), DataError);
}

// What is not blocks (names, lengths, powers) is shorter than one.
TEST(OptimizerStates, TheirStateIsAsLargeAsTheySay) {
  for (const auto& line : optimizers()) {
    ByteWriter writer;
    make_optimizer(with_momentum(line.name), 1600)->save(writer);
    EXPECT_EQ(writer.bytes().size() / (1600 * sizeof(float)), line.make.state_per_parameter) << line.name;
  }
}

}  // namespace
}  // namespace jury
