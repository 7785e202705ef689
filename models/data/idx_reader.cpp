// Image sets of bytes: IDX (MNIST's format, samples and labels in two files) and CIFAR-10's batches.
#include <cstring>
#include <optional>

#include "models/data/array_view.hpp"
#include "models/data/file_bytes.hpp"
#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// Two zero bytes, type, rank, extents of 4 big-endian bytes, then the numbers, big-endian.
ArrayView parse_idx(std::span<const std::byte> bytes, const std::string& source) {
  ArrayView array;
  array.endian = Endian::big;
  if (bytes.size() < 8 || bytes[0] != std::byte{0} || bytes[1] != std::byte{0})
    throw DataError(source + ": is no IDX file");
  static constexpr struct {
    unsigned code;
    char kind;
    std::size_t item_bytes;
  } types[] = {{0x08, 'u', 1}, {0x09, 'i', 1}, {0x0B, 'i', 2}, {0x0C, 'i', 4}, {0x0D, 'f', 4}, {0x0E, 'f', 8}};
  array.kind = '?';
  for (const auto& type : types) {
    if (type.code != std::to_integer<unsigned>(bytes[2])) continue;
    array.kind = type.kind;
    array.item_bytes = type.item_bytes;
  }
  const auto rank = std::to_integer<std::size_t>(bytes[3]);
  if (rank == 0 || bytes.size() < 4 + 4 * rank) throw DataError(source + ": its IDX header ends early");
  for (std::size_t d = 0; d < rank; ++d) {
    std::uint64_t extent = 0;
    for (std::size_t i = 0; i < 4; ++i) extent = extent << 8 | std::to_integer<std::uint64_t>(bytes[4 + 4 * d + i]);
    array.shape.push_back(extent);
  }
  array.data = bytes.subspan(4 + 4 * rank);
  check_array(array, array.data.size(), source);
  return array;
}

// The labels that are there, packed or not. Nothing where they are not there and need not be.
std::optional<std::filesystem::path> label_path(const std::filesystem::path& images, Labels needed) {
  const auto name = idx_label_name(images);
  if (!name) {
    if (needed == Labels::optional) return std::nullopt;
    throw DataError(images.string() +
                    ": its labels cannot be found (the name must be as in train-images-idx3-ubyte.gz, "
                    "the labels being in train-labels-idx1-ubyte.gz)");
  }
  const std::filesystem::path& labels = *name;
  std::error_code none;
  if (std::filesystem::exists(labels, none)) return labels;
  std::filesystem::path other = labels;
  other = labels.extension() == ".gz" ? other.replace_extension() : other += ".gz";
  if (std::filesystem::exists(other, none)) return other;
  if (needed == Labels::optional) return std::nullopt;
  throw DataError(images.string() + ": its labels are missing (looked for '" + labels.string() + "')");
}

RawColumn label_column(std::size_t rows) {
  RawColumn column{.name = "label"};
  column.numbers.resize(rows);
  return column;
}

}  // namespace

std::optional<std::filesystem::path> idx_label_name(const std::filesystem::path& images) {
  std::string name = images.filename().string();
  const std::size_t at = name.find("images");
  const std::size_t idx = name.find("idx", at);
  if (at == std::string::npos || idx == std::string::npos || idx + 3 >= name.size()) return std::nullopt;
  name[idx + 3] = '1';
  name.replace(at, 6, "labels");
  return images.parent_path() / name;
}

RawTable read_idx(const Bytes& bytes, const ReadRequest& request) {
  RawTable table;
  table.source = request.path.string();
  const ArrayView images = parse_idx(bytes, table.source);
  if (images.shape.size() < 2)
    throw DataError(table.source + ": holds labels, not samples (name the file of the images)");
  request.require_memory(static_cast<double>(images.data.size()));
  const auto path = label_path(request.path, request.labels);
  if (!path) {
    add_samples(table, images);
    return table;
  }
  const Bytes label_bytes = read_unpacked(*path, request.memory_limit_bytes);
  const ArrayView labels = parse_idx(label_bytes, path->string());
  if (labels.shape.size() != 1 || labels.rows() != images.rows())
    throw DataError(path->string() + ": has " + counted(labels.rows(), "label") + " (there are " +
                    counted(images.rows(), "image") + ")");
  add_samples(table, images);
  table.columns.push_back(label_column(table.num_rows));
  for (std::size_t row = 0; row < table.num_rows; ++row) table.columns.back().numbers[row] = labels.at(row, 0);
  table.targets = {"label"};
  table.labelled = true;
  return table;
}

RawTable read_cifar10(const Bytes& bytes, const ReadRequest& request) {
  static constexpr std::size_t kPixels = 3 * 32 * 32;  // a record: one label, then the image by channels
  static constexpr std::size_t kRecord = 1 + kPixels;
  RawTable table;
  table.source = request.path.string();
  if (bytes.size() % kRecord != 0)
    throw DataError(table.source + ": is no CIFAR-10 batch (its " + counted(bytes.size(), "byte") +
                    " are no whole number of records)");
  request.require_memory(static_cast<double>(bytes.size()));
  table.num_rows = bytes.size() / kRecord;
  table.shape = {3, 32, 32};
  table.targets = {"label"};
  table.labelled = true;
  table.columns.push_back(label_column(table.num_rows));
  table.pixels.resize(table.num_rows * kPixels);
  for (std::size_t row = 0; row < table.num_rows; ++row) {
    const auto label = std::to_integer<unsigned>(bytes[row * kRecord]);
    if (label > 9)
      throw DataError(table.place(row) + " has the label " + std::to_string(label) + " (CIFAR-10 has 0 to 9)");
    table.columns.back().numbers[row] = label;
    std::memcpy(table.pixels.data() + row * kPixels, bytes.data() + row * kRecord + 1, kPixels);
  }
  return table;
}

}  // namespace jury
