// Numbers learned for each code of a categorical.
#pragma once

#include <cstdint>
#include <vector>

#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct EmbeddingOptions {
  std::vector<std::int32_t> columns = {};
  std::vector<std::int32_t> sizes = {};
  std::int32_t dim = 1;

  static void fields(auto& self, auto&& visit) {
    visit("columns", self.columns, Field{.help = "inputs that are codes, from 0", .low = 0, .high = 1 << 24});
    visit("sizes", self.sizes, Field{.help = "number of codes of each of them", .low = 1, .high = 1 << 24});
    visit("dim", self.dim, Field{.help = "numbers that a code becomes", .low = 1, .high = 4096});
  }
};

/// dst = the other inputs in their order, then for each k table<k>[code of columns[k]]; src
/// (n, inputs), table<k> (sizes[k], dim), dst (n, inputs - codes + codes * dim) (entity embeddings:
/// Guo, Berkhahn 2016). A code is the whole part of its input. One outside of [0, size), and NaN,
/// stands for a text that is missing or was not seen: it becomes zeros and trains nothing.
///
/// Tables start as normals of deviation 1 / sqrt(dim), so that an embedded code is expected to weigh
/// in with a squared length of 1, as a standardised number does. Their gradients are dense: zeroed
/// and added up row by row at each step, which for large tables costs more than what is looked up.
/// The gradient with respect to a code is 0. Takes flat samples.
class EmbeddingLayer final : public Layer {
 public:
  /// Throws ConfigError when there are no columns, not as many sizes, or a column comes twice.
  explicit EmbeddingLayer(const EmbeddingOptions& options);

  Shape output(std::span<const Shape> srcs) const override;
  std::vector<Tensor> tensors(const Shape& src) const override;
  void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  std::vector<std::int32_t> columns_, sizes_;
  std::int32_t dim_;
};

}  // namespace jury
