#include "search/split/sample_units.hpp"

#include <algorithm>

namespace jury {

SampleUnits::SampleUnits(const SplitInput& input) : num_samples_(input.n), num_units_(input.n) {
  if (input.groups.empty()) return;
  std::vector<std::int32_t> numbers(input.groups.begin(), input.groups.end());
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  num_units_ = numbers.size();
  unit_of_.reserve(num_samples_);
  for (const std::int32_t group : input.groups)
    unit_of_.push_back(static_cast<std::uint32_t>(std::ranges::lower_bound(numbers, group) - numbers.begin()));
}

std::vector<std::size_t> SampleUnits::sizes() const {
  std::vector<std::size_t> sizes(num_units_);
  for (std::size_t i = 0; i < num_samples_; ++i) ++sizes[(*this)[i]];
  return sizes;
}

Split SampleUnits::split(const std::vector<std::uint32_t>& tested) const {
  std::vector<char> is_tested(num_units_);
  for (const std::uint32_t unit : tested) is_tested[unit] = 1;
  Split split;
  for (std::size_t i = 0; i < num_samples_; ++i)
    (is_tested[(*this)[i]] != 0 ? split.test : split.train).push_back(static_cast<SampleIndex>(i));
  return split;
}

}  // namespace jury
