// A gated recurrent unit.
#pragma once

#include "models/nn/recurrent_layer.hpp"

namespace jury {

struct GruOptions : RecurrentOptions {
  static void fields(auto& self, auto&& visit) { RecurrentOptions::fields(self, visit); }
};

/// PyTorch's GRU (Cho et al. 2014, with the reset gate applied after the product with the state, as
/// oneDNN's "linear before reset"): from h = 0, for each step's x,
///
///   r = sigmoid(Wr x + Ur h + br)    z = sigmoid(Wz x + Uz h + bz)
///   n = tanh(Wn x + bn + r (Un h + bm))
///   h <- z h + (1 - z) n
///
/// Gates are stored in the order r z n. The bias (4 units) is br, bz, bn, bm: of PyTorch's two, the
/// sums for r and z, then n's of the input and n's of the state.
class GruLayer final : public RecurrentLayer {
 public:
  explicit GruLayer(const GruOptions& options);
};

}  // namespace jury
