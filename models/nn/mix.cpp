#include "models/nn/mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// values <- share * values + (1 - share) * others
void blend(float* values, const float* others, std::size_t size, double share) noexcept {
  const auto own = static_cast<float>(share), rest = static_cast<float>(1 - share);
  for (std::size_t i = 0; i < size; ++i) values[i] = own * values[i] + rest * others[i];
}

// Places of a box of the length around a centre that are in [0, end).
std::pair<std::size_t, std::size_t> clipped(std::size_t centre, std::size_t length, std::size_t end) noexcept {
  const std::size_t before = length / 2;
  return {centre - std::min(centre, before), std::min(centre + length - before, end)};
}

}  // namespace

void check_mix(const TrainOptions& options, const Shape& input, TaskKind task) {
  if (options.cutmix <= 0) return;
  if (input.size() != 3)
    throw ConfigError(fmt::format("train.cutmix = {} needs images (a sample is {}) use train.mixup", options.cutmix,
                                  to_string(input)));
  if (task != TaskKind::classification)
    throw ConfigError(
        fmt::format("train.cutmix = {} does not suit regression (a patch carries a share of a class, not "
                    "of a value) use train.mixup",
                    options.cutmix));
}

double beta_quantile(double alpha, double uniform) {
  JURY_EXPECTS(alpha > 0 && uniform >= 0 && uniform < 1);
  // Bits of a long double differ between machines. Below 1e-6 it is 0 or 1 in doubles, and Boost gives up in the end.
  using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  const double bounded = std::max(alpha, 1e-6);
  return boost::math::ibeta_inv(bounded, bounded, uniform, InDouble());
}

Mixer::Mixer(const TrainOptions& options, const Shape& input, TaskKind task)
    : mixup_(options.mixup), cutmix_(options.cutmix), width_(volume(input)) {
  check_mix(options, input, task);
  if (input.size() != 3) return;
  channels_ = static_cast<std::size_t>(input[0]);
  image_height_ = static_cast<std::size_t>(input[1]);
  image_width_ = static_cast<std::size_t>(input[2]);
}

const MixDraw& Mixer::draw(std::size_t rows, std::uint64_t key, std::uint64_t step) {
  JURY_EXPECTS(active());
  Rng rng(stream_key(key, Purpose::augment, {static_cast<std::int64_t>(step)}));
  // All are drawn whatever is on, so that the partners of a step stay when an option changes.
  const bool coin = rng.uniform() < 0.5;
  const double uniform = rng.uniform(), vertical = rng.uniform(), horizontal = rng.uniform();
  const bool cuts = cutmix_ > 0 && (mixup_ <= 0 || coin);
  draw_.kind = cuts ? MixDraw::Kind::cutmix : MixDraw::Kind::mixup;
  draw_.lambda = beta_quantile(cuts ? cutmix_ : mixup_, uniform);
  draw_.top = draw_.bottom = draw_.left = draw_.right = 0;
  if (cuts) {
    const auto place = [side = std::sqrt(1 - draw_.lambda)](double where, std::size_t extent) {
      const auto pixels = static_cast<double>(extent);
      return clipped(static_cast<std::size_t>(where * pixels), static_cast<std::size_t>(side * pixels), extent);
    };
    std::tie(draw_.top, draw_.bottom) = place(vertical, image_height_);
    std::tie(draw_.left, draw_.right) = place(horizontal, image_width_);
    const std::size_t area = (draw_.bottom - draw_.top) * (draw_.right - draw_.left);
    draw_.lambda = 1 - static_cast<double>(area) / static_cast<double>(image_height_ * image_width_);
  }
  draw_.partner.resize(rows);
  std::iota(draw_.partner.begin(), draw_.partner.end(), 0U);
  shuffle(std::span(draw_.partner), rng);
  return draw_;
}

void Mixer::mix(const Row& own, const Row& other, std::size_t outputs) const noexcept {
  const double lambda = draw_.lambda;
  if (draw_.kind == MixDraw::Kind::mixup) blend(own.inputs, other.inputs, width_, lambda);
  for (std::size_t y = draw_.top; y < draw_.bottom; ++y) {
    const std::size_t first = (y * image_width_ + draw_.left) * channels_;
    std::copy_n(other.inputs + first, (draw_.right - draw_.left) * channels_, own.inputs + first);
  }
  const double own_weight = static_cast<double>(*own.weight), other_weight = static_cast<double>(*other.weight);
  const double mixed = lambda * own_weight + (1 - lambda) * other_weight;
  // Equal weights give lambda without rounding, and so do two zeros.
  const double share = own_weight == other_weight || mixed <= 0 ? lambda : lambda * own_weight / mixed;
  blend(own.targets, other.targets, outputs, share);
  *own.weight = static_cast<float>(mixed);
}

// Goes along the cycles of the permutation: each row is mixed before the one that it is mixed into,
// so that only the first of a cycle has to be kept as it was.
void Mixer::apply(const MixBatch& batch, std::uint64_t key, std::uint64_t step) {
  if (!active()) return;
  draw(batch.rows, key, step);
  kept_.resize(width_ + batch.outputs + 1);
  const Row kept{kept_.data(), kept_.data() + width_, kept_.data() + width_ + batch.outputs};
  const auto row = [&](std::size_t i) {
    return Row{batch.inputs + i * width_, batch.targets + i * batch.outputs, batch.row_weights + i};
  };
  done_.assign(batch.rows, 0);
  for (std::size_t start = 0; start < batch.rows; ++start) {
    if (done_[start] != 0 || draw_.partner[start] == start) continue;
    const Row first = row(start);
    std::copy_n(first.inputs, width_, kept.inputs);
    std::copy_n(first.targets, batch.outputs, kept.targets);
    *kept.weight = *first.weight;
    for (std::size_t i = start; done_[i] == 0; i = draw_.partner[i]) {
      const std::size_t partner = draw_.partner[i];
      mix(row(i), partner == start ? kept : row(partner), batch.outputs);
      done_[i] = 1;
    }
  }
}

}  // namespace jury
