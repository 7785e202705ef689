#include "models/nn/batch_norm_layer.hpp"

#include <algorithm>
#include <cmath>

#include "models/nn/batch_norm_kernels.hpp"
#include "models/nn/plan_builder.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Where one layer's numbers per channel lie: of the normalisation, and of its gradients.
struct NormPlaces {
  std::size_t places, channels;
  NormActivation activation;
  float epsilon;
  Buffer mean, variance, factor, shift;
  Buffer sums, products, offset, slope;

  ChannelNorm at(const Step& step) const noexcept {
    return {places, channels, step.at(mean), step.at(factor), step.at(shift), activation};
  }
};

// factor = scale / sqrt(variance + epsilon). Statistics and shift are copied where they can be read in vectors.
struct Prepare {
  NormPlaces places;
  Buffer scale, shift;
  std::optional<Buffer> mean = std::nullopt, variance = std::nullopt;

  void operator()(Step& step) const {
    if (mean) std::copy_n(step.at(*mean), places.channels, step.at(places.mean));
    if (variance) std::copy_n(step.at(*variance), places.channels, step.at(places.variance));
    std::copy_n(step.at(shift), places.channels, step.at(places.shift));
    for (std::size_t c = 0; c < places.channels; ++c)
      step.at(places.factor)[c] = step.at(scale)[c] / std::sqrt(step.at(places.variance)[c] + places.epsilon);
  }
};

// running += momentum * (batch - running), the variance made unbiased.
struct RunningStatistics {
  Buffer mean, variance, running_mean, running_variance;
  std::size_t channels;
  float momentum, unbiased;

  void operator()(Step& step) const {
    float* const means = step.at(running_mean);
    float* const variances = step.at(running_variance);
    for (std::size_t c = 0; c < channels; ++c) {
      means[c] += momentum * (step.at(mean)[c] - means[c]);
      variances[c] += momentum * (unbiased * step.at(variance)[c] - variances[c]);
    }
  }
};

// With s = sum g and p = sum g (x - mean): d_shift = s, d_scale = p / deviation, and
// d_src = factor (g - s / places - (x - mean) p / (places variance)).
struct GradientSums {
  NormPlaces places;
  Buffer src, d_dst, d_scale, d_shift;

  void operator()(Step& step) const {
    float* const sums = step.at(places.sums);
    float* const products = step.at(places.products);
    norm_gradient_sums(places.at(step), {step.at(src), step.at(d_dst), sums, products});
    const float share = 1.0F / static_cast<float>(places.places);
    for (std::size_t c = 0; c < places.channels; ++c) {
      const float inverse = 1.0F / (step.at(places.variance)[c] + places.epsilon);
      const float factor = step.at(places.factor)[c] * share;
      step.at(d_shift)[c] = sums[c];
      step.at(d_scale)[c] = products[c] * std::sqrt(inverse);
      step.at(places.offset)[c] = factor * sums[c];
      step.at(places.slope)[c] = factor * inverse * products[c];
    }
  }
};

}  // namespace

std::vector<Tensor> BatchNormLayer::tensors(const Shape& src) const {
  using enum Tensor::Role;
  const Shape channels{src[0]};
  return {{.name = "scale", .shape = channels, .role = bias},
          {.name = "shift", .shape = channels, .role = bias},
          {.name = "running_mean", .shape = channels, .role = buffer},
          {.name = "running_variance", .shape = channels, .role = buffer}};
}

void BatchNormLayer::initialise(const Tensor& tensor, std::span<float> values, Rng&) const {
  if (tensor.name.ends_with("scale") || tensor.name.ends_with("running_variance")) std::ranges::fill(values, 1.0F);
}

// Rows and places are alike: the values are a (places, channels) matrix.
void BatchNormLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const bool training = node.kind == PlanKind::training;
  const bool of_batch = training && node.trains;
  const auto width = static_cast<std::size_t>(node.src_shape[0]);
  const std::size_t count = node.src_size() / width;
  JURY_EXPECTS(!of_batch || count > 1);
  const auto one = [&] { return builder.allocate(width); };
  NormPlaces places{.places = count,
                    .channels = width,
                    .activation = options_.activation == "relu" ? NormActivation::relu : NormActivation::identity,
                    .epsilon = static_cast<float>(options_.epsilon),
                    .mean = one(),
                    .variance = one(),
                    .factor = one(),
                    .shift = one(),
                    .sums = {},
                    .products = {},
                    .offset = {},
                    .slope = {}};
  Prepare prepare{places, node.params[0], node.params[1]};
  if (of_batch) {
    builder.forward([places, src = node.src](Step& step) {
      batch_moments({places.places, places.channels, step.at(src), step.at(places.mean), step.at(places.variance)});
    });
    const auto n = static_cast<float>(count);
    builder.forward(RunningStatistics{places.mean, places.variance, node.params[2], node.params[3], width,
                                      static_cast<float>(options_.momentum), n / (n - 1)});
    builder.forward(prepare);
  } else {
    prepare.mean = node.params[2];
    prepare.variance = node.params[3];
    builder.on_new_weights(prepare);
  }
  builder.forward([places, src = node.src, dst = node.dst](Step& step) {
    normalize_channels(places.at(step), step.at(src), step.at(dst));
  });
  if (!training || !node.runs_backward) return;

  // Fixed statistics have no gradient: offset and slope stay 0.
  places.offset = one();
  places.slope = one();
  if (of_batch) {
    places.sums = one();
    places.products = one();
    builder.backward(GradientSums{places, node.src, node.d_dst, node.grads[0], node.grads[1]});
  }
  if (node.d_src)
    builder.backward([places, src = node.src, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      norm_gradient(places.at(step), {.src = step.at(src),
                                      .d_dst = step.at(d_dst),
                                      .offset = step.at(places.offset),
                                      .slope = step.at(places.slope),
                                      .d_src = step.at(d_src)});
    });
}

}  // namespace jury
