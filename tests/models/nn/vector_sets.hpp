// Kernels are tested with every vector set this processor has.
#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

inline std::vector<std::int64_t> vector_sets() {
  std::vector<std::int64_t> sets;
  for (const std::int64_t set : {HWY_SCALAR, HWY_SSE4, HWY_AVX2, HWY_AVX3})
    if ((hwy::SupportedTargets() & set) != 0) sets.push_back(set);
  return sets;
}

/// Makes kernels choose among these; 0: among all.
inline void choose_vector_sets(std::int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().DeInit();
}

/// Calls f() with each of them; oneDNN keeps to its own.
template <class F>
void for_each_vector_set(F f) {
  for (const std::int64_t set : vector_sets()) {
    choose_vector_sets(set);
    SCOPED_TRACE(hwy::TargetName(set));
    f();
  }
  choose_vector_sets(0);
}

/// Test with TEST_P and INSTANTIATE_TEST_SUITE_P(EveryVectorSet, <suite>,
/// testing::ValuesIn(vector_sets()), vector_set_name).
class WithVectorSet : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { choose_vector_sets(GetParam()); }
  void TearDown() override { choose_vector_sets(0); }
};

inline std::string vector_set_name(const testing::TestParamInfo<std::int64_t>& test) {
  return hwy::TargetName(test.param);
}

/// Shapes that do and do not fill vectors.
struct MatrixShape {
  std::size_t rows, cols;
};
inline constexpr MatrixShape kShapes[] = {{1, 1}, {32, 2}, {5, 3}, {3, 8}, {4, 10}, {2, 16}, {7, 33}, {6, 100}};

/// Standard normals, with a vector to spare behind them.
inline AlignedBlock normals(std::size_t size, std::uint64_t key) {
  AlignedBlock block(size + kVectorFloats);
  Rng rng(key);
  for (std::size_t i = 0; i < size; ++i) block.data()[i] = static_cast<float>(rng.normal());
  return block;
}

}  // namespace jury
