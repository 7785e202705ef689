#include "models/nn/augment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <utility>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::uint64_t kAugmentKey = 41;

// Images of normal numbers, (rows, height, width, channels).
std::vector<float> noise_images(std::size_t rows, const Shape& image) {
  std::vector<float> images(rows * volume(image));
  Rng rng(3);
  for (float& value : images) value = static_cast<float>(rng.normal());
  return images;
}

// The same image in each row.
std::vector<float> repeated(const std::vector<float>& image, std::size_t rows) {
  std::vector<float> images;
  for (std::size_t i = 0; i < rows; ++i) images.insert(images.end(), image.begin(), image.end());
  return images;
}

std::vector<float> augmented(const AugmentOptions& options, const Shape& image, std::vector<float> images) {
  const std::size_t rows = images.size() / volume(image);
  Augmenter(options, image).apply(images.data(), rows, kAugmentKey, 0);
  return images;
}

std::vector<float> row_of(const std::vector<float>& images, std::size_t row, const Shape& image) {
  const auto first = images.begin() + static_cast<std::ptrdiff_t>(row * volume(image));
  return {first, first + static_cast<std::ptrdiff_t>(volume(image))};
}

// Pixel (y, x), channel c of one image; `outside` where there is none.
float at(const std::vector<float>& image, const Shape& shape, std::ptrdiff_t y, std::ptrdiff_t x, std::ptrdiff_t c,
         float outside = 0) {
  if (y < 0 || y >= shape[1] || x < 0 || x >= shape[2]) return outside;
  return image[static_cast<std::size_t>((y * shape[2] + x) * shape[0] + c)];
}

// Moved by whole pixels, 9 outside.
std::vector<float> moved(const std::vector<float>& image, const Shape& shape, std::ptrdiff_t down,
                         std::ptrdiff_t right) {
  std::vector<float> out;
  for (std::ptrdiff_t y = 0; y < shape[1]; ++y)
    for (std::ptrdiff_t x = 0; x < shape[2]; ++x)
      for (std::ptrdiff_t c = 0; c < shape[0]; ++c) out.push_back(at(image, shape, y - down, x - right, c, 9));
  return out;
}

// With everything on.
AugmentOptions everything() {
  return {.flip = 0.5,
          .flip_vertical = 0.5,
          .shift = 0.2,
          .rotate = 30,
          .scale = 0.2,
          .crop = 1,
          .brightness = 0.5,
          .contrast = 0.5,
          .saturation = 0.5,
          .hue = 60,
          .cutout = 2,
          .fill = 9};
}

TEST(Augmenter, OffItLeavesImagesAsTheyAre) {
  const Shape image = {3, 5, 4};
  const std::vector<float> images = noise_images(20, image);
  EXPECT_EQ(augmented({}, image, images), images);
}

TEST(Augmenter, ARowsChangeDependsOnKeyAndDrawAlone) {
  const Shape image = {3, 6, 5};
  const std::vector<float> images = noise_images(7, image);
  std::vector<float> together = images, apart = images, shifted = images, other = images;
  Augmenter augmenter(everything(), image);
  augmenter.apply(together.data(), 7, kAugmentKey, 100);
  for (const std::size_t row : {6U, 0U, 3U, 1U, 5U, 2U, 4U})
    augmenter.apply(apart.data() + row * volume(image), 1, kAugmentKey, 100 + row);
  EXPECT_EQ(together, apart);
  augmenter.apply(shifted.data(), 7, kAugmentKey, 101);
  EXPECT_NE(together, shifted);
  augmenter.apply(other.data(), 7, kAugmentKey + 1, 100);
  EXPECT_NE(together, other);
}

TEST(Augmenter, FlipsAreExactMirrors) {
  for (const Shape& shape : {Shape{1, 5, 4}, Shape{3, 4, 7}}) {
    const std::vector<float> images = noise_images(3, shape);
    for (const auto& [flip, vertical] : {std::pair{1.0, 0.0}, {0.0, 1.0}, {1.0, 1.0}}) {
      const std::vector<float> out = augmented({.flip = flip, .flip_vertical = vertical}, shape, images);
      for (std::size_t row = 0; row < 3; ++row) {
        const std::vector<float> before = row_of(images, row, shape), after = row_of(out, row, shape);
        for (std::ptrdiff_t y = 0; y < shape[1]; ++y)
          for (std::ptrdiff_t x = 0; x < shape[2]; ++x)
            for (std::ptrdiff_t c = 0; c < shape[0]; ++c)
              EXPECT_EQ(at(after, shape, y, x, c),
                        at(before, shape, vertical > 0 ? shape[1] - 1 - y : y, flip > 0 ? shape[2] - 1 - x : x, c));
      }
    }
  }
}

