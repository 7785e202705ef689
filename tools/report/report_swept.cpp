#include "tools/report/report_swept.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "runtime/base/text.hpp"
#include "tools/report/report_settings.hpp"

namespace jury {
namespace {

// Settings of what is trained come first.
std::size_t section_rank(const std::string& path) {
  constexpr std::string_view kFirst[] = {"model.", "train.", "trees.", "ensemble.", "preprocess.", "data."};
  std::size_t rank = 0;
  for (const std::string_view section : kFirst) {
    if (path.starts_with(section)) break;
    ++rank;
  }
  return rank;
}

}  // namespace

std::vector<Swept> swept_settings(std::span<const ReportRun> runs, std::size_t most) {
  std::vector<std::map<std::string, std::string>> flat;
  std::set<std::string> paths;
  for (const ReportRun& run : runs) {
    flat.push_back(flat_settings(run.settings));
    for (const auto& [path, value] : flat.back()) paths.insert(path);
  }
  std::vector<std::string> sorted(paths.begin(), paths.end());
  std::ranges::stable_sort(sorted, {}, section_rank);
  std::vector<Swept> swept;
  for (const std::string& path : sorted) {
    const auto below = paths.lower_bound(path + ".");
    if (below != paths.end() && below->starts_with(path + ".")) continue;  // a section that some runs lack
    Swept one{.path = path, .texts = {}, .numbers = {}};
    for (const auto& settings : flat) one.texts.push_back(settings.contains(path) ? settings.at(path) : "");
    if (std::ranges::all_of(one.texts, [&](const std::string& text) { return text == one.texts.front(); })) continue;
    for (const std::string& text : one.texts)
      if (const auto number = parse_number(text)) one.numbers.push_back(*number);
    if (one.numbers.size() != runs.size()) one.numbers.clear();
    if (swept.size() < most) swept.push_back(std::move(one));
  }
  return swept;
}

std::vector<std::size_t> order_by(const Swept& swept) {
  std::vector<std::size_t> order(swept.texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return swept.numbers.empty() ? natural_less(swept.texts[a], swept.texts[b]) : swept.numbers[a] < swept.numbers[b];
  });
  return order;
}

}  // namespace jury
