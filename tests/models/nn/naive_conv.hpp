// References of convolutions and batch normalisation.
#pragma once

#include <cmath>

#include "naive_layers.hpp"
#include "naive_spatial_layers.hpp"

namespace jury {

/// The windows of a convolution of `call`, one number for each dimension.
struct NaiveWindow {
  explicit NaiveWindow(const NaiveCall& call)
      : kernel(naive_extents(call, "kernel", 3)),
        stride(naive_extents(call, "stride", 1)),
        before(kernel.size()),
        after(kernel.size()) {
    const Config* padding = call.options.find("padding");
    const auto* word = padding == nullptr ? nullptr : padding->as<std::string>();
    for (std::size_t k = 0; k < kernel.size(); ++k) {
      if (padding == nullptr || (word && *word == "same")) {
        before[k] = (kernel[k] - 1) / 2;
        after[k] = kernel[k] / 2;
      } else if (!word) {
        before[k] = after[k] = naive_extents(call, "padding", 0)[k];
      }
    }
  }

  std::vector<std::int32_t> kernel, stride, before, after;
};

inline Values naive_conv(const NaiveCall& call) {
  const Values& src = call.src();
  const NaiveWindow w(call);
  const auto channels = static_cast<std::size_t>(call.number("channels", 1)),
             groups = static_cast<std::size_t>(call.number("groups", 1));
  const std::size_t in_group = src.channels() / groups, out_group = channels / groups;
  Shape shape{static_cast<std::int32_t>(channels)}, window{1};
  for (std::size_t k = 0; k < w.kernel.size(); ++k) {
    shape.push_back((src.shape[k + 1] + w.before[k] + w.after[k] - w.kernel[k]) / w.stride[k] + 1);
    window.push_back(w.kernel[k]);
  }
  const auto from = naive_places(src.shape), to = naive_places(shape), within = naive_places(window);
  return filled(Values(shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    double sum = call.params.size() > 1 ? call.params[1][c] : 0;
    for (std::size_t q = 0; q < from.size(); ++q)
      for (std::size_t t = 0; t < within.size(); ++t) {
        bool meets = true;
        for (std::size_t k = 0; k < w.kernel.size(); ++k)
          meets &= from[q][k] == to[p][k] * w.stride[k] - w.before[k] + within[t][k];
        for (std::size_t i = 0; meets && i < in_group; ++i)
          sum += call.params[0][(c * in_group + i) * within.size() + t] * src.at(row, c / out_group * in_group + i, q);
      }
    return naive_activation(call.text("activation", "identity"), sum);
  });
}

/// Of a channel over rows and places, the variance divided by the count.
struct NaiveStatistics {
  NaiveStatistics(const Values& src, std::size_t channel) {
    std::vector<double> all;
    for (std::size_t row = 0; row < src.rows; ++row)
      for (std::size_t p = 0; p < src.places(); ++p) all.push_back(src.at(row, channel, p));
    mean = naive_mean(all);
    for (double& x : all) x = (x - mean) * (x - mean);
    variance = naive_mean(all);
  }

  double mean = 0, variance = 0;
};

inline Values naive_batch_norm(const NaiveCall& call) {
  const Values& src = call.src();
  return filled(Values(src.shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    const NaiveStatistics batch(src, c);
    const bool training = call.kind == PlanKind::training;
    const double mean = training ? batch.mean : call.params[2][c],
                 variance = training ? batch.variance : call.params[3][c];
    const double x = (src.at(row, c, p) - mean) / std::sqrt(variance + call.number("epsilon", 1e-5));
    return naive_activation(call.text("activation", "identity"), x * call.params[0][c] + call.params[1][c]);
  });
}

}  // namespace jury