TEST(Augmenter, FlipsHaveTheirProbability) {
  const Shape shape = {1, 1, 2};
  const std::vector<float> out = augmented({.flip = 0.3}, shape, repeated({1, 2}, 4000));
  int flipped = 0;
  for (std::size_t i = 0; i < out.size(); i += 2) flipped += out[i] == 2 ? 1 : 0;
  EXPECT_NEAR(flipped, 1200, 150);  // five deviations of 29
}

// Which whole moves the images were given; fails for anything that is not one.
std::set<std::pair<std::ptrdiff_t, std::ptrdiff_t>> moves_of(const AugmentOptions& options, const Shape& shape,
                                                             std::ptrdiff_t most) {
  constexpr std::size_t kRows = 600;
  const std::vector<float> image = noise_images(1, shape);
  const std::vector<float> out = augmented(options, shape, repeated(image, kRows));
  std::set<std::pair<std::ptrdiff_t, std::ptrdiff_t>> seen;
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::vector<float> after = row_of(out, row, shape);
    bool found = false;
    for (std::ptrdiff_t down = -most; down <= most; ++down)
      for (std::ptrdiff_t right = -most; right <= most && !found; ++right)
        if (after == moved(image, shape, down, right)) {
          found = true;
          seen.insert({down, right});
        }
    EXPECT_TRUE(found) << "row " << row;
  }
  return seen;
}

TEST(Augmenter, CropsAreAllWholeMovesUpToThePadding) {
  EXPECT_EQ(moves_of({.crop = 2, .fill = 9}, {2, 6, 5}, 3).size(), 25U);
}

// 0.3 of 8 rows is 2.4, of 6 columns 1.8; both round to 2.
TEST(Augmenter, ShiftsAreWholeMovesUpToAShareOfTheSide) {
  const auto seen = moves_of({.shift = 0.3, .fill = 9}, {1, 8, 6}, 3);
  EXPECT_EQ(seen.size(), 25U);
  for (const auto& [down, right] : seen) {
    EXPECT_LE(std::abs(down), 2);
    EXPECT_LE(std::abs(right), 2);
  }
}

TEST(Augmenter, AShiftMayPushAnImageOut) {
  const Shape shape = {1, 2, 2};
  const std::vector<float> out = augmented({.shift = 1, .fill = 9}, shape, repeated({1, 2, 3, 4}, 300));
  int empty = 0;
  for (std::size_t row = 0; row < 300; ++row) {
    const std::vector<float> image = row_of(out, row, shape);
    empty += std::all_of(image.begin(), image.end(), [](float v) { return v == 9; }) ? 1 : 0;
  }
  EXPECT_GT(empty, 0);
  EXPECT_LT(empty, 300);
}

// An image whose channels are its coordinates (x, y) and noise: what comes out says where each pixel came from.
std::vector<float> map_image(const Shape& shape) {
  std::vector<float> image = noise_images(1, shape);
  for (std::int32_t y = 0; y < shape[1]; ++y)
    for (std::int32_t x = 0; x < shape[2]; ++x) {
      image[static_cast<std::size_t>((y * shape[2] + x) * 3)] = static_cast<float>(x);
      image[static_cast<std::size_t>((y * shape[2] + x) * 3 + 1)] = static_cast<float>(y);
    }
  return image;
}

// The inverse map (x, y) -> origin + x * along_x + y * along_y, read off three pixels around the centre.
struct Map {
  double origin[2], along_x[2], along_y[2];

  Map(const std::vector<float>& image, const Shape& shape) {
    const std::ptrdiff_t y = shape[1] / 2, x = shape[2] / 2;
    for (int k = 0; k < 2; ++k) {
      const double here = static_cast<double>(at(image, shape, y, x, k));
      along_x[k] = static_cast<double>(at(image, shape, y, x + 1, k)) - here;
      along_y[k] = static_cast<double>(at(image, shape, y + 1, x, k)) - here;
      origin[k] = here - static_cast<double>(x) * along_x[k] - static_cast<double>(y) * along_y[k];
    }
  }
  double place(int k, std::ptrdiff_t y, std::ptrdiff_t x) const {
    return origin[k] + static_cast<double>(x) * along_x[k] + static_cast<double>(y) * along_y[k];
  }
  double size() const { return std::hypot(along_x[0], along_x[1]); }
};

