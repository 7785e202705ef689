// LIBSVM's sparse text. Columns are numbered from 0, as our reader has them.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "models/data/writer.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void write_libsvm(RawTable table, const WriteRequest& request) {
  table = with_pixels_as_columns(std::move(table));
  require_numbers(table, "libsvm");
  require_finite(table, "libsvm");
  for (const RawColumn& column : table.columns) require_no_missing(table, column, "libsvm");
  const auto targets = target_columns(table, request);
  if (targets.size() != 1)
    throw DataError(fmt::format("{}: has {} columns to predict (libsvm has one label a row) name one with --target",
                                table.source, targets.size()));
  std::vector<const RawColumn*> features;
  const RawColumn* query = nullptr;
  for (std::size_t j = 0; j < table.columns.size(); ++j) {
    if (j == targets[0]) continue;
    if (table.columns[j].name == "qid")
      query = &table.columns[j];
    else
      features.push_back(&table.columns[j]);
  }
  std::string text;
  for (std::size_t row = 0; row < table.num_rows; ++row) {
    append_number(text, table.columns[targets[0]].numbers[row]);
    if (query != nullptr) append_number(text += " qid:", query->numbers[row]);
    for (std::size_t j = 0; j < features.size(); ++j) {
      const double value = features[j]->numbers[row];
      // The first row names the first and the last column, so that readers find out how many there are, and from where
      // they count.
      const bool said = row == 0 && (j == 0 || j + 1 == features.size());
      if (value == 0 && !std::signbit(value) && !said) continue;
      fmt::format_to(std::back_inserter(text), " {}:{}", j, value);
    }
    text += '\n';
  }
  save_output(request.path, text);
}

}  // namespace jury
