#include "models/nn/augment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// 32-bit words of the stream that belong to one image: room for 16 numbers.
constexpr std::uint64_t kWordsPerImage = 32;

double radians(double degrees) noexcept { return degrees * (std::numbers::pi / 180); }

void check(const AugmentOptions& options, const Shape& image) {
  if (image.size() != 3)
    throw ConfigError(
        fmt::format("train.augment needs images (a sample is {}) remove it or give data of (channels, height, width)",
                    to_string(image)));
  const std::int32_t side = std::min(image[1], image[2]);
  const auto refuse = [&](const char* name, std::int32_t value, const char* why, std::int32_t most) {
    throw ConfigError(fmt::format("train.augment.{} = {} {} (images are {}x{}) use at most {}", name, value, why,
                                  image[1], image[2], most));
  };
  if (options.cutout > side) refuse("cutout", options.cutout, "is wider than the image", side);
  if (options.crop >= side) refuse("crop", options.crop, "may leave nothing of the image", side - 1);
  if (image[0] == 3) return;
  for (const auto& [name, value] : {std::pair{"saturation", options.saturation}, {"hue", options.hue}})
    if (value > 0)
      throw ConfigError(fmt::format("train.augment.{} = {} needs colours (images have {} channel{}, not 3) remove it",
                                    name, value, image[0], image[0] == 1 ? "" : "s"));
}

}  // namespace

// What is done to one image.
struct Augmenter::Change {
  bool flip = false, flip_vertical = false;
  std::ptrdiff_t down = 0, right = 0;   // whole pixels
  double angle = 0, scale = 1;          // radians
  double brightness = 0, contrast = 1;  // added, factor
  double saturation = 1, hue = 0;       // factor, radians
  std::ptrdiff_t cut_row = 0, cut_col = 0;
};

Augmenter::Augmenter(const AugmentOptions& options, const Shape& image)
    : options_(options), fill_(static_cast<float>(options.fill)) {
  check(options, image);
  channels_ = image[0];
  height_ = image[1];
  width_ = image[2];
  size_ = volume(image);
  source_.resize(size_);
  outside_.assign(static_cast<std::size_t>(channels_), fill_);
}

Augmenter::Change Augmenter::draw(std::uint64_t key, std::uint64_t number) const noexcept {
  Rng rng(key, number * kWordsPerImage);
  const auto either_way = [&](double most) { return most * (2 * rng.uniform() - 1); };
  const auto pixels = [&](std::ptrdiff_t side) {
    return static_cast<std::ptrdiff_t>(std::lround(either_way(options_.shift * static_cast<double>(side))));
  };
  const auto one_of = [&](std::ptrdiff_t count) {
    return static_cast<std::ptrdiff_t>(rng.uniform() * static_cast<double>(count));
  };
  const std::ptrdiff_t crop = options_.crop;
  // The order of the draws is part of the contract: a new one goes to the end.
  Change change;
  change.flip = rng.uniform() < options_.flip;
  change.flip_vertical = rng.uniform() < options_.flip_vertical;
  change.down = pixels(height_);
  change.right = pixels(width_);
  change.angle = radians(either_way(options_.rotate));
  change.scale = 1 + either_way(options_.scale);
  change.down += one_of(2 * crop + 1) - crop;
  change.right += one_of(2 * crop + 1) - crop;
  change.brightness = either_way(options_.brightness);
  change.contrast = 1 + either_way(options_.contrast);
  change.saturation = 1 + either_way(options_.saturation);
  change.hue = radians(either_way(options_.hue));
  change.cut_row = one_of(height_);
  change.cut_col = one_of(width_);
  return change;
}

void Augmenter::apply(float* images, std::size_t rows, std::uint64_t key, std::uint64_t first_draw) noexcept {
  const bool warps = options_.rotate > 0 || options_.scale > 0;
  for (std::size_t row = 0; row < rows; ++row) {
    float* image = images + row * size_;
    const Change change = draw(key, first_draw + row);
    if (warps)
      warp(image, change);
    else if (change.flip || change.flip_vertical || change.down != 0 || change.right != 0)
      move(image, change);
    if (options_.brightness > 0 || options_.contrast > 0) tone(image, change);
    if (options_.saturation > 0 || options_.hue > 0) colour(image, change);
    if (options_.cutout > 0) cut(image, change);
  }
}

// Flips and whole pixels: copies.
void Augmenter::move(float* image, const Change& change) noexcept {
  std::copy_n(image, size_, source_.data());
  for (std::ptrdiff_t y = 0; y < height_; ++y) {
    float* to = image + y * width_ * channels_;
    const std::ptrdiff_t shifted = y - change.down;
    const std::ptrdiff_t from = change.flip_vertical ? height_ - 1 - shifted : shifted;
    if (from < 0 || from >= height_)
      std::fill_n(to, width_ * channels_, fill_);
    else
      move_row(change, from, to);
  }
}

