#include "models/data/load.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "models/data/assemble.hpp"
#include "models/data/file_bytes.hpp"
#include "models/data/generators.hpp"
#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// Rows of the files in the order of the dataset; the last num_test are the test set.
struct RowOrder {
  std::vector<std::uint32_t> rows;
  std::size_t num_test = 0;
};

RowOrder all_rows(std::size_t count, std::size_t num_test) {
  RowOrder order{std::vector<std::uint32_t>(count), num_test};
  std::iota(order.rows.begin(), order.rows.end(), 0U);
  return order;
}

// Moves the marked rows behind the others; both keep their order.
RowOrder test_rows_last(const std::vector<char>& is_test) {
  RowOrder order = all_rows(is_test.size(), 0);
  const auto middle =
      std::stable_partition(order.rows.begin(), order.rows.end(), [&](std::uint32_t row) { return is_test[row] == 0; });
  order.num_test = static_cast<std::size_t>(order.rows.end() - middle);
  return order;
}

// Round(fraction x n) rows, of each class its share: whole parts first, then the largest remainders
// (the lower class of equals). A class keeps at least one training row.
RowOrder draw_test_rows(const Assembly& assembly, double fraction, std::uint64_t seed) {
  const std::size_t rows = assembly.table().num_rows;
  std::vector<std::vector<std::uint32_t>> classes(1);
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::size_t label = assembly.task() == TaskKind::classification ? assembly.labels()[row] : 0;
    classes.resize(std::max(classes.size(), label + 1));
    classes[label].push_back(row);
  }
  std::vector<std::size_t> counts;
  std::vector<std::pair<double, std::size_t>> remainders;
  std::size_t assigned = 0;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const double share = fraction * static_cast<double>(classes[c].size());
    counts.push_back(static_cast<std::size_t>(share));
    remainders.emplace_back(static_cast<double>(counts[c]) - share, c);
    assigned += counts[c];
  }
  std::sort(remainders.begin(), remainders.end());
  const auto wanted = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(rows)));
  for (const auto& [remainder, c] : remainders) {
    if (assigned >= wanted || counts[c] + 1 >= classes[c].size()) continue;
    ++counts[c];
    ++assigned;
  }
  std::vector<char> is_test(rows, 0);
  Rng rng(stream_key(seed, Purpose::test_split, {}));
  for (std::size_t c = 0; c < classes.size(); ++c) {
    shuffle(std::span(classes[c]), rng);
    for (std::size_t i = 0; i < counts[c]; ++i) is_test[classes[c][i]] = 1;
  }
  if (assigned == 0)
    throw ConfigError("data.test_fraction leaves no test row (the file has " + counted(rows, "row") + ")");
  return test_rows_last(is_test);
}

// "first:end" as in Python: either may be missing, negative ones count from the end.
RowOrder slice_test_rows(const std::string& slice, std::size_t rows) {
  const auto fail = [&](const std::string& why) -> void {
    throw ConfigError("data.test_slice = \"" + slice + "\" " + why + " (write \"first:end\", counted from 0)");
  };
  const auto parts = split_text(slice, ':');
  if (parts.size() != 2) fail("is no slice");
  const auto bound = [&](std::string_view text, double absent) {
    if (trimmed(text).empty()) return absent;
    const auto number = parse_number(trimmed(text));
    if (!number || *number != std::floor(*number)) fail("is no slice");
    return *number < 0 ? *number + static_cast<double>(rows) : *number;
  };
  const double first = bound(parts[0], 0), end = bound(parts[1], static_cast<double>(rows));
  if (!(0 <= first && first < end && end <= static_cast<double>(rows)))
    fail("holds no row, or some beyond the " + counted(rows, "row") + " of the file");
  std::vector<char> is_test(rows, 0);
  for (auto row = static_cast<std::size_t>(first); row < static_cast<std::size_t>(end); ++row) is_test[row] = 1;
  return test_rows_last(is_test);
}

ReadRequest request_for(const DataOptions& options, const std::string& file, const LoadOptions& load,
                        std::uint64_t limit) {
  ReadRequest request;
  request.path = load.base.empty() ? std::filesystem::path(file) : load.base / file;
  request.memory_limit_bytes = limit;
  request.missing = options.missing;
  request.names = named_columns(options);
  if (!load.splits.column.empty()) request.names.push_back(load.splits.column);
  if (options.header.is("true")) request.header = Header::present;
  if (options.header.is("false")) request.header = Header::absent;
  for (const std::string& name : options.ignore) request.kinds.emplace_back(name, FeatureKind::categorical);
  for (const std::string& name : options.categorical) request.kinds.emplace_back(name, FeatureKind::categorical);
  if (!options.weight.empty()) request.kinds.emplace_back(options.weight, FeatureKind::numeric);
  if (options.task == "auto") return request;
  for (const std::string& name : options.target.items())
    request.kinds.emplace_back(name, options.task == "regression" ? FeatureKind::numeric : FeatureKind::categorical);
  return request;
}

