// Recurrent layers by their formulas, in double, one number after the other.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "models/nn/network.hpp"

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

using Values = std::vector<double>;
using Steps = std::vector<Values>;  ///< of one sample, in the order of time

/// Of one level and direction.
struct RecurrentWeights {
  const float* ih;
  const float* hh;
  const float* bias;
};

inline double naive_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

inline double dot(const float* w, const Values& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(w[i]) * x[i];
  return sum;
}

/// PyTorch's formulas, unit by unit. The state h, and of an LSTM c, become the next ones.
inline void naive_step(const std::string& type, const RecurrentWeights& w, const Values& x, Values& h, Values& c) {
  const std::size_t units = h.size();
  const auto of_input = [&](std::size_t gate, std::size_t u) { return dot(w.ih + (gate * units + u) * x.size(), x); };
  const Values before = h;
  const auto of_state = [&](std::size_t gate, std::size_t u) { return dot(w.hh + (gate * units + u) * units, before); };
  const auto bias = [&](std::size_t gate, std::size_t u) { return static_cast<double>(w.bias[gate * units + u]); };
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

/// A network of recurrent layers on one sample; the last returns "last".
inline Values naive_recurrent(const std::vector<Recurrent>& layers, const NetworkSpec& spec,
                              const std::vector<float>& weights, Steps steps) {
  std::map<std::string, const float*> tensors;
  for (const Tensor& tensor : layout(spec)) tensors[tensor.name] = weights.data() + tensor.offset;
  Values last;
  for (std::size_t place = 0; place < layers.size(); ++place)
    for (std::int64_t level = 0; level < layers[place].layers; ++level) {
      Steps out(steps.size());
      last.clear();
      for (int direction = 0; direction < (layers[place].bidirectional ? 2 : 1); ++direction) {
        const std::string prefix = std::to_string(place) + "." + layers[place].type + ".";
        const std::string suffix = "_l" + std::to_string(level) + (direction == 1 ? "_reverse" : "");
        const RecurrentWeights w{tensors.at(prefix + "weight_ih" + suffix), tensors.at(prefix + "weight_hh" + suffix),
                        tensors.at(prefix + "bias" + suffix)};
        Values h(static_cast<std::size_t>(layers[place].units)), c(h.size());
        for (std::size_t k = 0; k < steps.size(); ++k) {
          const std::size_t t = direction == 0 ? k : steps.size() - 1 - k;
          naive_step(layers[place].type, w, steps[t], h, c);
          out[t].insert(out[t].end(), h.begin(), h.end());
        }
        last.insert(last.end(), h.begin(), h.end());
      }
      steps = out;
    }
  return last;
}

}  // namespace jury
