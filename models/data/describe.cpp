#include "models/data/describe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/data/assemble.hpp"
#include "models/data/row_statistics.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

// The statistics of one column's numbers, NaN = missing. Sorts them.
ColumnDescription describe_numbers(std::string name, std::string kind, std::vector<double>& numbers) {
  const std::size_t rows = numbers.size();
  std::erase_if(numbers, [](double number) { return std::isnan(number); });
  std::sort(numbers.begin(), numbers.end());
  ColumnDescription column{.name = std::move(name),
                           .kind = std::move(kind),
                           .missing = rows - numbers.size(),
                           .distinct = 0,
                           .min = 0,
                           .max = 0,
                           .mean = 0};
  Moments moments;
  for (const double number : numbers) moments.merge({1, number, 0});
  column.distinct = static_cast<std::size_t>(std::unique(numbers.begin(), numbers.end()) - numbers.begin());
  const double none = std::numeric_limits<double>::quiet_NaN();
  column.min = column.distinct > 0 ? numbers.front() : none;
  column.max = column.distinct > 0 ? numbers[column.distinct - 1] : none;
  column.mean = column.distinct > 0 ? moments.mean : none;
  return column;
}

ColumnDescription describe_names(std::string name, std::string kind, std::size_t missing, std::size_t distinct) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  return {.name = std::move(name),
          .kind = std::move(kind),
          .missing = missing,
          .distinct = distinct,
          .min = none,
          .max = none,
          .mean = none};
}

ColumnDescription describe_column(const RawColumn& column, std::string kind) {
  if (column.kind == FeatureKind::numeric) {
    std::vector<double> numbers = column.numbers;
    return describe_numbers(column.name, std::move(kind), numbers);
  }
  const auto missing = static_cast<std::size_t>(std::ranges::count(column.codes, kMissingCode));
  return describe_names(column.name, std::move(kind), missing, column.vocabulary.size());
}

// Classes are no numbers, whatever they are called.
ColumnDescription describe_classes(const DataSchema& schema) {
  return describe_names(schema.targets.empty() ? "class" : schema.targets[0], "target", 0, schema.classes.size());
}

double number_at(const Dataset& dataset, std::size_t row, std::size_t column) {
  const std::size_t place = row * dataset.num_numeric() + column;
  return dataset.storage() == Storage::u8 ? static_cast<double>(dataset.bytes()[place])
                                          : static_cast<double>(dataset.numeric()[place]);
}

// The bytes of a row's numbers and codes.
struct RowBytes {
  std::span<const std::byte> numbers, codes;
  bool operator==(const RowBytes& other) const noexcept {
    return std::equal(numbers.begin(), numbers.end(), other.numbers.begin()) &&
           std::equal(codes.begin(), codes.end(), other.codes.begin());
  }
};

RowBytes row_bytes(const Dataset& dataset, std::size_t row) {
  const std::size_t width = dataset.num_numeric();
  return {dataset.storage() == Storage::u8 ? std::as_bytes(dataset.bytes().subspan(row * width, width))
                                           : std::as_bytes(dataset.numeric().subspan(row * width, width)),
          std::as_bytes(dataset.codes().subspan(row * dataset.num_categorical(), dataset.num_categorical()))};
}

}  // namespace

std::vector<std::uint32_t> first_copies(const Dataset& dataset) {
  std::vector<std::uint64_t> hashes(dataset.rows());
  for (std::size_t row = 0; row < hashes.size(); ++row) {
    const RowBytes bytes = row_bytes(dataset, row);
    hashes[row] = hash_bytes(bytes.numbers) ^ (hash_bytes(bytes.codes) * 0x9e3779b97f4a7c15U);
  }
  std::vector<std::uint32_t> order(dataset.rows()), first(dataset.rows());
  std::iota(order.begin(), order.end(), 0U);
  std::iota(first.begin(), first.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return hashes[a] < hashes[b]; });
  std::vector<std::uint32_t> different;  // rows of the current hash that are first ones
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || hashes[order[i]] != hashes[order[i - 1]]) different.clear();
    const auto same = std::find_if(different.begin(), different.end(), [&](std::uint32_t row) {
      return row_bytes(dataset, row) == row_bytes(dataset, order[i]);
    });
    if (same == different.end()) {
      different.push_back(order[i]);
    } else {
      first[order[i]] = *same;
    }
  }
  return first;
}

std::vector<ColumnDescription> describe_left_out(const RawTable& table, const Roles& roles) {
  std::vector<std::string> kinds(table.columns.size(), "ignored");
  for (const std::size_t j : roles.targets) kinds[j].clear();
  for (const std::size_t j : roles.features) kinds[j] = is_constant(table.columns[j]) ? "constant" : "";
  if (roles.weight) kinds[*roles.weight] = "weight";
  if (roles.group) kinds[*roles.group] = "group";
  if (roles.time) kinds[*roles.time] = "time";
  std::vector<ColumnDescription> left_out;
  for (std::size_t j = 0; j < kinds.size(); ++j)
    if (!kinds[j].empty()) left_out.push_back(describe_column(table.columns[j], kinds[j]));
  return left_out;
}

DataDescription describe(const Dataset& dataset, const std::vector<ColumnDescription>& left_out) {
  DataDescription about{.num_train = dataset.num_train(),
                        .num_test = dataset.num_test(),
                        .task = name(dataset.task()),
                        .shape = dataset.schema().shape,
                        .columns = {},
                        .classes = {},
                        .num_duplicates = 0,
                        .constant_columns = dataset.schema().dropped,
                        .warnings = dataset.schema().warnings,
                        .data_hash = dataset.hash(),
                        .size_bytes = dataset.block().size()};
  std::vector<double> numbers(dataset.rows());
  for (const Feature& feature : dataset.schema().features) {
    if (feature.kind == FeatureKind::categorical) {
      about.columns.push_back(describe_names(feature.name, "categorical", static_cast<std::size_t>(feature.num_missing),
                                             feature.vocabulary.size()));
      continue;
    }
    numbers.resize(dataset.rows());
    for (std::size_t row = 0; row < numbers.size(); ++row) numbers[row] = number_at(dataset, row, feature.index);
    about.columns.push_back(describe_numbers(feature.name, "numeric", numbers));
  }
  for (std::size_t k = 0; k < dataset.num_targets() && !dataset.targets().empty(); ++k) {
    numbers.resize(dataset.rows());
    for (std::size_t row = 0; row < numbers.size(); ++row)
      numbers[row] = dataset.targets()[row * dataset.num_targets() + k];
    about.columns.push_back(describe_numbers(dataset.schema().targets[k], "target", numbers));
  }
  if (dataset.task() == TaskKind::classification) about.columns.push_back(describe_classes(dataset.schema()));
  for (const ColumnDescription& column : left_out)
    if (column.kind != "constant" ||
        std::ranges::find(about.constant_columns, column.name) != about.constant_columns.end())
      about.columns.push_back(column);
  for (const std::string& label : dataset.schema().classes) about.classes.push_back({.name = label});
  for (std::size_t row = 0; row < dataset.labels().size(); ++row) {
    ClassDescription& label = about.classes[static_cast<std::size_t>(dataset.labels()[row])];
    ++(row < dataset.num_train() ? label.train : label.test);
  }
  const auto first = first_copies(dataset);
  for (std::uint32_t row = 0; row < first.size(); ++row) about.num_duplicates += first[row] != row ? 1U : 0U;
  return about;
}

}  // namespace jury
