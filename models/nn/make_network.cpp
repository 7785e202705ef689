// From the [model] section to a network spec.
#include <fmt/format.h>

#include <algorithm>

#include "models/nn/layer_rates.hpp"
#include "models/nn/network.hpp"
#include "models/nn/spec_builder.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

using List = Config::List;

// "mlp-64-100-10-relu"; networks of other layers are told apart by a hash of them.
std::string architecture_of(const ModelOptions& options, const NetworkSpec& spec) {
  std::string text = fmt::format("{}-{}", options.type, to_string(spec.input));
  if (options.embedding > 0) text += fmt::format("-embedding{}", options.embedding);
  if (options.type == "mlp")
    for (const std::int32_t units : options.hidden) text += fmt::format("-{}", units);
  text += fmt::format("-{}", spec.outputs);
  if (options.type == "linear") return text;
  if (options.type == "mlp" && !options.batch_norm) {
    if (!options.hidden.empty()) text += "-" + options.activation;
    if (!options.hidden.empty() && options.dropout > 0) text += fmt::format("-dropout{}", options.dropout);
    return text;
  }
  NetworkSpec unnamed = spec;
  unnamed.architecture.clear();
  Hasher hash;
  hash.add(std::span<const std::byte>(to_bytes(unnamed)));
  return text + "-" + hex(hash.digest()).substr(0, 8);
}

// Whether the first layer of a list is one over time.
bool starts_with_recurrent(const Config& layers) {
  const auto* list = layers.as<List>();
  if (list == nullptr || list->empty() || !list->front().is_table()) return false;
  const Config* type = list->front().find("type");
  return type != nullptr && (*type == Config("lstm") || *type == Config("gru"));
}

// The input as the layers see it, channels named first.
void set_input(NetworkSpec& spec, const ModelOptions& options, const Shape& sample) {
  std::string kind = options.input;
  if (kind == "auto") {
    const bool any = options.type == "network" && sample.size() > 1;
    kind = options.type == "cnn" || any ? "image" : "flat";
  }
  if (options.input == "auto" && sample.size() == 2 && starts_with_recurrent(options.layers)) kind = "sequence";
  if (kind == "flat") {
    spec.input = {static_cast<std::int32_t>(volume(sample))};
  } else if (kind == "sequence") {
    if (sample.size() != 2)
      throw ConfigError("a sequence needs data.shape = [time, features], is given " + to_string(sample));
    spec.input = {sample[1], sample[0]};
  } else {
    if (sample.size() < 2 || sample.size() > 4)
      throw ConfigError("an image network needs data.shape = [height, width] or [channels, height, width], is given " +
                        to_string(sample));
    spec.input = sample;
    if (sample.size() == 2) spec.input.insert(spec.input.begin(), 1);
    if (spec.input[0] > 1) spec.input_order = InputOrder::channels_first;
  }
}

class Maker {
 public:
  Maker(const ModelOptions& options, const Outputs& outputs, NetworkSpec& spec)
      : options_(options), builder_(spec, outputs.count), spec_(spec) {}

  void run(const std::vector<Inputs::Code>& codes) {
    std::int32_t last = LayerSpec::kInput;
    if (options_.embedding > 0) last = add_embedding(last, codes);
    if (options_.type == "cnn") last = add_convolutions(last);
    if (options_.type == "network") last = add_layers(last);
    if (options_.type == "mlp" || options_.type == "cnn") last = add_hidden(last);
    if (builder_.ends_itself()) return;
    last = flat(last);
    const std::int32_t head = builder_.add("dense", dense(spec_.outputs, "identity", true), {last});
    if (options_.type != "linear" && options_.type != "mlp") spec_.layers[static_cast<std::size_t>(head)].name = "head";
  }

 private:
  Config dense(std::int32_t units, const std::string& activation, bool bias) const {
    Config::Table table{
        {"units", option_of(units)}, {"activation", Config(activation)}, {"init", Config(options_.init)}};
    if (options_.init == "uniform") table.emplace_back("init_range", Config(options_.init_range));
    if (!bias) table.emplace_back("bias", Config(false));
    return Config(std::move(table));
  }

