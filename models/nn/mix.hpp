// Batches whose rows are mixed with one another: train.mixup and train.cutmix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/nn/shape.hpp"
#include "models/nn/train_options.hpp"

namespace jury {

/// Throws ConfigError when train.cutmix is on and there are no images (channels, height, width) or no classes.
void check_mix(const TrainOptions& options, const Shape& input, TaskKind task);

/// A number of Beta(alpha, alpha) from a uniform one in [0, 1): the inverse of its distribution
/// function, in double. Expects alpha > 0.
double beta_quantile(double alpha, double uniform);

/// What one step mixes.
struct MixDraw {
  enum class Kind : std::uint8_t { mixup, cutmix } kind = Kind::mixup;
  double lambda = 1;                                     ///< share of a row's own target
  std::size_t top = 0, bottom = 0, left = 0, right = 0;  ///< of cutmix's box: rows [top, bottom), columns alike
  std::vector<std::uint32_t> partner = {};               ///< of each row: a permutation
};

/// A batch as it is mixed in place.
struct MixBatch {
  float* inputs;       ///< (rows, volume(input)); for cutmix (rows, height, width, channels): channels last
  float* targets;      ///< (rows, outputs): probabilities of the classes, or scaled targets
  float* row_weights;  ///< (rows)
  std::size_t rows, outputs;
};

/// Mixes each row i of a batch with another row p(i), p a random permutation, one lambda for all of a step:
///
///   mixup   x_i <- lambda x_i + (1 - lambda) x_p(i), lambda ~ Beta(alpha, alpha)
///           (Zhang, Cisse, Dauphin, Lopez-Paz 2018)
///   cutmix  a box of x_i <- that of x_p(i). Its sides are sqrt(1 - Beta(alpha, alpha)) of the image's in
///           whole pixels, its centre is any pixel, it is clipped at the border, and lambda is the
///           share of the image that it leaves (Yun, Han, Oh, Chun, Choe, Yoo 2019)
///
/// Of both, a step takes either with probability 1/2. Weights become w_i <- lambda w_i + (1 - lambda) w_p(i)
/// and targets the mean with shares lambda w_i and (1 - lambda) w_p(i), so that the gradient of a weighted
/// cross-entropy or squared error is that of lambda times the loss of the one row's target and 1 - lambda times
/// that of the other's. With equal weights these shares are lambda and 1 - lambda. A row that meets itself
/// stays as it is.
class Mixer {
 public:
  /// Throws as check_mix().
  Mixer(const TrainOptions& options, const Shape& input, TaskKind task);

  /// Whether there is anything to mix, and targets have to be written as numbers for it.
  bool active() const noexcept { return mixup_ > 0 || cutmix_ > 0; }

  /// Mixes the batch of a step: a function of (key, step) and the rows alone.
  void apply(const MixBatch& batch, std::uint64_t key, std::uint64_t step);
  /// What apply() mixes there; lives until the next call. Expects active().
  const MixDraw& draw(std::size_t rows, std::uint64_t key, std::uint64_t step);

 private:
  struct Row {
    float* inputs;
    float* targets;
    float* weight;
  };
  void mix(const Row& own, const Row& other, std::size_t outputs) const noexcept;

  double mixup_, cutmix_;
  std::size_t width_;
  std::size_t channels_ = 0, image_height_ = 0, image_width_ = 0;  // of images
  MixDraw draw_;
  std::vector<float> kept_;         // one row as it was
  std::vector<std::uint8_t> done_;  // per row
};

}  // namespace jury
