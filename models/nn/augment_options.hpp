// Random changes to images while training: train.augment.
#pragma once

#include <cstdint>

#include "runtime/base/options.hpp"

namespace jury {

/// Each acts on the preprocessed values of an image, drawn anew for each row of each step. Zero: off.
struct AugmentOptions {
  double flip = 0.0;
  double flip_vertical = 0.0;
  double shift = 0.0;
  double rotate = 0.0;
  double scale = 0.0;
  std::int32_t crop = 0;
  double brightness = 0.0;
  double contrast = 0.0;
  double saturation = 0.0;
  double hue = 0.0;
  std::int32_t cutout = 0;
  double fill = 0.0;

  static void fields(auto& self, auto&& visit) {
    visit("flip", self.flip, Field{.help = "probability of a left-right flip", .low = 0, .high = 1});
    visit("flip_vertical", self.flip_vertical, Field{.help = "probability of an up-down flip", .low = 0, .high = 1});
    visit("shift", self.shift, Field{.help = "largest shift each way, as a share of the side", .low = 0, .high = 1});
    visit("rotate", self.rotate, Field{.help = "largest rotation each way, degrees", .low = 0, .high = 180});
    visit("scale", self.scale, Field{.help = "scaled by a factor in [1 - scale, 1 + scale]", .low = 0, .high = 0.9});
    visit("crop", self.crop, Field{.help = "padded by so many pixels, then cropped at random", .low = 0, .high = 1024});
    visit("brightness", self.brightness, Field{.help = "largest value added, in deviations", .low = 0, .high = 10});
    visit("contrast", self.contrast,
          Field{.help = "distance to the image's mean scaled by a factor in [1 - contrast, 1 + contrast]",
                .low = 0,
                .high = 1});
    visit("saturation", self.saturation,
          Field{.help = "distance to the pixel's grey scaled by a factor in [1 - saturation, 1 + saturation]",
                .low = 0,
                .high = 1});
    visit("hue", self.hue, Field{.help = "largest rotation of the colours each way, degrees", .low = 0, .high = 180});
    visit("cutout", self.cutout,
          Field{.help = "side of a square that is blanked, pixels (DeVries, Taylor 2017)", .low = 0, .high = 1024});
    visit("fill", self.fill,
          Field{.help = "value of pixels that come from outside of the image", .low = -1e3, .high = 1e3});
  }
};

}  // namespace jury
