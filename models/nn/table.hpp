// A family of interchangeable parts (layers, optimizers, losses, ...), chosen by name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {

/// One line of a family's table: the name users write, what it is, and how to build it or what it
/// does (a function pointer or a plain value).
template <class Make>
struct Entry {
  std::string_view name;
  std::string_view summary;
  Make make;
};

/// Every name of a family, in the order of its table: the `choices` of an option.
template <class Make>
std::vector<std::string_view> names(std::span<const Entry<Make>> table) {
  std::vector<std::string_view> all;
  for (const auto& line : table) all.push_back(line.name);
  return all;
}

/// The named line. Throws ConfigError that names the family and what it knows when there is none.
template <class Make>
const Make& find(std::span<const Entry<Make>> table, std::string_view family, std::string_view name) {
  for (const auto& line : table)
    if (line.name == name) return line.make;
  throw ConfigError("no " + std::string(family) + " is called '" + std::string(name) + "'" +
                    suggestion(name, names(table)));
}

}  // namespace jury
