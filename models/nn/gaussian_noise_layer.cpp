#include "models/nn/gaussian_noise_layer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/nn/plan_builder.hpp"

namespace jury {
namespace {

struct NormalNoise {
  std::uint64_t key, step;
  std::uint32_t lane;
  double deviation;
  float* values;
  std::size_t size;
};

// values[i] += deviation * z_i, i = 64 block + 16 quarter + j: of the words w of
// philox({16 block + j, lane, step, step >> 32}, key), quarters 0 and 1 use w0 and w1, quarters 2 and 3
// w2 and w3; with their top 24 bits a and b, z is sqrt(-2 log((a + 1) / 2^24)) times the cosine (0, 2) or
// the sine (1, 3) of 2 pi b / 2^24 (Box and Muller 1958).
void add_normal_noise(const NormalNoise& args) noexcept {
  const auto upper = [](std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); };
  const auto lower = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  for (std::size_t i = 0; i < args.size; ++i) {
    const std::size_t block = i / 64, quarter = i % 64 / 16, j = i % 16;
    const auto words = philox({static_cast<std::uint32_t>(16 * block + j), args.lane, lower(args.step), upper(args.step)},
                              {lower(args.key), upper(args.key)});
    const std::size_t pair = quarter / 2 * 2;
    const double radius = std::sqrt(-2 * std::log((static_cast<double>(words[pair] >> 8) + 1) * 0x1.0p-24));
    const double angle = 2 * std::numbers::pi * static_cast<double>(words[pair + 1] >> 8) * 0x1.0p-24;
    args.values[i] += static_cast<float>(args.deviation * radius * (quarter % 2 == 0 ? std::cos(angle) : std::sin(angle)));
  }
}

}  // namespace

void GaussianNoiseLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  JURY_EXPECTS(node.kind == PlanKind::training);
  const std::size_t size = node.src_size();
  builder.forward([size, deviation = deviation_, lane = node.index, src = node.src, dst = node.dst](Step& step) {
    std::copy_n(step.at(src), size, step.at(dst));
    add_normal_noise({.key = step.dropout_key,
                      .step = step.number,
                      .lane = lane,
                      .deviation = deviation,
                      .values = step.at(dst),
                      .size = size});
  });
  if (node.d_src)
    builder.backward([size, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      std::copy_n(step.at(d_dst), size, step.at(d_src));
    });
}

}  // namespace jury
