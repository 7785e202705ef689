// Pooling: what windows over the places of an image, sequence or volume put out.
//
// Arrays are channels last, (rows, places, channels), in an arena: a vector may be read past their end,
// exactly what is theirs is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jury {

/// Which places of a sample each window sees, whatever the number of dimensions: those of window w are
/// offsets[begins[w]] to offsets[begins[w + 1] - 1], at least one, each a place times channels.
struct Windows {
  std::vector<std::size_t> begins;
  std::vector<std::int32_t> offsets;
  std::size_t places = 1;  ///< of src
  std::size_t channels = 1;
  bool cut = false;  ///< every place is seen by exactly one window

  std::size_t count() const noexcept { return begins.size() - 1; }
};

/// src (rows, places, channels), dst (rows, windows, channels), winners (rows, windows, channels).
/// dst = the largest value of the window, winners = its offset, the first of equals. A NaN is larger
/// than everything.
struct MaxPool {
  const Windows& windows;
  std::size_t rows;
  const float* src;
  float* dst;
  std::int32_t* winners;
};
void max_pool(const MaxPool& args) noexcept;

/// d_src = sum over the windows won of d_dst, in the order of the windows.
struct MaxPoolBackward {
  const Windows& windows;
  std::size_t rows;
  const float* d_dst;
  const std::int32_t* winners;
  float* d_src;
};
void max_pool_backward(const MaxPoolBackward& args) noexcept;

/// to (rows, windows, channels) = the mean of `from` (rows, places, channels) over each window.
struct AveragePool {
  const Windows& windows;
  std::size_t rows;
  const float* from;
  float* to;
};
void average_pool(const AveragePool& args) noexcept;

/// to (rows, places, channels) = sum over the windows that see a place of `from` (rows, windows,
/// channels) / places of the window, in the order of the windows.
void average_pool_backward(const AveragePool& args) noexcept;

}  // namespace jury
