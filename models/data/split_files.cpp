#include "models/data/split_files.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include "models/data/file_bytes.hpp"
#include "models/data/text_records.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// Packed row numbers grow less than this; a longer file is no list of rows.
constexpr std::uint64_t kLongestFile = std::uint64_t{1} << 32;

// The path of one split: its number for the first "{}".
std::filesystem::path path_of(const std::string& pattern, std::int32_t split, const std::filesystem::path& base) {
  std::string path = pattern;
  if (const std::size_t at = path.find("{}"); at != std::string::npos) path.replace(at, 2, std::to_string(split));
  return base.empty() ? std::filesystem::path(path) : base / path;
}

std::size_t row_of(std::string_view cell, std::size_t rows, const std::string& place) {
  const auto number = parse_number(cell);
  if (!number || *number != std::floor(*number))
    throw DataError(place + ": '" + std::string(cell) + "' is no row number (rows are numbered from 0)");
  if (!(*number >= 0 && *number < static_cast<double>(rows)))
    throw DataError(place + ": names row " + std::string(cell) + " (the training file has rows 0 to " +
                    std::to_string(rows - 1) + ")");
  return static_cast<std::size_t>(*number);
}

// Marks the rows that a file names; how many there are.
std::size_t mark(const std::filesystem::path& path, SplitPart part, std::span<SplitPart> parts) {
  const std::string source = path.string();
  const Bytes bytes = read_unpacked(path, kLongestFile);
  TextRecords records(text_of(reinterpret_cast<const char*>(bytes.data()), bytes.size(), source), TextRecords::kBlanks,
                      source);
  std::size_t count = 0;
  for (std::vector<std::string_view> cells; records.next(cells); count += cells.size()) {
    const std::string place = source + ":" + std::to_string(records.line());
    for (const std::string_view cell : cells) {
      const std::size_t row = row_of(cell, parts.size(), place);
      if (parts[row] == part)
        throw DataError(place + ": names row " + std::to_string(row) + " twice (a split has it once)");
      if (parts[row] != SplitPart::unused)
        throw DataError(place + ": row " + std::to_string(row) +
                        " is trained on and tested in the same split (scores would be too good)");
      parts[row] = part;
    }
  }
  if (count == 0) throw DataError(source + ": names no row (a split needs rows to train on and rows to test)");
  return count;
}

}  // namespace

std::vector<SplitPart> read_split_files(const SplitSource& source, std::size_t rows,
                                        const std::filesystem::path& base) {
  JURY_EXPECTS(!source.test_index.empty());
  std::vector<SplitPart> parts;
  const auto wanted = [&](std::int32_t split) {
    if (source.count > 0) return split < source.count;
    // The first file has to be there: reading it says why it cannot be read.
    return split == 0 || std::filesystem::exists(path_of(source.test_index, split, base));
  };
  for (std::int32_t split = 0; wanted(split); ++split) {
    parts.resize(parts.size() + rows, SplitPart::unused);
    const std::span<SplitPart> own = std::span(parts).last(rows);
    const std::filesystem::path test = path_of(source.test_index, split, base);
    const std::size_t num_test = mark(test, SplitPart::test, own);
    if (!source.train_index.empty()) {
      mark(path_of(source.train_index, split, base), SplitPart::train, own);
    } else if (num_test == rows) {
      throw DataError(test.string() + ": names all " + std::to_string(rows) + " rows (none is left to train on)");
    } else {
      std::ranges::replace(own, SplitPart::unused, SplitPart::train);
    }
  }
  return parts;
}

}  // namespace jury
