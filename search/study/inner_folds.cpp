#include "search/study/inner_folds.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "search/split/splitter.hpp"

namespace jury {
namespace {

// Those of the given rows; empty when there are none at all.
std::vector<std::int32_t> numbers_of(std::span<const std::int32_t> numbers, std::span<const std::uint32_t> rows) {
  std::vector<std::int32_t> some;
  for (const std::uint32_t row : rows)
    if (!numbers.empty()) some.push_back(numbers[row]);
  return some;
}

bool any_rarer_than(std::int32_t folds, std::span<const std::int32_t> labels, std::size_t num_classes) {
  std::vector<std::int32_t> of_class(num_classes);
  for (const std::int32_t label : labels) ++of_class[static_cast<std::size_t>(label)];
  return std::ranges::any_of(of_class, [&](std::int32_t rows) { return rows > 0 && rows < folds; });
}

}  // namespace

std::vector<std::uint32_t> inner_fold_rows(const Dataset& dataset, std::span<const std::uint32_t> distinct,
                                           const InnerFold& fold) {
  const std::vector<std::int32_t> labels = numbers_of(dataset.labels(), distinct),
                                  groups = numbers_of(dataset.group(), distinct);
  const std::size_t num_groups = std::set<std::int32_t>(groups.begin(), groups.end()).size();
  if (std::cmp_less(groups.empty() ? distinct.size() : num_groups, fold.folds))
    throw ConfigError("ensemble.stack.folds = " + std::to_string(fold.folds) + " does not fit " +
                      (groups.empty() ? counted(distinct.size(), "training row") : counted(num_groups, "group")) +
                      " (of " + fold.what + ") use fewer");
  const bool unstratified = groups.empty() && any_rarer_than(fold.folds, labels, dataset.num_classes());
  const auto splitter = make_splitter({.method = unstratified ? "kfold" : "auto", .folds = fold.folds},
                                      {.n = distinct.size(), .labels = labels, .groups = groups}, fold.stream);
  std::vector<std::uint32_t> rows;
  for (const SampleIndex place : splitter->split(0, static_cast<std::size_t>(fold.inner)).test)
    rows.push_back(distinct[place]);
  return rows;
}

}  // namespace jury
