// An option that is one value or a list of values, whatever their type.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/options.hpp"

namespace jury {

/// For options such as `target` (a name, an index, or names) and `with` ("median" or a number): the
/// given texts, whole numbers, numbers or truth values, each as text. Recorded as one text where
/// there is one, else as a list; both read back as the same Texts.
class Texts {
 public:
  Texts() = default;
  Texts(std::initializer_list<std::string> items) : items_(items) {}
  explicit Texts(std::vector<std::string> items) : items_(std::move(items)) {}

  const std::vector<std::string>& items() const noexcept { return items_; }
  bool empty() const noexcept { return items_.empty(); }
  bool is(std::string_view text) const noexcept { return items_.size() == 1 && items_[0] == text; }
  bool operator==(const Texts&) const = default;

  /// Makes this an OptionsStruct, so that the two functions below are what reads and writes it.
  static void fields(auto&, auto&&) {}

 private:
  std::vector<std::string> items_;
};

template <>
void FieldReader::read<Texts>(Texts& value) const;

Config to_config(const Texts& value, Fields which);

}  // namespace jury
