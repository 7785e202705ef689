#include "models/nn/spec_builder.hpp"

#include <fmt/format.h>

#include <tuple>
#include <utility>

#include "models/nn/blocks.hpp"
#include "models/nn/layer.hpp"
#include "runtime/base/error.hpp"

namespace jury {

/// One table of a list of layers.
struct SpecBuilder::Entry {
  std::string type;
  std::string name;
  std::vector<std::int32_t> inputs;
  double lr_factor = 1;
  Config options;
};

namespace {

ConfigError at(const Config& config, const std::string& text) { return ConfigError(prefix(config.origin()) + text); }

const std::string& text_of(const Config& config, std::string_view key) {
  const auto* text = config.as<std::string>();
  if (text == nullptr) throw at(config, std::string(key) + " = " + to_text(config) + " is no text");
  return *text;
}

double factor_of(const Config& config) {
  const auto* whole = config.as<std::int64_t>();
  const auto* real = config.as<double>();
  const double factor = whole != nullptr ? static_cast<double>(*whole) : real != nullptr ? *real : -1;
  if (!(factor >= 0 && factor <= 1e6))
    throw at(config, "lr_factor = " + to_text(config) + " is wrong (must be a number in [0, 1e6])");
  return factor;
}

bool frozen(const Config& config) {
  const auto* flag = config.as<bool>();
  if (flag == nullptr) throw at(config, "frozen = " + to_text(config) + " is wrong (must be true or false)");
  return *flag;
}

std::vector<std::string_view> known_types() {
  std::vector<std::string_view> all = names(layers());
  for (const auto& line : blocks()) all.push_back(line.name);
  return all;
}

}  // namespace

std::int32_t SpecBuilder::find_place(const Config& name) const {
  const std::string& text = text_of(name, "from");
  if (text == "input") return LayerSpec::kInput;
  const auto found = places_.find(text);
  if (found != places_.end()) return found->second;
  std::vector<std::string_view> known{"input"};
  for (const auto& [key, place] : places_) known.push_back(key);
  throw at(name, "from = '" + text + "' names no layer before this one" + suggestion(text, known));
}

void SpecBuilder::check_name(const std::string& name, const Config& table) const {
  if (name == "input") throw at(table, "'input' is the name of the network's input (choose another name)");
  if (places_.contains(name)) throw at(table, "two layers are called '" + name + "' (names must differ)");
}

SpecBuilder::Entry SpecBuilder::read_entry(const Config& table, std::int32_t src) {
  const auto* entries = table.as<Config::Table>();
  if (entries == nullptr)
    throw at(table, to_text(table) + " is no layer (write it as { type = \"dense\", units = 10 })");
  Entry entry{
      .type = {}, .name = {}, .inputs = {src}, .lr_factor = 1, .options = Config(Config::Table{}, table.origin())};
  for (const auto& [key, value] : *entries) {
    if (key == "type") {
      entry.type = text_of(value, key);
    } else if (key == "name") {
      entry.name = text_of(value, key);
    } else if (key == "from") {
      entry.inputs.clear();
      if (const auto* list = value.as<Config::List>())
        for (const Config& item : *list) entry.inputs.push_back(find_place(item));
      else
        entry.inputs.push_back(find_place(value));
      if (entry.inputs.empty()) throw at(value, "from = [] names no layer (a layer reads one or more)");
    } else if (key == "lr_factor") {
      entry.lr_factor = factor_of(value);
    } else if (key == "frozen") {
      if (frozen(value)) entry.lr_factor = 0;
    } else if ((key == "units" || key == "channels") && value == Config("outputs")) {
      ends_itself_ = true;
      entry.options.set(key, Config(std::int64_t{outputs_}));
    } else {
      entry.options.set(key, value);
    }
  }
  if (entry.type.empty()) throw at(table, "a layer has no type (one of its keys must be type)");
  check_name(entry.name, table);
  return entry;
}

std::int32_t SpecBuilder::add_entry(const Entry& entry) {
  for (const auto& block : blocks()) {
    if (block.name != entry.type) continue;
    if (entry.inputs.size() != 1)
      throw ConfigError("a block needs one input, is given " + std::to_string(entry.inputs.size()));
    const double outer_factor = std::exchange(lr_factor_, lr_factor_ * entry.lr_factor);
    const auto outer = std::pair(prefix_, next_in_prefix_);
    if (!entry.name.empty()) std::tie(prefix_, next_in_prefix_) = std::pair(entry.name, 0);
    const std::int32_t place = block.make(*this, entry.options, entry.inputs.front());
    if (!entry.name.empty()) std::tie(prefix_, next_in_prefix_) = outer;
    lr_factor_ = outer_factor;
    return place;
  }
  return add(LayerSpec{.type = entry.type,
                       .options = entry.options,
                       .inputs = entry.inputs,
                       .name = entry.name.empty() ? inherited_name(entry.type) : entry.name,
                       .lr_factor = lr_factor_ * entry.lr_factor});
}

std::int32_t SpecBuilder::add_entry(const Config& table, std::int32_t src) {
  const Entry entry = read_entry(table, src);
  bool known = false;
  for (const std::string_view type : known_types()) known |= type == entry.type;
  if (!known) throw at(table, "no layer is called '" + entry.type + "'" + suggestion(entry.type, known_types()));
  try {
    const std::int32_t place = add_entry(entry);
    check_name(entry.name, table);  // a layer within the block may have taken it
    if (!entry.name.empty()) places_[entry.name] = place;
    return place;
  } catch (const ConfigError& error) {
    const std::string what = error.what();
    const bool placed = !table.origin().source.empty() && what.starts_with(table.origin().source + ":");
    throw ConfigError(placed ? what : prefix(table.origin()) + what);
  }
}

std::int32_t SpecBuilder::add_list(const Config& list, std::int32_t src) {
  const auto* tables = list.as<Config::List>();
  if (tables == nullptr) throw at(list, "layers = " + to_text(list) + " is no list of layers");
  for (const Config& table : *tables) src = add_entry(table, src);
  return src;
}

std::string SpecBuilder::inherited_name(std::string_view type) {
  return prefix_.empty() ? "" : fmt::format("{}.{}.{}", prefix_, next_in_prefix_++, type);
}

std::int32_t SpecBuilder::add(std::string_view type, Config options, std::vector<std::int32_t> inputs) {
  return add(LayerSpec{.type = std::string(type),
                       .options = std::move(options),
                       .inputs = std::move(inputs),
                       .name = inherited_name(type),
                       .lr_factor = lr_factor_});
}

std::int32_t SpecBuilder::add(LayerSpec layer) {
  const auto place = static_cast<std::int32_t>(spec_.layers.size());
  std::vector<Shape> srcs;
  for (const std::int32_t input : layer.inputs) srcs.push_back(shape(input));
  try {
    shapes_.push_back(make_layer(layer)->output(srcs));
  } catch (const ConfigError& error) {
    // A message about one option begins with where that was written; it stays in front.
    std::string where, what = error.what();
    for (const auto& [key, value] : *layer.options.as<Config::Table>())
      if (what.starts_with(prefix(value.origin()))) where = prefix(value.origin());
    throw ConfigError(fmt::format("{}layer {} ({}): {}", where, place, layer.name.empty() ? layer.type : layer.name,
                                  what.substr(where.size())));
  }
  spec_.layers.push_back(std::move(layer));
  return place;
}

}  // namespace jury