double bilinear(const std::vector<float>& image, const Shape& shape, double y, double x) {
  double value = 0;
  for (std::ptrdiff_t row = -60; row < 60; ++row)
    for (std::ptrdiff_t col = -60; col < 60; ++col) {
      const double share = std::max(0.0, 1 - std::abs(y - static_cast<double>(row))) *
                           std::max(0.0, 1 - std::abs(x - static_cast<double>(col)));
      if (share > 0) value += share * static_cast<double>(at(image, shape, row, col, 2, 9));
    }
  return value;
}

TEST(Augmenter, RotatedAndScaledImagesAreInterpolated) {
  const Shape shape = {3, 11, 8};
  const std::vector<float> image = map_image(shape);
  const std::vector<float> out =
      augmented({.flip = 0.5, .shift = 0.1, .rotate = 180, .scale = 0.2, .fill = 9}, shape, repeated(image, 8));
  for (std::size_t row = 0; row < 8; ++row) {
    const std::vector<float> after = row_of(out, row, shape);
    const Map map(after, shape);
    // Coordinates read off by float differences are right to some 1e-5 at the border.
    for (std::ptrdiff_t y = 0; y < shape[1]; ++y)
      for (std::ptrdiff_t x = 0; x < shape[2]; ++x)
        EXPECT_NEAR(static_cast<double>(at(after, shape, y, x, 2)),
                    bilinear(image, shape, map.place(1, y, x), map.place(0, y, x)), 5e-4)
            << row << ": " << y << ", " << x;
  }
}

TEST(Augmenter, RotationsAndScalesAreWithinTheirBoundsAboutTheCentre) {
  const Shape shape = {3, 12, 12};
  const std::vector<float> out =
      augmented({.flip = 0.5, .rotate = 20, .scale = 0.25}, shape, repeated(map_image(shape), 400));
  double least = 10, most = 0, leftmost = 180, rightmost = -180;
  int mirrored = 0;
  for (std::size_t row = 0; row < 400; ++row) {
    const Map map(row_of(out, row, shape), shape);
    const double area = map.along_x[0] * map.along_y[1] - map.along_x[1] * map.along_y[0];
    EXPECT_NEAR(map.along_x[0] * map.along_y[0] + map.along_x[1] * map.along_y[1], 0, 1e-5);
    EXPECT_NEAR(std::abs(area), map.size() * map.size(), 1e-5);
    for (int k = 0; k < 2; ++k) EXPECT_NEAR((map.place(k, 5, 5) + map.place(k, 6, 6)) / 2, 5.5, 1e-5);
    const double angle = std::atan2(map.along_x[1], std::abs(map.along_x[0])) * 180 / std::numbers::pi;
    least = std::min(least, 1 / map.size());
    most = std::max(most, 1 / map.size());
    leftmost = std::min(leftmost, angle);
    rightmost = std::max(rightmost, angle);
    mirrored += area < 0 ? 1 : 0;
  }
  EXPECT_NEAR(least, 0.75, 0.01);
  EXPECT_NEAR(most, 1.25, 0.01);
  EXPECT_NEAR(leftmost, -20, 0.5);
  EXPECT_NEAR(rightmost, 20, 0.5);
  EXPECT_NEAR(mirrored, 200, 50);
  EXPECT_GE(least, 0.75 - 1e-5);
  EXPECT_LE(most, 1.25 + 1e-5);
}

struct Line {
  double factor, added;
};

// The line through the first two values; every other value is checked to lie on it.
Line line_between(const std::vector<float>& before, const std::vector<float>& after) {
  const auto value = [](const std::vector<float>& of, std::size_t i) { return static_cast<double>(of[i]); };
  Line line{};
  line.factor = (value(after, 1) - value(after, 0)) / (value(before, 1) - value(before, 0));
  line.added = value(after, 0) - line.factor * value(before, 0);
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_NEAR(value(after, i), line.factor * value(before, i) + line.added, 1e-4);
  return line;
}