  std::int32_t add_embedding(std::int32_t last, const std::vector<Inputs::Code>& codes) {
    if (options_.type != "mlp")
      throw ConfigError("model.embedding does not go with model.type = \"" + options_.type + "\" (use \"mlp\")");
    if (codes.empty()) throw ConfigError("model.embedding needs ordinal categoricals (add a preprocess step ordinal)");
    List columns, sizes;
    for (const Inputs::Code& code : codes) {
      columns.push_back(option_of(code.input));
      sizes.push_back(option_of(code.size));
    }
    return builder_.add("embedding",
                        Config(Config::Table{{"columns", Config(std::move(columns))},
                                             {"sizes", Config(std::move(sizes))},
                                             {"dim", option_of(options_.embedding)}}),
                        {last});
  }

  std::int32_t flat(std::int32_t last) {
    return builder_.shape(last).size() == 1 ? last : builder_.add("flatten", Config(), {last});
  }

  std::int32_t add_convolutions(std::int32_t last) {
    if (options_.channels.empty())
      throw ConfigError("model.channels = [] makes no cnn (name the channels of its convolutions)");
    List blocks;
    for (const std::int32_t channels : options_.channels) {
      Config::Table block{{"type", Config("conv_block")},
                          {"channels", option_of(channels)},
                          {"kernel", option_of(options_.kernel)},
                          {"stride", option_of(options_.stride)},
                          {"padding", Config(options_.padding)},
                          {"batch_norm", Config(options_.batch_norm)},
                          {"activation", Config(options_.activation)},
                          {"pool", option_of(options_.pool)},
                          {"dropout2d", Config(options_.dropout2d)},
                          {"init", Config(options_.init)}};
      if (options_.init == "uniform") block.emplace_back("init_range", Config(options_.init_range));
      blocks.emplace_back(std::move(block));
    }
    return builder_.add_list(Config(std::move(blocks)), last);
  }

  std::int32_t add_layers(std::int32_t last) {
    const auto* list = options_.layers.as<List>();
    if (list == nullptr && options_.layers != Config())
      throw ConfigError(prefix(options_.layers.origin()) + "model.layers = " + to_text(options_.layers) +
                        " is no list of layers");
    if (list == nullptr || list->empty())
      throw ConfigError("model.layers is missing (a network needs its layers, [[model.layers]] type = ...)");
    return builder_.add_list(options_.layers, last);
  }

  std::int32_t add_hidden(std::int32_t last) {
    last = flat(last);
    for (const std::int32_t units : options_.hidden) {
      const bool fused = options_.activation == "relu" || options_.activation == "identity";
      last = builder_.add(
          "dense", dense(units, options_.batch_norm ? "identity" : options_.activation, !options_.batch_norm), {last});
      if (options_.batch_norm) {
        last = builder_.add("batch_norm",
                            Config(Config::Table{{"activation", Config(fused ? options_.activation : "identity")}}),
                            {last});
        if (!fused)
          last = builder_.add("activation", Config(Config::Table{{"kind", Config(options_.activation)}}), {last});
      }
      if (options_.dropout > 0)
        last = builder_.add("dropout", Config(Config::Table{{"rate", Config(options_.dropout)}}), {last});
    }
    return last;
  }

  const ModelOptions& options_;
  SpecBuilder builder_;
  NetworkSpec& spec_;
};

}  // namespace

NetworkSpec make_network(const ModelOptions& options, const Inputs& inputs, const Outputs& outputs) {
  for (const std::int32_t extent : inputs.shape)
    if (extent < 1) throw ConfigError("the network has no inputs (every feature was dropped or ignored)");
  if (outputs.count < 1) throw ConfigError("the network has no outputs (the data has no classes or targets)");
  NetworkSpec spec;
  spec.task = outputs.task;
  spec.outputs = outputs.count;
  spec.head = resolve_head(options.output, outputs.loss, outputs.task);
  spec.outputs *= static_cast<std::int32_t>(outputs_per_target(spec.head));
  set_input(spec, options, inputs.shape);
  Maker(options, {outputs.task, spec.outputs, outputs.loss}, spec).run(inputs.codes);
  for (LayerSpec& layer : spec.layers)  // the chain written plainly, so that equal networks have equal specs
    if (layer.inputs == std::vector{static_cast<std::int32_t>(&layer - spec.layers.data()) - 1})
      layer.inputs = {LayerSpec::kPrevious};
  apply_layer_rates(spec, options);
  spec.architecture = architecture_of(options, spec);
  static_cast<void>(Network(spec));
  return spec;
}

}  // namespace jury
