// Where numbers are on a picture. For this layer's own sources only.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tools/report/plots.hpp"

namespace jury::svg {

// Size of a picture, and what axes need of it, in its own units.
inline constexpr double kWidth = 760, kHeight = 320, kLeft = 74, kRight = 16, kTop = 34, kBottom = 48;

// Numbers [low, high] onto [from, to].
struct Scale {
  double low = 0, high = 1, from = 0, to = 1;
  bool logarithmic = false;
  bool whole = false;  // counts: no ticks between whole numbers

  double at(double number) const {
    const auto turned = [&](double x) { return logarithmic ? std::log10(x) : x; };
    return from + (turned(number) - turned(low)) / (turned(high) - turned(low)) * (to - from);
  }
};

// The least and largest finite numbers given to add().
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void add(double number) {
    if (!std::isfinite(number)) return;
    low = std::min(low, number);
    high = std::max(high, number);
  }
  void add(const std::vector<double>& numbers) {
    for (const double number : numbers) add(number);
  }
  bool empty() const { return low > high; }
  // Not empty, and with a little room at both ends.
  Range widened() const {
    if (empty()) return {0, 1};
    const double room = high > low ? 0.04 * (high - low) : std::max(std::abs(high) * 0.1, 1e-9);
    return {low - room, high + room};
  }
};

// Round numbers within a scale, about `count` of them.
std::vector<double> ticks(const Scale& scale, int count);

// A tick with digits enough to tell it from its neighbours.
std::string label_of(double tick, const std::vector<double>& ticks);

// The frame: grid, numbers, names of axes. Categories, where there are any, stand instead of numbers below.
std::string frame(const Scale& x, const Scale& y, const LinePlot& names, const std::vector<std::string>& categories);

// A line of the legend at the top: names with the class of each mark.
std::string legend(const std::vector<std::pair<std::string, std::string>>& entries);

// "<svg ...>" with its title.
std::string opening(std::string_view title);

}  // namespace jury::svg