TEST(Augmenter, BrightnessAddsOneNumber) {
  const Shape shape = {2, 4, 3};
  const std::vector<float> image = noise_images(1, shape);
  const std::vector<float> out = augmented({.brightness = 0.5}, shape, repeated(image, 300));
  double least = 1, most = -1;
  for (std::size_t row = 0; row < 300; ++row) {
    const Line line = line_between(image, row_of(out, row, shape));
    EXPECT_NEAR(line.factor, 1, 1e-5);
    least = std::min(least, line.added);
    most = std::max(most, line.added);
  }
  EXPECT_NEAR(least, -0.5, 0.02);
  EXPECT_NEAR(most, 0.5, 0.02);
}

TEST(Augmenter, ContrastScalesAboutTheMean) {
  const Shape shape = {2, 4, 3};
  const std::vector<float> image = noise_images(1, shape);
  double mean = 0;
  for (const float value : image) mean += static_cast<double>(value) / static_cast<double>(image.size());
  const std::vector<float> out = augmented({.contrast = 0.5}, shape, repeated(image, 300));
  double least = 10, most = 0;
  for (std::size_t row = 0; row < 300; ++row) {
    const Line line = line_between(image, row_of(out, row, shape));
    EXPECT_NEAR(line.added, (1 - line.factor) * mean, 1e-4);
    least = std::min(least, line.factor);
    most = std::max(most, line.factor);
  }
  EXPECT_NEAR(least, 0.5, 0.02);
  EXPECT_NEAR(most, 1.5, 0.02);
}

// By Rodrigues' formula about (1, 1, 1) / sqrt(3), after what is beside grey is scaled.
void rotate_colour(const float* pixel, double angle, double saturation, double* out) {
  const double grey =
      (static_cast<double>(pixel[0]) + static_cast<double>(pixel[1]) + static_cast<double>(pixel[2])) / 3;
  double beside[3];
  for (int c = 0; c < 3; ++c) beside[c] = saturation * (static_cast<double>(pixel[c]) - grey);
  for (int c = 0; c < 3; ++c)
    out[c] = grey + std::cos(angle) * beside[c] +
             std::sin(angle) * (beside[(c + 2) % 3] - beside[(c + 1) % 3]) / std::numbers::sqrt3;
}

// Angle and factor between the colours of the first pixels, checked on all others.
std::pair<double, double> colour_change(const std::vector<float>& before, const std::vector<float>& after) {
  const auto beside = [](const std::vector<float>& of) {  // coordinates across the grey axis
    const double r = static_cast<double>(of[0]), g = static_cast<double>(of[1]), b = static_cast<double>(of[2]);
    return std::pair{(2 * r - g - b) / std::sqrt(6), (g - b) / std::sqrt(2)};
  };
  const auto [x0, y0] = beside(before);
  const auto [x1, y1] = beside(after);
  const double angle = std::atan2(x0 * y1 - y0 * x1, x0 * x1 + y0 * y1);
  const double factor = std::hypot(x1, y1) / std::hypot(x0, y0);
  for (std::size_t i = 0; i < before.size(); i += 3) {
    double expected[3];
    rotate_colour(before.data() + i, angle, factor, expected);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(static_cast<double>(after[i + c]), expected[c], 1e-5);
  }
  return {angle * 180 / std::numbers::pi, factor};
}

TEST(Augmenter, SaturationAndHueTurnAndScaleColoursAboutGrey) {
  const Shape shape = {3, 3, 3};
  const std::vector<float> image = noise_images(1, shape);
  for (const auto& [saturation, hue] : {std::pair{0.5, 0.0}, {0.0, 90.0}, {0.5, 90.0}}) {
    const std::vector<float> out = augmented({.saturation = saturation, .hue = hue}, shape, repeated(image, 300));
    double angles[2] = {180, -180}, factors[2] = {10, 0};
    for (std::size_t row = 0; row < 300; ++row) {
      const auto [angle, factor] = colour_change(image, row_of(out, row, shape));
      angles[0] = std::min(angles[0], angle);
      angles[1] = std::max(angles[1], angle);
      factors[0] = std::min(factors[0], factor);
      factors[1] = std::max(factors[1], factor);
    }
    EXPECT_NEAR(angles[0], -hue, 2 + 1e-4);
    EXPECT_NEAR(angles[1], hue, 2 + 1e-4);
    EXPECT_NEAR(factors[0], 1 - saturation, 0.02);
    EXPECT_NEAR(factors[1], 1 + saturation, 0.02);
  }
}

