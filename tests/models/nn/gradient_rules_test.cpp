#include "models/nn/gradient_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/nn/kernels.hpp"
#include "models/nn/optimizer_kernels.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

constexpr std::size_t kSizes[] = {1, 2, 7, 8, 16, 31, 100};

// `size` normals that begin one float past a vector's border, between two that must stay.
struct Unaligned {
  Unaligned(std::size_t count, std::uint64_t key) : block(normals(count + 2, key)), size(count) {
    block.data()[0] = block.data()[count + 1] = 77;
  }
  float* data() const noexcept { return block.data() + 1; }
  bool is_whole() const noexcept { return block.data()[0] == 77 && block.data()[size + 1] == 77; }

  AlignedBlock block;
  std::size_t size;
};

class RuleKernels : public WithVectorSet {};
INSTANTIATE_TEST_SUITE_P(EveryVectorSet, RuleKernels, testing::ValuesIn(vector_sets()), vector_set_name);

TEST_P(RuleKernels, ScaleIsTheNaiveOne) {
  for (const std::size_t size : kSizes) {
    const Unaligned x(size, 1), before(size, 1);
    scale(-1.5F, x.data(), size);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(x.data()[i], -1.5F * before.data()[i]);
    EXPECT_TRUE(x.is_whole());
  }
}

TEST_P(RuleKernels, AddSignsIsTheNaiveOne) {
  for (const std::size_t size : kSizes) {
    const Unaligned x(size, 1), y(size, 2), before(size, 2);
    x.data()[size / 2] = 0;
    add_signs(0.5F, x.data(), y.data(), size);
    for (std::size_t i = 0; i < size; ++i) {
      const float sign = i == size / 2 ? 0.0F : x.data()[i] > 0 ? 1.0F : -1.0F;
      EXPECT_EQ(y.data()[i], before.data()[i] + 0.5F * sign);
    }
    EXPECT_TRUE(y.is_whole());
  }
}

TEST_P(RuleKernels, ClipValuesIsTheNaiveOneAndKeepsNaN) {
  for (const std::size_t size : kSizes) {
    const Unaligned x(size, 1), before(size, 1);
    clip_values(0.7F, x.data(), size);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(x.data()[i], std::min(std::max(before.data()[i], -0.7F), 0.7F));
    EXPECT_TRUE(x.is_whole());
    x.data()[0] = std::numeric_limits<float>::infinity();
    x.data()[size - 1] = std::numeric_limits<float>::quiet_NaN();
    clip_values(0.7F, x.data(), size);
    EXPECT_TRUE(std::isnan(x.data()[size - 1]));
    if (size > 1) {
      EXPECT_EQ(x.data()[0], 0.7F);
    }
  }
}

TEST_P(RuleKernels, SumSquaresIsTheNaiveOneToTheLastDigitsOfDouble) {
  for (const std::size_t size : kSizes) {
    const Unaligned x(size, 1);
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += static_cast<double>(x.data()[i]) * static_cast<double>(x.data()[i]);
    EXPECT_NEAR(sum_squares(x.data(), size), sum, 1e-14 * sum) << size;
  }
  EXPECT_EQ(sum_squares(nullptr, 0), 0);
}

// In float the square would overflow.
TEST_P(RuleKernels, SumSquaresHoldsForLargeNumbers) {
  const float large[] = {3e30F, 4e30F};
  EXPECT_NEAR(sum_squares(large, 2), 2.5e61, 1e55);
}

TEST_P(RuleKernels, SumSquaresDoesNotDependOnThePlace) {
  const AlignedBlock values = normals(100, 1);
  for (std::size_t offset = 0; offset < 16; ++offset) {
    AlignedBlock moved(120);
    std::copy_n(values.data(), 100, moved.data() + offset);
    EXPECT_EQ(sum_squares(moved.data() + offset, 100), sum_squares(values.data(), 100)) << offset;
  }
}

TEST_P(RuleKernels, LimitRowsIsTheNaiveOne) {
  for (const auto [rows, cols] : kShapes) {
    const Unaligned x(rows * cols, 1), before(rows * cols, 1);
    const double limit = 0.8 * std::sqrt(static_cast<double>(cols));  // some rows are within it
    limit_rows({.limit = limit, .x = x.data(), .rows = rows, .cols = cols});
    for (std::size_t row = 0; row < rows; ++row) {
      const double norm = std::sqrt(sum_squares(before.data() + row * cols, cols));
      for (std::size_t i = row * cols; i < (row + 1) * cols; ++i)
        EXPECT_NEAR(static_cast<double>(x.data()[i]),
                    static_cast<double>(before.data()[i]) * std::min(1.0, limit / norm), norm <= limit ? 0 : 1e-6);
    }
    EXPECT_TRUE(x.is_whole());
  }
}

// 3 to 4 to 2: weights at 0 and 16, biases at 12 and 24.
class Rules : public testing::Test {
 protected:
  Rules() : params_(network_.num_parameters()), grads_(network_.num_parameters()) {
    const AlignedBlock w = normals(network_.num_parameters(), 1), g = normals(network_.num_parameters(), 2);
    std::copy_n(w.data(), network_.num_parameters(), params_.data());
    std::copy_n(g.data(), network_.num_parameters(), grads_.data());
    weights_.assign(params_.data(), params_.data() + params_.size());
    gradient_.assign(grads_.data(), grads_.data() + grads_.size());
  }

