// A generated dataset as the columns of a file.
#include <charconv>

#include "models/data/generators.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// The double nearest to the shortest decimal that is this float: it prints short, and rounds to the same float.
double shortest(float x) noexcept {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, x);
  double value = 0;
  std::from_chars(text, written.ptr, value);
  return value;
}

RawColumn column_of(std::string name, std::span<const double> values, std::size_t first, std::size_t stride) {
  RawColumn column{.name = std::move(name)};
  for (std::size_t i = first; i < values.size(); i += stride) column.numbers.push_back(values[i]);
  return column;
}

}  // namespace

RawTable table_of(const Dataset& dataset, Answers answers) {
  JURY_EXPECTS(dataset.num_categorical() == 0 && dataset.storage() == Storage::f32);
  RawTable table{.source = "generated data", .num_rows = dataset.rows(), .named = true};
  const std::size_t width = dataset.num_numeric();
  for (std::size_t j = 0; j < width; ++j) {
    RawColumn& column = table.columns.emplace_back(RawColumn{.name = dataset.schema().features[j].name});
    for (std::size_t row = 0; row < dataset.rows(); ++row)
      column.numbers.push_back(shortest(dataset.numeric()[row * width + j]));
  }
  if (answers == Answers::kept) {
    for (std::size_t c = 0; c < dataset.num_classes(); ++c)
      table.columns.push_back(
          column_of("p" + dataset.schema().classes[c], dataset.posterior(), c, dataset.num_classes()));
    if (!dataset.truth().empty()) table.columns.push_back(column_of("truth", dataset.truth(), 0, 1));
  }
  RawColumn& target = table.columns.emplace_back(RawColumn{.name = "y"});
  target.numbers.assign(dataset.targets().begin(), dataset.targets().end());
  for (const std::int32_t label : dataset.labels())
    target.numbers.push_back(label + 1);  // classes are called 1, 2, ...
  table.targets = {"y"};
  return table;
}

}  // namespace jury