TEST(Augmenter, CutoutBlanksASquareClippedAtTheBorder) {
  const Shape shape = {2, 6, 8};
  for (const std::int32_t side : {1, 3, 4}) {
    const std::vector<float> image = noise_images(1, shape);
    const std::vector<float> out = augmented({.cutout = side, .fill = 9}, shape, repeated(image, 1000));
    std::vector<int> times(48);
    std::set<int> areas;
    for (std::size_t row = 0; row < 1000; ++row) {
      const std::vector<float> after = row_of(out, row, shape);
      std::ptrdiff_t box[4] = {100, -1, 100, -1};
      int area = 0;
      for (std::ptrdiff_t y = 0; y < 6; ++y)
        for (std::ptrdiff_t x = 0; x < 8; ++x) {
          if (at(after, shape, y, x, 0) != 9) {
            for (std::ptrdiff_t c = 0; c < 2; ++c) EXPECT_EQ(at(after, shape, y, x, c), at(image, shape, y, x, c));
            continue;
          }
          EXPECT_EQ(at(after, shape, y, x, 1), 9);
          ++area;
          ++times[static_cast<std::size_t>(y * 8 + x)];
          box[0] = std::min(box[0], y);
          box[1] = std::max(box[1], y);
          box[2] = std::min(box[2], x);
          box[3] = std::max(box[3], x);
        }
      EXPECT_EQ(area, (box[1] - box[0] + 1) * (box[3] - box[2] + 1));
      EXPECT_LE(std::max(box[1] - box[0], box[3] - box[2]) + 1, side);
      areas.insert(area);
    }
    EXPECT_EQ(*areas.rbegin(), side * side);
    EXPECT_EQ(areas.size() > 1, side > 1);
    EXPECT_GT(*std::min_element(times.begin(), times.end()), 0);
  }
}

// Pixels from outside are there before brightness and after the geometry; what is cut out is last.
TEST(Augmenter, TheOrderIsTheDocumentedOne) {
  const Shape shape = {1, 4, 4};
  const std::vector<float> zeros(16 * 100);
  for (const float value : augmented({.shift = 1, .brightness = 0.5, .fill = 9}, shape, zeros))
    EXPECT_TRUE(std::abs(value) <= 0.5F || std::abs(value - 9) <= 0.5F) << value;
  const std::vector<float> cut = augmented({.brightness = 0.5, .cutout = 1, .fill = 9}, {1, 1, 1}, {1, 2, 3});
  EXPECT_THAT(cut, Each(9.0F));
}

TEST(Augmenter, SwitchingOneChangeOnLeavesTheDrawsOfOthers) {
  const Shape shape = {3, 4, 5};
  const std::vector<float> images = noise_images(50, shape);
  const std::vector<float> bright = augmented({.brightness = 1}, shape, images);
  const std::vector<float> flipped = augmented({.flip = 1, .brightness = 1}, shape, images);
  for (std::size_t row = 0; row < 50; ++row)
    for (std::ptrdiff_t y = 0; y < 4; ++y)
      EXPECT_EQ(at(row_of(bright, row, shape), shape, y, 0, 1), at(row_of(flipped, row, shape), shape, y, 4, 1));
}

TEST(Augmenter, WhatDoesNotSuitTheImagesIsRefused) {
  const auto make = [](const AugmentOptions& options, const Shape& image) {
    return [=] { Augmenter(options, image); };
  };
  EXPECT_THAT(make({}, {784}), ThrowsMessage<ConfigError>(HasSubstr("train.augment needs images (a sample is 784)")));
  EXPECT_THAT(make({.cutout = 9}, {1, 8, 20}),
              ThrowsMessage<ConfigError>(HasSubstr("cutout = 9 is wider than the image (images are 8x20)")));
  EXPECT_NO_THROW(Augmenter({.cutout = 8}, {1, 8, 20}));
  EXPECT_THAT(make({.crop = 8}, {1, 20, 8}), ThrowsMessage<ConfigError>(HasSubstr("use at most 7")));
  EXPECT_NO_THROW(Augmenter({.crop = 7}, {1, 20, 8}));
  EXPECT_THAT(make({.saturation = 0.1}, {1, 8, 8}),
              ThrowsMessage<ConfigError>(HasSubstr("saturation = 0.1 needs colours (images have 1 channel, not 3)")));
  EXPECT_THAT(make({.hue = 5}, {4, 8, 8}), ThrowsMessage<ConfigError>(HasSubstr("images have 4 channels, not 3")));
}

}  // namespace
}  // namespace jury
