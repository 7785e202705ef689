#include "models/nn/blocks.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "models/nn/activation.hpp"
#include "models/nn/block_options.hpp"
#include "models/nn/spec_builder.hpp"

namespace jury {
namespace {

template <class Options>
Options read(const Config& config) {
  Options options;
  Problems problems;
  read_options(config, options, "", problems);
  problems.throw_if_any();
  return options;
}

Config table(Config::Table entries) { return Config(std::move(entries)); }
// Layers one after the other.
class Chain {
 public:
  Chain(SpecBuilder& builder, std::int32_t src) : builder_(builder), place_(src) {}

  std::int32_t place() const noexcept { return place_; }
  std::int32_t channels() const { return builder_.shape(place_).front(); }

  Chain& add(std::string_view type, Config::Table options) {
    place_ = builder_.add(type, table(std::move(options)), {place_});
    return *this;
  }
  struct Window {
    std::int32_t kernel = 3, stride = 1;
  };
  /// Before a normalisation, which has the bias.
  Chain& conv(std::int32_t channels, Window window, const std::string& init = "kaiming") {
    return add("conv", {{"channels", option_of(channels)},
                        {"kernel", option_of(window.kernel)},
                        {"stride", option_of(window.stride)},
                        {"init", Config(init)},
                        {"bias", Config(false)}});
  }
  Chain& normalize(const std::string& activation = "identity") {
    const bool fused = activation == "relu" || activation == "identity";
    add("batch_norm", {{"activation", Config(fused ? activation : std::string("identity"))}});
    return fused ? *this : activate(activation);
  }
  Chain& activate(const std::string& activation) { return add("activation", {{"kind", Config(activation)}}); }
  Chain& join(std::string_view how, std::vector<std::int32_t> with) {
    with.insert(with.begin(), place_);
    place_ = builder_.add(how, Config(), std::move(with));
    return *this;
  }

