// One layer alone, without a network or a loss: what is minimised is the sum of dst times fixed numbers.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/layer.hpp"
#include "models/nn/session.hpp"
#include "naive_layers.hpp"

namespace jury {

/// One line of the table in layers_test.cpp.
struct LayerCase {
  std::string name;
  LayerSpec layer;
  std::vector<Shape> srcs;
  Naive naive = nullptr;
  std::int32_t codes = 0;  ///< above 0: srcs are codes below this plus 1/2, so that a small step changes none
  /// What a training plan computes where the layer does not train: what it does where it trains, or
  /// what it does in inference, having statistics of batches.
  enum class Frozen : std::uint8_t { as_in_training, as_in_inference } frozen = Frozen::as_in_training;
};
inline void PrintTo(const LayerCase& test, std::ostream* out) { *out << test.name; }

/// Compiles a layer as a plan would, between guarded buffers full of NaN: what it must write and does
/// not, what it reads and must not, and what it writes beyond its own all show.
class LayerRig {
 public:
  struct Setting {
    std::size_t rows = 1;
    PlanKind kind = PlanKind::training;
    bool trains = true;
    bool needs_d_src = true;
  };

  /// Sources and parameters are drawn from `seed`; they may be changed before each run().
  LayerRig(const LayerCase& test, const Setting& setting, std::uint64_t seed = 7);

  std::vector<std::vector<float>> srcs;    ///< as plans have them: channels last
  std::vector<std::vector<float>> params;  ///< one per tensor
  std::vector<std::vector<float>> after;   ///< params as the last run left them: buffers may have changed
  std::vector<std::vector<float>> grads;   ///< of the last run
  std::vector<std::vector<float>> d_srcs;  ///< of the last run, where there are any
  std::vector<float> dst;                  ///< of the last run
  std::vector<Tensor> tensors;
  Shape dst_shape;

  void run();
  /// sum of dst times fixed numbers, after a run at what srcs and params are now.
  double objective();
  Values naive() const;

 private:
  static constexpr std::size_t kGuard = kVectorFloats;
  static constexpr float kUnset = std::numeric_limits<float>::quiet_NaN();

  struct Span {
    Buffer buffer;
    std::size_t size = 0;
  };
  Span place(std::size_t size) {
    const Span span{{Region::arena, arena_floats_}, size};
    arena_floats_ += padded_size(size) + kGuard;
    guarded_.push_back(span);
    return span;
  }
  void draw(std::uint64_t seed);
  void put(const Span& span, const std::vector<float>& values);
  std::vector<float> take(const Span& span) const {
    const float* first = step_.at(span.buffer);
    return {first, first + span.size};
  }
  void bind_parameters();
  void take_results();

