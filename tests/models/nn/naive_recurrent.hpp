// Recurrent layers by their formulas, in double, one number after the other.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "models/nn/network.hpp"
#include "naive_layers.hpp"

namespace jury {

/// The options of one layer.
struct Recurrent {
  std::string type;
  std::int64_t units = 1;
  std::int64_t layers = 1;
  bool bidirectional = false;
  std::string returns = "last";

  LayerSpec spec() const {
    return {type, Config(Config::Table{{"units", Config(units)},
                                       {"layers", Config(layers)},
                                       {"bidirectional", Config(bidirectional)},
                                       {"return", Config(returns)}})};
  }
};

using Numbers = std::vector<double>;
using Steps = std::vector<Numbers>;  ///< of one sample, in the order of time

/// Of one level and direction.
struct RecurrentWeights {
  const double* ih;
  const double* hh;
  const double* bias;
};

inline double dot(const double* w, const Numbers& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += w[i] * x[i];
  return sum;
}

/// PyTorch's formulas, unit by unit. The state h, and of an LSTM c, become the next ones.
inline void naive_step(const std::string& type, const RecurrentWeights& w, const Numbers& x, Numbers& h, Numbers& c) {
  const std::size_t units = h.size();
  const auto of_input = [&](std::size_t gate, std::size_t u) { return dot(w.ih + (gate * units + u) * x.size(), x); };
  const Numbers before = h;
  const auto of_state = [&](std::size_t gate, std::size_t u) { return dot(w.hh + (gate * units + u) * units, before); };
  const auto bias = [&](std::size_t gate, std::size_t u) { return w.bias[gate * units + u]; };
  for (std::size_t u = 0; u < units; ++u) {
    const auto sum = [&](std::size_t gate) { return of_input(gate, u) + of_state(gate, u) + bias(gate, u); };
    if (type == "lstm") {
      c[u] = naive_sigmoid(sum(1)) * c[u] + naive_sigmoid(sum(0)) * std::tanh(sum(2));
      h[u] = naive_sigmoid(sum(3)) * std::tanh(c[u]);
    } else {
      const double r = naive_sigmoid(sum(0)), z = naive_sigmoid(sum(1));
      const double n = std::tanh(of_input(2, u) + bias(2, u) + r * (of_state(2, u) + bias(3, u)));
      h[u] = (1 - z) * n + z * before[u];
    }
  }
}

/// What one sample becomes.
struct RecurrentOut {
  Steps all;     ///< the states after each step, forward then reverse
  Numbers last;  ///< those that have read everything
};

/// One layer on one sample; `weights` has one entry for each direction of each level.
inline RecurrentOut naive_levels(const Recurrent& layer, const std::vector<RecurrentWeights>& weights, Steps steps) {
  const std::size_t directions = layer.bidirectional ? 2 : 1;
  RecurrentOut out;
  for (std::size_t first = 0; first < weights.size(); first += directions) {
    out = {Steps(steps.size()), {}};
    for (std::size_t direction = 0; direction < directions; ++direction) {
      Numbers h(static_cast<std::size_t>(layer.units)), c(h.size());
      for (std::size_t k = 0; k < steps.size(); ++k) {
        const std::size_t t = direction == 0 ? k : steps.size() - 1 - k;
        naive_step(layer.type, weights[first + direction], steps[t], h, c);
        out.all[t].insert(out.all[t].end(), h.begin(), h.end());
      }
      out.last.insert(out.last.end(), h.begin(), h.end());
    }
    steps = out.all;
  }
  return out;
}

/// A network of recurrent layers on one sample; the last returns "last".
inline Numbers naive_recurrent(const std::vector<Recurrent>& layers, const NetworkSpec& spec,
                               const std::vector<float>& weights, Steps steps) {
  const Numbers wide(weights.begin(), weights.end());
  std::map<std::string, const double*> tensors;
  for (const Tensor& tensor : layout(spec)) tensors[tensor.name] = wide.data() + tensor.offset;
  Numbers last;
  for (std::size_t place = 0; place < layers.size(); ++place) {
    std::vector<RecurrentWeights> of_layer;
    for (std::int64_t level = 0; level < layers[place].layers; ++level)
      for (int direction = 0; direction < (layers[place].bidirectional ? 2 : 1); ++direction) {
        const std::string prefix = std::to_string(place) + "." + layers[place].type + ".";
        const std::string suffix = "_l" + std::to_string(level) + (direction == 1 ? "_reverse" : "");
        of_layer.push_back({tensors.at(prefix + "weight_ih" + suffix), tensors.at(prefix + "weight_hh" + suffix),
                            tensors.at(prefix + "bias" + suffix)});
      }
    const RecurrentOut out = naive_levels(layers[place], of_layer, steps);
    steps = out.all;
    last = out.last;
  }
  return last;
}

/// A layer alone, its tensors in canonical order: three for each direction of each level.
inline Values naive_recurrent_layer(const NaiveCall& call, const std::string& type) {
  const Values& src = call.src();
  const bool both = call.options.find("bidirectional") != nullptr, all = call.text("return", "last") == "all";
  const Recurrent layer{
      .type = type, .units = static_cast<std::int64_t>(call.number("units", 1)), .bidirectional = both};
  std::vector<RecurrentWeights> weights;
  for (std::size_t i = 0; i < call.params.size(); i += 3)
    weights.push_back({call.params[i].data(), call.params[i + 1].data(), call.params[i + 2].data()});
  const auto width = static_cast<std::int32_t>(layer.units * (both ? 2 : 1));
  Values dst(all ? Shape{width, src.shape[1]} : Shape{width}, src.rows);
  for (std::size_t row = 0; row < src.rows; ++row) {
    Steps steps(src.places(), Numbers(src.channels()));
    for (std::size_t t = 0; t < steps.size(); ++t)
      for (std::size_t c = 0; c < src.channels(); ++c) steps[t][c] = src.at(row, c, t);
    const RecurrentOut out = naive_levels(layer, weights, steps);
    for (std::size_t c = 0; c < dst.channels(); ++c)
      for (std::size_t t = 0; t < dst.places(); ++t) dst.at(row, c, t) = all ? out.all[t][c] : out.last[c];
  }
  return dst;
}
inline Values naive_lstm(const NaiveCall& call) { return naive_recurrent_layer(call, "lstm"); }
inline Values naive_gru(const NaiveCall& call) { return naive_recurrent_layer(call, "gru"); }

}  // namespace jury