 private:
  SpecBuilder& builder_;
  std::int32_t place_;
};

std::int32_t conv_block(SpecBuilder& builder, const Config& config, std::int32_t src) {
  const auto o = read<ConvBlockOptions>(config);
  Chain chain(builder, src);
  Config::Table conv{{"channels", option_of(o.channels)},
                     {"kernel", o.kernel},
                     {"stride", o.stride},
                     {"padding", o.padding},
                     {"init", Config(o.init)},
                     {"init_range", Config(o.init_range)}};
  if (o.batch_norm) {
    conv.emplace_back("bias", Config(false));
    chain.add("conv", conv).normalize(o.activation);
  } else {
    conv.emplace_back("activation", Config(o.activation));
    chain.add("conv", conv);
  }
  if (o.pool > 1) chain.add("max_pool", {{"size", option_of(o.pool)}});
  if (o.dropout2d > 0) chain.add("dropout2d", {{"rate", Config(o.dropout2d)}});
  return chain.place();
}

// The input as the sum wants it: itself, or a projection.
std::int32_t shortcut(SpecBuilder& builder, std::int32_t src, const ResidualOptions& o, const std::string& norm) {
  if (builder.shape(src).front() == o.channels && o.stride == 1) return src;
  Chain chain(builder, src);
  chain.conv(o.channels, {1, o.stride});
  if (!norm.empty()) chain.normalize(norm);
  return chain.place();
}

std::int32_t residual(SpecBuilder& builder, const Config& config, std::int32_t src) {
  const auto o = read<ResidualOptions>(config);
  const std::int32_t middle = o.bottleneck ? std::max(o.channels / 4, 1) : o.channels;
  Chain chain(builder, src);
  if (o.preactivation) {
    chain.normalize(o.activation);
    const std::int32_t active = chain.place();
    const bool same = builder.shape(src).front() == o.channels && o.stride == 1;
    const std::int32_t side = same ? src : shortcut(builder, active, o, "");
    if (o.bottleneck) chain.conv(middle, {1, 1}).normalize(o.activation);
    chain.conv(middle, {o.kernel, o.stride}).normalize(o.activation);
    chain.conv(o.channels, {o.bottleneck ? 1 : o.kernel, 1});
    return chain.join("add", {side}).place();
  }
  if (o.bottleneck) chain.conv(middle, {1, 1}).normalize(o.activation);
  chain.conv(middle, {o.kernel, o.stride}).normalize(o.activation);
  chain.conv(o.channels, {o.bottleneck ? 1 : o.kernel, 1}).normalize();
  const std::int32_t side = shortcut(builder, src, o, "identity");
  return chain.join("add", {side}).activate(o.activation).place();
}

std::int32_t inception(SpecBuilder& builder, const Config& config, std::int32_t src) {
  const auto o = read<InceptionOptions>(config);
  if (o.conv3.size() != 2 || o.conv5.size() != 2)
    throw ConfigError("conv3 and conv5 of an inception block need two widths each, [reduced, out]");
  const auto two = [&](const std::vector<std::int32_t>& widths, std::int32_t kernel) {
    return Chain(builder, src)
        .conv(widths[0], {1, 1})
        .normalize(o.activation)
        .conv(widths[1], {kernel, 1})
        .normalize(o.activation)
        .place();
  };
  Chain first(builder, src);
  first.conv(o.conv1, {1, 1}).normalize(o.activation);
  const std::int32_t three = two(o.conv3, 3), five = two(o.conv5, 5);
  Chain pooled(builder, src);
  pooled.add("max_pool", {{"size", option_of(3)}, {"stride", option_of(1)}, {"padding", option_of(1)}});
  pooled.conv(o.pool, {1, 1}).normalize(o.activation);
  return first.join("concat", {three, five, pooled.place()}).place();
}

std::int32_t dense_block(SpecBuilder& builder, const Config& config, std::int32_t src) {
  const auto o = read<DenseBlockOptions>(config);
  std::int32_t all = src;
  for (std::int32_t i = 0; i < o.layers; ++i) {
    Chain chain(builder, all);
    chain.normalize(o.activation);
    if (o.bottleneck) chain.conv(4 * o.growth, {1, 1}).normalize(o.activation);
    chain.conv(o.growth, {3, 1});
    if (o.dropout > 0) chain.add("dropout", {{"rate", Config(o.dropout)}});
    all = builder.add("concat", Config(), {all, chain.place()});
  }
  return all;
}

std::int32_t transition(SpecBuilder& builder, const Config& config, std::int32_t src) {
  const auto o = read<TransitionOptions>(config);
  Chain chain(builder, src);
  const auto channels = std::max(1, static_cast<std::int32_t>(o.compression * chain.channels()));
  return chain.normalize(o.activation).conv(channels, {1, 1}).add("average_pool", {{"size", option_of(2)}}).place();
}

std::int32_t squeeze_excite(SpecBuilder& builder, const Config& config, std::int32_t src) {
  const auto o = read<SqueezeExciteOptions>(config);
  Chain chain(builder, src);
  const std::int32_t channels = chain.channels();
  chain.add("global_pool", {})
      .add("dense", {{"units", option_of(std::max(channels / o.ratio, 1))}, {"activation", Config("relu")}})
      .add("dense", {{"units", option_of(channels)}, {"activation", Config("sigmoid")}});
  return builder.add("scale", Config(), {src, chain.place()});
}

std::int32_t branches(SpecBuilder& builder, const Config& config, std::int32_t src) {
  const auto o = read<BranchesOptions>(config);
  const auto* lists = o.branches.as<Config::List>();
  if (lists == nullptr || lists->size() < 2)
    throw ConfigError("branches needs two lists of layers or more, branches = [[...], [...]]");
  std::vector<std::int32_t> ends;
  for (const Config& list : *lists) ends.push_back(builder.add_list(list, src));
  return builder.add(o.join, Config(), ends);
}

}  // namespace

std::span<const Entry<AddBlock>> blocks() noexcept {
  static constexpr Entry<AddBlock> all[] = {
      {"conv_block", "convolution, normalisation, activation, pooling, dropout", conv_block},
      {"residual", "convolutions added to their input", residual},
      {"inception", "convolutions of several sizes side by side", inception},
      {"dense_block", "layers that each read all before them", dense_block},
      {"transition", "fewer channels and half the sides", transition},
      {"squeeze_excite", "channels scaled by a net of their means", squeeze_excite},
      {"branches", "lists of layers side by side", branches},
  };
  return all;
}

}  // namespace jury
