#include "models/nn/conv_kernels.hpp"

#include <gtest/gtest.h>

#include "vector_sets.hpp"

namespace jury {
namespace {

class ConvKernels : public WithVectorSet {};
INSTANTIATE_TEST_SUITE_P(EveryVectorSet, ConvKernels, testing::ValuesIn(vector_sets()), vector_set_name);

TEST_P(ConvKernels, WeightGradientIsAddedToWhatIsThere) {
  for (const std::size_t num_taps : {1U, 2U, 5U, 6U, 9U, 16U})
    for (const std::size_t channels : {16U, 48U}) {
      std::vector<std::int32_t> taps, positions;
      for (std::size_t t = 0; t < num_taps; ++t) taps.push_back(static_cast<std::int32_t>(t * 3));
      for (std::int32_t p = 0; p < 11; ++p) positions.push_back(p * 2);
      const AlignedBlock src = normals(80, 41), d_dst = normals(positions.size() * channels, 42);
      const AlignedBlock strip(positions.size() * kConvStrip), sums = normals(num_taps * channels, 43);
      const AlignedBlock before = normals(num_taps * channels, 43);
      add_conv_weight_gradient({.taps = taps,
                                .positions = positions,
                                .channels = channels,
                                .src = src.data(),
                                .d_dst = d_dst.data(),
                                .strip = strip.data(),
                                .sums = sums.data()});
      for (std::size_t t = 0; t < num_taps; ++t)
        for (std::size_t c = 0; c < channels; ++c) {
          double expected = static_cast<double>(before.data()[t * channels + c]);
          for (std::size_t p = 0; p < positions.size(); ++p)
            expected += static_cast<double>(src.data()[positions[p] + taps[t]]) *
                        static_cast<double>(d_dst.data()[p * channels + c]);
          EXPECT_NEAR(static_cast<double>(sums.data()[t * channels + c]), expected, 1e-5) << num_taps << " taps";
        }
    }
}

}  // namespace
}  // namespace jury
