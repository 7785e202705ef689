// A network spec as bytes and back.
#include <cmath>

#include "models/nn/network.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::uint32_t kNetworkVersion = 2;

// What an option of a layer may be; the numbers are part of the format.
enum class Kind : std::uint8_t { boolean = 1, whole = 2, real = 3, text = 4, list = 5 };

void write(ByteWriter& writer, const Config& value) {
  if (const auto* boolean = value.as<bool>()) {
    writer.add(Kind::boolean).add(static_cast<std::uint8_t>(*boolean));
  } else if (const auto* whole = value.as<std::int64_t>()) {
    writer.add(Kind::whole).add(*whole);
  } else if (const auto* real = value.as<double>()) {
    writer.add(Kind::real).add(*real);
  } else if (const auto* text = value.as<std::string>()) {
    writer.add(Kind::text).add(std::string_view(*text));
  } else {
    const auto* list = value.as<Config::List>();
    JURY_EXPECTS(list != nullptr);
    writer.add(Kind::list).add(std::uint64_t{list->size()});
    for (const Config& item : *list) write(writer, item);
  }
}

enum class Place : std::uint8_t { option, item };  ///< lists hold no lists, so depth is bounded

Config read(ByteReader& reader, Place place) {
  switch (reader.read<Kind>()) {
    case Kind::boolean:
      return Config(reader.read<std::uint8_t>() != 0);
    case Kind::whole:
      return Config(reader.read<std::int64_t>());
    case Kind::real:
      return Config(reader.read<double>());
    case Kind::text:
      return Config(reader.text());
    case Kind::list: {
      if (place == Place::item) break;
      Config::List list;
      for (auto count = reader.read<std::uint64_t>(); count > 0; --count) list.push_back(read(reader, Place::item));
      return Config(std::move(list));
    }
  }
  throw DataError("network has an option of an unknown kind (damaged or of another version)");
}

}  // namespace

Bytes to_bytes(const NetworkSpec& spec) {
  ByteWriter writer;
  writer.add(kNetworkVersion)
      .add(spec.task)
      .add(spec.input)
      .add(spec.outputs)
      .add(spec.head)
      .add(spec.input_order)
      .add(std::string_view(spec.architecture));
  writer.add(std::uint64_t{spec.layers.size()});
  for (const LayerSpec& layer : spec.layers) {
    const auto& options = *layer.options.as<Config::Table>();
    writer.add(std::string_view(layer.type)).add(std::string_view(layer.name)).add(layer.inputs).add(layer.lr_factor);
    writer.add(std::uint64_t{options.size()});
    for (const auto& [key, value] : options) {
      writer.add(std::string_view(key));
      write(writer, value);
    }
  }
  return writer.take();
}

NetworkSpec network_from_bytes(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  if (reader.read<std::uint32_t>() != kNetworkVersion)
    throw DataError("network is of another version (written by another version of jury)");
  NetworkSpec spec;
  spec.task = reader.read<TaskKind>();
  spec.input = reader.vector<std::int32_t>();
  spec.outputs = reader.read<std::int32_t>();
  spec.head = reader.read<Head>();
  spec.input_order = reader.read<InputOrder>();
  spec.architecture = reader.text();
  for (auto layers = reader.read<std::uint64_t>(); layers > 0; --layers) {
    LayerSpec layer{.type = reader.text()};
    layer.name = reader.text();
    layer.inputs = reader.vector<std::int32_t>();
    layer.lr_factor = reader.read<double>();
    for (auto options = reader.read<std::uint64_t>(); options > 0; --options) {
      const std::string key = reader.text();
      layer.options.set(key, read(reader, Place::option));
    }
    spec.layers.push_back(std::move(layer));
  }
  const bool sound_head = spec.head <= Head::exponential && spec.input_order <= InputOrder::channels_first;
  const bool sound_task = spec.task == TaskKind::classification || spec.task == TaskKind::regression;
  bool sound = spec.outputs > 0;
  for (const std::int32_t extent : spec.input) sound = sound && extent > 0;
  for (const LayerSpec& layer : spec.layers) sound = sound && layer.lr_factor >= 0 && std::isfinite(layer.lr_factor);
  if (!reader.empty() || !sound_task || !sound_head || !sound)
    throw DataError("bytes are no network (damaged or of another version)");
  return spec;
}

}  // namespace jury
