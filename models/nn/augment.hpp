// Random changes to a batch of images: what train.augment asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/nn/augment_options.hpp"
#include "models/nn/shape.hpp"

namespace jury {

/// Changes images in place, each by a draw of its own. Values are the preprocessed ones, usually of mean 0 and
/// deviation 1: `fill` 0 is then the mean, brightness counts deviations, and grey is where the
/// standardised channels are equal.
///
/// In this order, each where its option is not 0, with u_k uniform in [0, 1) and s_k in [-1, 1):
///
///   geometry    Out of the image lies `fill`. One map takes the image through the flips (each if u_k < its
///               probability), a rotation by s_k rotate and a scaling by 1 + s_k scale about the centre, the
///               shift by round(s_k shift side) pixels each way, and the crop, that is a shift by -crop
///               to crop whole pixels each way, all equally likely. Rotated or scaled
///               images are interpolated linearly between four pixels; all others are exact copies.
///   brightness  v + s_k brightness
///   contrast    m + (1 + s_k contrast) (v - m), m the mean of all values of the image
///   saturation  g + (1 + s_k saturation) (v - g), g the mean of the pixel's channels
///   hue         (r, g, b) rotated by s_k hue about the axis (1, 1, 1)
///   cutout      A square around a random pixel, clipped at the border, becomes `fill` (DeVries, Taylor 2017).
///
/// Each u_k and s_k has a place of its own in the stream, so that switching a change on leaves the others'.
class Augmenter {
 public:
  /// image: (channels, height, width). Throws ConfigError when the input is no image, cutout is wider
  /// than it, crop takes all of it away, or saturation or hue is on and there are not three channels.
  Augmenter(const AugmentOptions& options, const Shape& image);

  /// images (rows, height, width, channels): channels last. Row i's change is a function of
  /// (key, first_draw + i) alone. Expects first_draw + rows < 2^58.
  void apply(float* images, std::size_t rows, std::uint64_t key, std::uint64_t first_draw) noexcept;

 private:
  struct Change;
  Change draw(std::uint64_t key, std::uint64_t number) const noexcept;
  void move(float* image, const Change& change) noexcept;
  void move_row(const Change& change, std::ptrdiff_t from, float* to) const noexcept;
  void warp(float* image, const Change& change) noexcept;
  void tone(float* image, const Change& change) const noexcept;
  void colour(float* image, const Change& change) const noexcept;
  void cut(float* image, const Change& change) const noexcept;

  AugmentOptions options_;
  std::ptrdiff_t channels_ = 0, height_ = 0, width_ = 0;
  std::size_t size_ = 0;
  float fill_;
  std::vector<float> source_;   // an image as it was
  std::vector<float> outside_;  // a pixel of fill
};

}  // namespace jury
