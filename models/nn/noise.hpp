// Gaussian noise on flat arrays: inputs (train.input_noise) and weights (train.weight_noise).
#pragma once

#include <cstddef>
#include <cstdint>

namespace jury {

/// values[i] += deviation * z_i, i < size; any alignment, exactly size are touched. z_i is standard
/// normal and a function of (key, lane, step, i) alone: not of size, nor of how wide vectors are but for
/// rounding. No value lies further out than 5.77 deviations.
///
/// Box and Muller 1958, where i = 64 block + 16 quarter + j: of the words w of
/// philox({16 block + j, lane, step, step >> 32}, key), quarters 0 and 1 use w0 and w1, quarters 2 and 3
/// use w2 and w3; with their top 24 bits a and b, z is sqrt(-2 log((a + 1) / 2^24)) times the cosine (0, 2)
/// or the sine (1, 3) of 2 pi b / 2^24.
///
/// `lane` keeps apart arrays that are noised in one step with one key. Expects a finite deviation >= 0.
struct NormalNoise {
  std::uint64_t key, step;
  std::uint32_t lane;
  double deviation;
  float* values;
  std::size_t size;
};
void add_normal_noise(const NormalNoise& args) noexcept;

}  // namespace jury