// Row `from` of the source to `to`.
void Augmenter::move_row(const Change& change, std::ptrdiff_t from, float* to) const noexcept {
  const float* row = source_.data() + from * width_ * channels_;
  const std::ptrdiff_t first = std::clamp<std::ptrdiff_t>(change.right, 0, width_);
  const std::ptrdiff_t last = std::clamp<std::ptrdiff_t>(width_ + change.right, 0, width_);
  std::fill_n(to, first * channels_, fill_);
  std::fill_n(to + last * channels_, (width_ - last) * channels_, fill_);
  if (!change.flip && first < last)
    std::copy_n(row + (first - change.right) * channels_, (last - first) * channels_, to + first * channels_);
  if (change.flip)
    for (std::ptrdiff_t x = first; x < last; ++x)
      for (std::ptrdiff_t c = 0; c < channels_; ++c)
        to[x * channels_ + c] = row[(width_ - 1 - (x - change.right)) * channels_ + c];
}

// Each pixel from where the inverse map puts it: shift back, rotate and scale back about the
// centre, flip back, then linearly between the four pixels around that place.
void Augmenter::warp(float* image, const Change& change) noexcept {
  std::copy_n(image, size_, source_.data());
  const double middle_y = static_cast<double>(height_ - 1) / 2, middle_x = static_cast<double>(width_ - 1) / 2;
  const double cosine = std::cos(change.angle) / change.scale, sine = std::sin(change.angle) / change.scale;
  const auto pixel = [&](std::ptrdiff_t y, std::ptrdiff_t x) -> const float* {
    const bool inside = y >= 0 && y < height_ && x >= 0 && x < width_;
    return inside ? source_.data() + (y * width_ + x) * channels_ : outside_.data();
  };
  float* to = image;
  for (std::ptrdiff_t y = 0; y < height_; ++y)
    for (std::ptrdiff_t x = 0; x < width_; ++x, to += channels_) {
      const double dy = static_cast<double>(y - change.down) - middle_y;
      const double dx = static_cast<double>(x - change.right) - middle_x;
      const double turned_y = cosine * dy - sine * dx, turned_x = sine * dy + cosine * dx;
      const double from_y = middle_y + (change.flip_vertical ? -turned_y : turned_y);
      const double from_x = middle_x + (change.flip ? -turned_x : turned_x);
      const double floor_y = std::floor(from_y), floor_x = std::floor(from_x);
      const auto top = static_cast<std::ptrdiff_t>(floor_y), left = static_cast<std::ptrdiff_t>(floor_x);
      const auto low = static_cast<float>(from_y - floor_y), across = static_cast<float>(from_x - floor_x);
      const float* corners[] = {pixel(top, left), pixel(top, left + 1), pixel(top + 1, left), pixel(top + 1, left + 1)};
      const float shares[] = {(1 - low) * (1 - across), (1 - low) * across, low * (1 - across), low * across};
      for (std::ptrdiff_t c = 0; c < channels_; ++c)
        to[c] = (shares[0] * corners[0][c] + shares[1] * corners[1][c]) +
                (shares[2] * corners[2][c] + shares[3] * corners[3][c]);
    }
}

// Brightness, then contrast: the brightness moves the mean too.
void Augmenter::tone(float* image, const Change& change) const noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < size_; ++i) sum += static_cast<double>(image[i]);
  const double mean = options_.contrast > 0 ? sum / static_cast<double>(size_) : 0;
  const auto factor = static_cast<float>(change.contrast);
  const auto added = static_cast<float>(change.brightness + (1 - change.contrast) * mean);
  for (std::size_t i = 0; i < size_; ++i) image[i] = factor * image[i] + added;
}

// Saturation and hue as one matrix: grey stays, what is beside it turns about it and is scaled. With P the projection
// on grey and K the cross product with its unit vector: P + saturation (cos(hue) (1 - P) + sin(hue) K).
void Augmenter::colour(float* image, const Change& change) const noexcept {
  const double scaled_cosine = change.saturation * std::cos(change.hue);
  const double scaled_sine = change.saturation * std::sin(change.hue) / std::numbers::sqrt3;
  const double grey = (1 - scaled_cosine) / 3;
  // The matrix is circulant: row c is (same, next, last) from column c on.
  const auto same = static_cast<float>(grey + scaled_cosine);
  const auto next = static_cast<float>(grey - scaled_sine), last = static_cast<float>(grey + scaled_sine);
  for (float* pixel = image; pixel < image + size_; pixel += 3) {
    const float r = pixel[0], g = pixel[1], b = pixel[2];
    pixel[0] = same * r + next * g + last * b;
    pixel[1] = same * g + next * b + last * r;
    pixel[2] = same * b + next * r + last * g;
  }
}

void Augmenter::cut(float* image, const Change& change) const noexcept {
  const std::ptrdiff_t side = options_.cutout, before = side / 2;
  const std::ptrdiff_t top = std::max<std::ptrdiff_t>(change.cut_row - before, 0);
  const std::ptrdiff_t bottom = std::min(change.cut_row - before + side, height_);
  const std::ptrdiff_t left = std::max<std::ptrdiff_t>(change.cut_col - before, 0);
  const std::ptrdiff_t right = std::min(change.cut_col - before + side, width_);
  for (std::ptrdiff_t y = top; y < bottom; ++y)
    std::fill_n(image + (y * width_ + left) * channels_, (right - left) * channels_, fill_);
}

}  // namespace jury
