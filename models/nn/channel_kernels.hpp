// One number for each channel of each sample. Arrays lie in an arena: a vector may be read past their
// end, exactly what is theirs is written.
#pragma once

#include <cstddef>

namespace jury {

/// in, out (rows, places, channels), factors (rows, channels): out[r, p, c] = in[r, p, c] * factors[r, c].
struct MultiplyChannels {
  std::size_t rows, places, channels;
  const float* in;
  const float* factors;
  float* out;
};
void multiply_channels(const MultiplyChannels& args) noexcept;

}  // namespace jury
