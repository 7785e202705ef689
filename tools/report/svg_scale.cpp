#include "tools/report/svg_scale.hpp"

#include <fmt/format.h>

#include "tools/report/html.hpp"

namespace jury::svg {

std::vector<double> ticks(const Scale& scale, int count) {
  std::vector<double> found;
  if (scale.logarithmic) {
    for (double power = std::ceil(std::log10(scale.low)); power <= std::floor(std::log10(scale.high)); ++power)
      found.push_back(std::pow(10, power));
    return found;
  }
  const double rough = (scale.high - scale.low) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * power >= rough) step = factor * power;
  if (scale.whole) step = std::max(step, 1.0);
  for (double k = std::ceil(scale.low / step); k * step <= scale.high; ++k) found.push_back(k * step);
  return found;
}

std::string label_of(double tick, const std::vector<double>& ticks) {
  constexpr int kDigits = 4;
  if (ticks.size() < 2) return brief(tick, kDigits);
  const double largest = std::max(std::abs(ticks.front()), std::abs(ticks.back())), step = ticks[1] - ticks[0];
  return brief(tick, std::max(kDigits, static_cast<int>(std::ceil(std::log10(largest / step))) + 1));
}

std::string opening(std::string_view title) {
  return fmt::format("<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"><title>{}</title>",
                     kWidth, kHeight, escape_html(title), escape_html(title));
}

std::string frame(const Scale& x, const Scale& y, const LinePlot& names, const std::vector<std::string>& categories) {
  std::string out;
  const std::vector<double> levels = ticks(y, 5), places = ticks(x, 8);
  for (const double tick : levels) {
    const double at = y.at(tick);
    out += fmt::format(
        "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/><text class=\"tick\" x=\"{}\" "
        "y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
        kLeft, kWidth - kRight, at, at, kLeft - 6, at + 4, label_of(tick, levels));
  }
  constexpr double kLabelWidth = 52;
  const auto fitting = static_cast<std::size_t>((kWidth - kLeft - kRight) / kLabelWidth);
  const std::size_t every = categories.empty() ? 1 : (categories.size() + fitting - 1) / fitting;
  const double width = categories.empty() ? 0 : (x.to - x.from) / static_cast<double>(categories.size());
  for (std::size_t i = 0; i < categories.size(); i += every)
    out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                       x.from + (static_cast<double>(i) + 0.5) * width, kHeight - kBottom + 16,
                       escape_html(cut_text(categories[i], every == 1 ? 30 : 10)));
  if (categories.empty())
    for (const double tick : places)
      out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x.at(tick),
                         kHeight - kBottom + 16, label_of(tick, places));
  out += fmt::format("<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                     (kLeft + kWidth - kRight) / 2, kHeight - 10, escape_html(names.x.name));
  const double middle = (kTop + kHeight - kBottom) / 2;
  return out + fmt::format(
                   "<text class=\"axis\" x=\"14\" y=\"{0}\" text-anchor=\"middle\" transform=\"rotate(-90 14 "
                   "{0})\">{1}</text>",
                   middle, escape_html(names.y.name));
}

std::string legend(const std::vector<std::pair<std::string, std::string>>& entries) {
  constexpr double kLetter = 7;
  std::string out;
  double at = kLeft;
  for (const auto& [name, mark] : entries) {
    const std::string shown = cut_text(name, 28);
    const double next = at + 26 + kLetter * static_cast<double>(shown.size());
    if (next > kWidth) break;  // the table beside it names the rest
    out += fmt::format(
        "<rect class=\"{}\" x=\"{:.0f}\" y=\"10\" width=\"12\" height=\"12\" rx=\"2\"/><text class=\"legend\" "
        "x=\"{:.0f}\" y=\"20\">{}</text>",
        mark, at, at + 17, escape_html(shown));
    at = next;
  }
  return out;
}

}  // namespace jury::svg
