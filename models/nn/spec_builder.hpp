// A network spec under construction, its shapes known as it grows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/nn/network.hpp"

namespace jury {

/// A whole number as an option of a layer.
inline Config option_of(std::int32_t value) { return Config(std::int64_t{value}); }

/// Adds layers and blocks of layers. A block is a name that stands for several layers: see blocks().
class SpecBuilder {
 public:
  /// `outputs`: what the word "outputs" stands for in units and channels.
  SpecBuilder(NetworkSpec& spec, std::int32_t outputs) : spec_(spec), outputs_(outputs) {}

  /// Adds a layer and returns its place. Throws ConfigError that names it when it does not fit.
  std::int32_t add(std::string_view type, Config options, std::vector<std::int32_t> inputs);
  /// Adds the layers of a list of tables, the first of them reading `src`; returns the last one's place
  /// (`src` for an empty list).
  std::int32_t add_list(const Config& list, std::int32_t src);

  const Shape& shape(std::int32_t place) const {
    return place < 0 ? spec_.input : shapes_[static_cast<std::size_t>(place)];
  }
  /// Whether a layer's width was said to be "outputs".
  bool ends_itself() const noexcept { return ends_itself_; }

 private:
  struct Entry;
  std::int32_t add(LayerSpec layer);
  std::string inherited_name(std::string_view type);
  std::int32_t add_entry(const Config& table, std::int32_t src);
  std::int32_t add_entry(const Entry& entry);
  Entry read_entry(const Config& table, std::int32_t src);
  std::int32_t find_place(const Config& name) const;
  void check_name(const std::string& name, const Config& table) const;

  NetworkSpec& spec_;
  std::int32_t outputs_;
  bool ends_itself_ = false;
  std::vector<Shape> shapes_;
  std::map<std::string, std::int32_t, std::less<>> places_;
  // What the layers being added inherit from the block they belong to.
  std::string prefix_;
  std::int32_t next_in_prefix_ = 0;
  double lr_factor_ = 1;
};

}  // namespace jury