ReadRequest test_request(const DataOptions& options, const Assembly& assembly, const LoadOptions& load,
                         std::uint64_t limit) {
  ReadRequest request = request_for(options, options.test, load, limit);
  request.kinds = assembly.kinds();
  request.num_columns = assembly.table().columns.size() - assembly.table().targets.size();
  for (const RawColumn& column : assembly.table().columns) request.names.push_back(column.name);
  if (request.header == Header::detect && !assembly.table().named) request.header = Header::absent;
  return request;
}

// Why some rows of the training file are no training rows; empty when all are.
std::string keeps_test_rows(const DataOptions& options, std::size_t own_test) {
  if (options.test_fraction > 0) return "data.test_fraction keeps some of them for testing";
  if (!options.test_slice.empty()) return "data.test_slice keeps some of them for testing";
  return own_test > 0 ? "the file's own test part is among them" : "";
}

void check_sources(const DataOptions& options, const SplitSource& splits) {
  if (!options.generator.empty() && (!splits.column.empty() || !splits.test_index.empty()))
    throw ConfigError(
        "cv.method = \"predefined\" does not suit data.generator (its rows are drawn anew) name a data file");
  if (options.train.empty() == options.generator.empty())
    throw ConfigError(options.train.empty()
                          ? "data.train is missing (nor is there data.generator) name the file to learn from"
                          : "data.train and data.generator are both given (data come from one of them)");
  const int tests =
      (options.test.empty() ? 0 : 1) + (options.test_fraction > 0 ? 1 : 0) + (options.test_slice.empty() ? 0 : 1);
  if (tests > 1) throw ConfigError("data.test, data.test_fraction and data.test_slice exclude each other (give one)");
  if (!options.generator.empty() && tests > 0)
    throw ConfigError(
        "data.generator draws its test rows itself (data.test, test_fraction and test_slice are for files) set "
        "data.test_rows");
}

}  // namespace

Bytes load_dataset(const DataOptions& options, std::uint64_t seed, const LoadOptions& load) {
  check_sources(options, load.splits);
  if (!options.generator.empty())
    return generate_dataset(options, Rng(stream_key(seed, Purpose::generator_train, {})),
                            Rng(stream_key(seed, Purpose::generator_test, {})),
                            static_cast<std::size_t>(options.test_rows));
  const std::uint64_t limit = load.memory_limit_bytes != 0 ? load.memory_limit_bytes : available_memory();
  RawTable train = read_table(options.format, request_for(options, options.train, load, limit));
  const std::size_t own_test = train.num_test;
  Assembly assembly(std::move(train), options, load.splits.column);
  const std::size_t rows = assembly.table().num_rows;
  const bool asks = !options.test.empty() || options.test_fraction > 0 || !options.test_slice.empty();
  if (own_test > 0 && asks)
    throw ConfigError("data.train has a test part of its own (" + assembly.table().source +
                      ") leave out data.test, test_fraction and test_slice");
  if (!load.splits.test_index.empty()) {
    if (const std::string why = keeps_test_rows(options, own_test); !why.empty())
      throw ConfigError("cv.test_index numbers the rows of data.train (" + why + ") leave one of the two out");
    assembly.set_parts(read_split_files(load.splits, rows, load.base));
  }
  RowOrder order = all_rows(rows, own_test);
  if (options.test_fraction > 0) {
    order = draw_test_rows(assembly, options.test_fraction, seed);
  } else if (!options.test_slice.empty()) {
    order = slice_test_rows(options.test_slice, rows);
  } else if (!options.test.empty()) {
    assembly.append_test(read_table(options.format, test_request(options, assembly, load, limit)));
    order = all_rows(assembly.table().num_rows, assembly.table().num_rows - rows);
  }
  return assembly.finish(order.rows, order.num_test, limit);
}

RawTable read_training_file(const DataOptions& options) {
  ReadRequest request = request_for(options, options.train, {}, available_memory());
  request.labels = Labels::optional;
  if (options.train != "-") return read_table(options.format, request);
  if (options.format == "auto")
    throw ConfigError("the format of standard input must be said (csv, arff, npy, ...) give --format");
  request.path = "standard input";
  return parse_table(options.format, read_stream(stdin, request.path.string(), request.memory_limit_bytes), request);
}

Bytes generate_replicate(const DataOptions& options, std::uint64_t stream) {
  JURY_EXPECTS(!options.generator.empty());
  return generate_dataset(options, Rng(stream), Rng(stream), 0);
}

}  // namespace jury