  const LayerCase& test_;
  Setting setting_;
  std::unique_ptr<Layer> layer_;
  std::size_t arena_floats_ = 0;
  std::vector<Span> guarded_, src_spans_, d_src_spans_;
  Span dst_span_, d_dst_span_;
  std::vector<float> factors_;  ///< d_dst
  AlignedBlock arena_, params_block_, grads_block_;
  std::vector<Op> ops_, binders_;
  Step step_;
};

inline LayerRig::LayerRig(const LayerCase& test, const Setting& setting, std::uint64_t seed)
    : test_(test), setting_(setting), layer_(make_layer(test.layer)) {
  use_threads(1);
  const bool training = setting.kind == PlanKind::training;
  dst_shape = layer_->output(test.srcs);
  tensors = layer_->tensors(test.srcs.front());
  LayerNode node{.kind = setting.kind,
                 .batch = static_cast<std::int32_t>(setting.rows),
                 .src_shape = test.srcs.front(),
                 .dst_shape = dst_shape,
                 .index = 5,
                 .src = {},
                 .dst = {},
                 .d_src = {},
                 .d_dst = {},
                 .params = {},
                 .grads = {},
                 .trains = setting.trains && !tensors.empty(),
                 .src_shapes = test.srcs,
                 .srcs = {},
                 .d_srcs = {}};
  const bool gradient = training && setting.needs_d_src;
  for (const Shape& shape : test.srcs) {
    src_spans_.push_back(place(setting.rows * volume(shape)));
    node.srcs.push_back(src_spans_.back().buffer);
    if (gradient) d_src_spans_.push_back(place(setting.rows * volume(shape)));
    node.d_srcs.push_back(gradient ? std::optional(d_src_spans_.back().buffer) : std::nullopt);
  }
  node.src = node.srcs.front();
  node.d_src = node.d_srcs.front();
  node.runs_backward = training && (node.trains || gradient);
  dst_span_ = place(setting.rows * volume(dst_shape));
  node.dst = dst_span_.buffer;
  if (training) {
    d_dst_span_ = place(setting.rows * volume(dst_shape));
    node.d_dst = d_dst_span_.buffer;
  }
  std::size_t num_params = 0;
  for (Tensor& tensor : tensors) {
    tensor.name = "5." + test.layer.type + "." + tensor.name;
    tensor.offset = num_params;
    node.params.push_back({Region::params, num_params});
    node.grads.push_back({Region::grads, num_params});
    num_params += volume(tensor.shape);
  }
  PlanBuilder builder(setting.kind, Precision::f32, arena_floats_);
  builder.begin_layer();
  layer_->compile(builder, node);
  ops_ = builder.take_ops();
  binders_ = builder.take_binders();
  arena_ = AlignedBlock(builder.arena_floats() + kVectorFloats);
  params_block_ = AlignedBlock(num_params + kGuard);
  grads_block_ = AlignedBlock(num_params + kGuard);
  step_.bases = {arena_.data(), params_block_.data(), grads_block_.data()};
  step_.dropout_key = 0x123456789abcdefU;
  step_.number = 3;
  draw(seed);
}

// Sources are evenly spaced in (-2, 2) and in random order, so that no two of them, nor any and zero,
// are closer than a step of a difference quotient: largest values and kinks at zero stay where they are.
inline void LayerRig::draw(std::uint64_t seed) {
  Rng rng(seed);
  for (const Span& span : src_spans_) {
    JURY_EXPECTS(span.size <= 500);
    std::vector<float>& src = srcs.emplace_back(span.size);
    for (std::size_t i = 0; i < span.size; ++i)
      src[i] = test_.codes > 0 ? 0.5F + static_cast<float>(rng.below(static_cast<std::uint64_t>(test_.codes)))
                               : 4 * (static_cast<float>(i) + 0.25F) / static_cast<float>(span.size) - 2;
    shuffle(std::span(src), rng);
  }
  for (const Tensor& tensor : tensors) {
    std::vector<float>& values = params.emplace_back(volume(tensor.shape));
    layer_->initialise(tensor, values, rng);
    for (float& x : values) {  // so that nothing is tested at zero or one, and variances stay positive
      if (tensor.role == Tensor::Role::bias) x = static_cast<float>(0.3 * rng.normal());
      if (tensor.role == Tensor::Role::buffer) x += static_cast<float>(0.3 * rng.uniform());
    }
  }
  for (std::size_t i = 0; i < dst_span_.size; ++i) factors_.push_back(static_cast<float>(2 * rng.uniform() - 1));
}

inline void LayerRig::put(const Span& span, const std::vector<float>& values) {
  float* first = step_.at(span.buffer);
  std::fill_n(first, padded_size(span.size) + kGuard, kUnset);
  std::copy(values.begin(), values.end(), first);
}

inline void LayerRig::bind_parameters() {
  std::ranges::fill(params_block_.span(), kUnset);
  std::ranges::fill(grads_block_.span(), kUnset);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    std::copy(params[i].begin(), params[i].end(), params_block_.data() + tensors[i].offset);
    if (!setting_.trains || tensors[i].role == Tensor::Role::buffer)
      std::fill_n(grads_block_.data() + tensors[i].offset, params[i].size(), 0.0F);
  }
  for (const Op& binder : binders_) binder(step_);
}

inline void LayerRig::run() {
  bind_parameters();
  for (const Span& span : guarded_) put(span, {});
  for (std::size_t k = 0; k < srcs.size(); ++k) put(src_spans_[k], srcs[k]);
  if (setting_.kind == PlanKind::training) put(d_dst_span_, factors_);
  for (const Op& op : ops_) op(step_);
  take_results();
}

inline void LayerRig::take_results() {
  const auto unset = [](float x) { return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(kUnset); };
  for (const Span& span : guarded_) {
    const float* guard = step_.at(span.buffer) + padded_size(span.size);
    EXPECT_TRUE(std::all_of(guard, guard + kGuard, unset)) << "written past a buffer's end";
  }
  dst = take(dst_span_);
  d_srcs.clear();
  for (const Span& span : d_src_spans_) d_srcs.push_back(take(span));
  grads.clear();
  after.clear();
  std::size_t end = 0;
  for (const Tensor& tensor : tensors) {
    const float* first = grads_block_.data() + tensor.offset;
    end = tensor.offset + volume(tensor.shape);
    grads.emplace_back(first, first + volume(tensor.shape));
    const float* param = params_block_.data() + tensor.offset;
    after.emplace_back(param, param + volume(tensor.shape));
  }
  const auto beyond = [&](const AlignedBlock& block) { return block.span().subspan(end); };
  EXPECT_TRUE(std::ranges::all_of(beyond(grads_block_), unset)) << "written past the gradients' end";
  EXPECT_TRUE(std::ranges::all_of(beyond(params_block_), unset)) << "written past the parameters' end";
}

inline double LayerRig::objective() {
  run();
  double sum = 0;
  for (std::size_t i = 0; i < dst.size(); ++i) sum += static_cast<double>(dst[i]) * static_cast<double>(factors_[i]);
  return sum;
}

inline Values LayerRig::naive() const {
  std::vector<Values> in;
  for (std::size_t k = 0; k < srcs.size(); ++k) {
    const Values shaped(test_.srcs[k], setting_.rows);
    in.push_back(filled(shaped, [&](std::size_t row, std::size_t c, std::size_t p) {
      return static_cast<double>(srcs[k][shaped.index_in_plan(row, c, p)]);
    }));
  }
  std::vector<std::vector<double>> wide;
  for (const auto& tensor : params) wide.emplace_back(tensor.begin(), tensor.end());
  return test_.naive({.options = test_.layer.options,
                      .srcs = in,
                      .params = wide,
                      .kind = setting_.kind,
                      .key = step_.dropout_key,
                      .step = step_.number,
                      .lane = 5});
}

}  // namespace jury
