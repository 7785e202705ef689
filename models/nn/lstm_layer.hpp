// A long short-term memory.
#pragma once

#include "models/nn/recurrent_layer.hpp"

namespace jury {

struct LstmOptions : RecurrentOptions {
  double forget_bias = 0.0;

  static void fields(auto& self, auto&& visit) {
    RecurrentOptions::fields(self, visit);
    visit("forget_bias", self.forget_bias, Field{.help = "first bias of the forget gates", .low = -100, .high = 100});
  }
};

/// PyTorch's LSTM (Hochreiter, Schmidhuber 1997, with the forget gate of Gers et al. 2000): from
/// h = c = 0, for each step's x,
///
///   i = sigmoid(Wi x + Ui h + bi)    f = sigmoid(Wf x + Uf h + bf)
///   g = tanh(Wg x + Ug h + bg)       o = sigmoid(Wo x + Uo h + bo)
///   c <- f c + i g                   h <- o tanh(c)
///
/// Gates are stored in the order i f g o. The bias (4 units) is the sum of PyTorch's two.
class LstmLayer final : public RecurrentLayer {
 public:
  explicit LstmLayer(const LstmOptions& options);

  void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const override;

 private:
  float forget_bias_;
};

}  // namespace jury