  void before_step(const TrainOptions& options) {
    GradientRules(network_, options).before_step(params_.span(), grads_.span());
  }
  double norm(std::span<const float> values) const { return std::sqrt(sum_squares(values.data(), values.size())); }
  static bool is_weight(std::size_t i) noexcept { return i < 12 || (i >= 16 && i < 24); }

  Network network_{make_network({.hidden = {4}}, 3, {TaskKind::classification, 2})};
  AlignedBlock params_, grads_;
  std::vector<float> weights_, gradient_;  // as they were
};

TEST_F(Rules, DoNothingByDefault) {
  const GradientRules rules(network_, {});
  rules.before_step(params_.span(), grads_.span());
  rules.decay(params_.span(), 0.1);
  rules.after_step(params_.span());
  for (std::size_t i = 0; i < params_.size(); ++i) {
    EXPECT_EQ(params_.data()[i], weights_[i]);
    EXPECT_EQ(grads_.data()[i], gradient_[i]);
  }
}

TEST_F(Rules, DecayTermsConcernWeightsAlone) {
  before_step({.weight_decay = 0.25, .l1 = 0.5});
  for (std::size_t i = 0; i < grads_.size(); ++i) {
    const float pull = is_weight(i) ? 0.25F * weights_[i] + (weights_[i] > 0 ? 0.5F : -0.5F) : 0.0F;
    EXPECT_NEAR(grads_.data()[i], gradient_[i] + pull, 1e-6F) << i;
  }
}

TEST_F(Rules, DecoupledDecayShrinksWeightsAndLeavesGradients) {
  const GradientRules rules(network_, {.optimizer = "adamw", .weight_decay = 0.25});
  rules.before_step(params_.span(), grads_.span());
  rules.decay(params_.span(), 0.1);
  for (std::size_t i = 0; i < grads_.size(); ++i) {
    EXPECT_EQ(grads_.data()[i], gradient_[i]);
    EXPECT_EQ(params_.data()[i], is_weight(i) ? 0.975F * weights_[i] : weights_[i]) << i;
  }
}

TEST_F(Rules, DecayThatIsNotDecoupledLeavesWeights) {
  GradientRules(network_, {.optimizer = "adam", .weight_decay = 0.25}).decay(params_.span(), 0.1);
  for (std::size_t i = 0; i < params_.size(); ++i) EXPECT_EQ(params_.data()[i], weights_[i]);
}

TEST_F(Rules, ClippingFollowsTheDecayTerms) {
  before_step({.weight_decay = 0.25, .clip_value = 0.3});
  for (std::size_t i = 0; i < grads_.size(); ++i) {
    const float sum = gradient_[i] + (is_weight(i) ? 0.25F * weights_[i] : 0.0F);
    EXPECT_NEAR(grads_.data()[i], std::min(std::max(sum, -0.3F), 0.3F), 1e-6F) << i;
  }
}

TEST_F(Rules, ANormIsClippedToItsLimitAndKeepsItsDirection) {
  before_step({.clip_norm = 2});
  EXPECT_NEAR(norm(grads_.span()), 2, 1e-6);
  const double ratio = 2 / norm(gradient_);
  ASSERT_LT(ratio, 1);
  for (std::size_t i = 0; i < grads_.size(); ++i)
    EXPECT_NEAR(static_cast<double>(grads_.data()[i]), ratio * static_cast<double>(gradient_[i]), 1e-6);
}

TEST_F(Rules, ANormWithinItsLimitStays) {
  before_step({.clip_norm = 1e3});
  for (std::size_t i = 0; i < grads_.size(); ++i) EXPECT_EQ(grads_.data()[i], gradient_[i]);
}

// Values first: the norm of what is left of them is the limit.
TEST_F(Rules, ValuesAreClippedBeforeTheNorm) {
  before_step({.clip_norm = 0.5, .clip_value = 0.3});
  EXPECT_NEAR(norm(grads_.span()), 0.5, 1e-6);
  clip_values(0.3F, gradient_.data(), gradient_.size());
  const double ratio = 0.5 / norm(gradient_);
  for (std::size_t i = 0; i < grads_.size(); ++i)
    EXPECT_NEAR(static_cast<double>(grads_.data()[i]), ratio * static_cast<double>(gradient_[i]), 1e-6);
}

// A gradient that is not finite must reach the weights, where it is seen as divergence.
TEST_F(Rules, ClippingHidesNoNaN) {
  grads_.data()[5] = std::numeric_limits<float>::quiet_NaN();
  before_step({.clip_norm = 0.5, .clip_value = 0.3});
  EXPECT_TRUE(std::isnan(grads_.data()[5]));
}

TEST_F(Rules, MaxNormLimitsTheWeightsOfEachUnit) {
  GradientRules(network_, {.max_norm = 1.2}).after_step(params_.span());
  int limited = 0;
  for (const Tensor& tensor : network_.tensors()) {
    const auto units = static_cast<std::size_t>(tensor.shape[0]), width = volume(tensor.shape) / units;
    for (std::size_t unit = 0; unit < units; ++unit) {
      const auto now = params_.span().subspan(tensor.offset + unit * width, width);
      const auto then = std::span(weights_).subspan(tensor.offset + unit * width, width);
      const bool within = tensor.role == Tensor::Role::bias || norm(then) <= 1.2;
      limited += within ? 0 : 1;
      EXPECT_NEAR(norm(now), within ? norm(then) : 1.2, 1e-6) << tensor.name;
      for (std::size_t i = 0; i < width && within; ++i) EXPECT_EQ(now[i], then[i]);
    }
  }
  EXPECT_GT(limited, 0);
  EXPECT_LT(limited, 6);
}

}  // namespace
}  // namespace jury
