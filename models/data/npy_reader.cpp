// NumPy's arrays: .npy (format 1.0 to 3.0) and .npz (a zip of them, stored or deflated).
#include <zlib.h>

#include <cstring>
#include <initializer_list>
#include <map>
#include <optional>

#include "models/data/array_view.hpp"
#include "models/data/file_bytes.hpp"
#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// The text of a key's value in the header's dictionary, up to `stop`.
std::string_view header_value(std::string_view header, std::string_view key, char stop, const std::string& source) {
  const std::size_t at = header.find("'" + std::string(key) + "':");
  const std::size_t begin = at == std::string_view::npos ? at : at + key.size() + 3;
  const std::size_t end = begin == std::string_view::npos ? begin : header.find(stop, begin);
  if (end == std::string_view::npos) throw DataError(source + ": its NumPy header lacks '" + std::string(key) + "'");
  return trimmed(header.substr(begin, end - begin));
}

std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(bytes[offset + i]) << (8 * i);
  return value;
}

// One member of a zip archive (PKWARE's APPNOTE, 4.3), from its entry in the central directory.
struct Member {
  std::string name;
  std::uint64_t method = 0, crc = 0, packed_bytes = 0, size_bytes = 0, local_offset = 0;
};

class Archive {
 public:
  Archive(std::span<const std::byte> bytes, const ReadRequest& request) : bytes_(bytes), request_(request) {
    static constexpr std::size_t kEndBytes = 22, kEntryBytes = 46, kLongestComment = 65535;
    std::size_t end = bytes.size() < kEndBytes ? 0 : bytes.size() - kEndBytes + 1;
    const std::size_t first =
        bytes.size() > kEndBytes + kLongestComment ? bytes.size() - kEndBytes - kLongestComment : 0;
    while (end > first && number_at(bytes, end - 1, 4) != 0x06054b50) --end;
    if (end <= first) damaged("it has no directory");
    const std::uint64_t count = number_at(bytes, end - 1 + 10, 2);
    std::uint64_t at = number_at(bytes, end - 1 + 16, 4);
    for (std::uint64_t i = 0; i < count; ++i) {
      require(at, kEntryBytes);
      if (number_at(bytes, at, 4) != 0x02014b50) damaged("its directory is damaged");
      const std::uint64_t name_bytes = number_at(bytes, at + 28, 2);
      require(at + kEntryBytes, name_bytes);
      if ((number_at(bytes, at + 8, 2) & 1U) != 0) damaged("it is encrypted");
      members_.push_back(
          {.name = std::string(reinterpret_cast<const char*>(bytes.data()) + at + kEntryBytes, name_bytes),
           .method = number_at(bytes, at + 10, 2),
           .crc = number_at(bytes, at + 16, 4),
           .packed_bytes = number_at(bytes, at + 20, 4),
           .size_bytes = number_at(bytes, at + 24, 4),
           .local_offset = number_at(bytes, at + 42, 4)});
      at += kEntryBytes + name_bytes + number_at(bytes, at + 30, 2) + number_at(bytes, at + 32, 2);
    }
  }

  const std::vector<Member>& members() const noexcept { return members_; }

  Bytes content(const Member& member) const {
    static constexpr std::size_t kLocalBytes = 30;
    const std::string source = request_.path.string() + "(" + member.name + ")";
    if (member.size_bytes == 0xffffffff || member.packed_bytes == 0xffffffff)
      throw DataError(source + ": is larger than 4 GiB (not read from a zip) store it as .npy");
    request_.require_memory(static_cast<double>(member.size_bytes));
    require(member.local_offset, kLocalBytes);
    if (number_at(bytes_, member.local_offset, 4) != 0x04034b50) damaged("a member is not where the directory says");
    const std::uint64_t begin = member.local_offset + kLocalBytes + number_at(bytes_, member.local_offset + 26, 2) +
                                number_at(bytes_, member.local_offset + 28, 2);
    require(begin, member.packed_bytes);
    const auto packed = bytes_.subspan(begin, member.packed_bytes);
    Bytes content;
    if (member.method == 0 && member.packed_bytes == member.size_bytes) {
      content.assign(packed.begin(), packed.end());
    } else if (member.method == 8) {
      content = inflate_raw(packed, source, member.size_bytes);
    } else {
      throw DataError(source + ": is packed in a way that is not read (stored and deflated are)");
    }
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    if (crc != member.crc) throw DataError(source + ": its checksum is wrong");
    return content;
  }

 private:
  [[noreturn]] void damaged(const std::string& why) const {
    throw DataError(request_.path.string() + ": is no sound zip archive (" + why + ")");
  }
  void require(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) damaged("it ends early");
  }

  std::span<const std::byte> bytes_;
  const ReadRequest& request_;
  std::vector<Member> members_;
};

// The unpacked arrays of an archive, by name without .npy.
struct Arrays {
  std::map<std::string, Bytes> contents;
  std::string source;
  std::optional<ArrayView> find(std::initializer_list<const char*> names) const {
    for (const char* name : names)
      if (const auto found = contents.find(name); found != contents.end())
        return parse_npy(found->second, source + "(" + name + ")");
    return std::nullopt;
  }
};

// Rows of `more` behind those of `table`; both are of the same archive.
void append(RawTable& table, RawTable&& more) {
  if (table.columns.size() != more.columns.size() || table.shape != more.shape ||
      table.pixels.empty() != more.pixels.empty())
    throw DataError(table.source + ": its training and test arrays differ in shape");
  table.num_test = more.num_rows;
  table.num_rows += more.num_rows;
  table.pixels.insert(table.pixels.end(), more.pixels.begin(), more.pixels.end());
  for (std::size_t j = 0; j < table.columns.size(); ++j)
    table.columns[j].numbers.insert(table.columns[j].numbers.end(), more.columns[j].numbers.begin(),
                                    more.columns[j].numbers.end());
}

RawTable labelled_samples(const ArrayView& x, const std::optional<ArrayView>& y, const std::string& source) {
  RawTable table;
  table.source = source;
  add_samples(table, x);
  if (y) add_targets(table, *y);
  return table;
}

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> bytes, const std::string& source) {
  if (bytes.size() < 12 || std::memcmp(bytes.data(), "\x93NUMPY", 6) != 0)
    throw DataError(source + ": is no NumPy array");
  const auto version = std::to_integer<unsigned>(bytes[6]);
  if (version < 1 || version > 3) throw DataError(source + ": is of an unknown NumPy format version");
  const std::size_t begin = version == 1 ? 10 : 12;
  const std::uint64_t header_bytes = number_at(bytes, 8, begin - 8);
  if (header_bytes > bytes.size() - begin) throw DataError(source + ": its NumPy header ends early");
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + begin, header_bytes);

  ArrayView array;
  const std::string_view type = header_value(header, "descr", ',', source);
  if (type.size() < 5 || type.front() != '\'' || type.back() != '\'')
    throw DataError(source + ": holds records or objects (only plain numbers are read)");
  array.endian = type[1] == '>' ? Endian::big : Endian::little;
  array.kind = type[2];
  array.item_bytes = static_cast<std::size_t>(parse_number(type.substr(3, type.size() - 4)).value_or(0));
  if (header_value(header, "fortran_order", ',', source) == "True") array.order = ArrayView::Order::fortran;
  std::string_view shape = header_value(header, "shape", ')', source);
  if (shape.starts_with('(')) shape.remove_prefix(1);
  for (const std::string_view part : split_text(shape, ',')) {
    if (trimmed(part).empty()) continue;
    const auto extent = parse_number(trimmed(part));
    if (!extent || !(*extent >= 0) || *extent > 1e15)
      throw DataError(source + ": its NumPy header has the shape (" + std::string(shape) + ")");
    array.shape.push_back(static_cast<std::uint64_t>(*extent));
  }
  return {std::move(array), begin + header_bytes};
}

ArrayView parse_npy(std::span<const std::byte> bytes, const std::string& source) {
  auto [array, header_bytes] = parse_npy_header(bytes, source);
  array.data = bytes.subspan(header_bytes);
  check_array(array, array.data.size(), source);
  return array;
}

RawTable read_npy(const Bytes& bytes, const ReadRequest& request) {
  return table_of_matrix(parse_npy(bytes, request.path.string()), request);
}

RawTable table_of_matrix(const ArrayView& array, const ReadRequest& request) {
  RawTable table;
  table.source = request.path.string();
  if (array.shape.size() != 2)
    throw DataError(
        table.source + ": has " + counted(array.shape.size(), "dimension") +
        " (a matrix with one column per feature and target is read) put samples and targets into an .npz as x and y");
  request.require_memory(static_cast<double>(array.rows()) * static_cast<double>(array.row_size() * sizeof(double)));
  table.rows_before = request.rows_before;
  add_samples(table, array);
  return table;
}

RawTable read_npz(const Bytes& bytes, const ReadRequest& request) {
  const Archive archive(bytes, request);
  Arrays arrays{.contents = {}, .source = request.path.string()};
  for (const Member& member : archive.members())
    if (member.name.ends_with(".npy"))
      arrays.contents[member.name.substr(0, member.name.size() - 4)] = archive.content(member);
  const auto x = arrays.find({"x", "X", "x_train", "X_train", "data", "images", "features"});
  const auto y = arrays.find({"y", "Y", "y_train", "Y_train", "target", "labels", "label", "targets"});
  if (!x || (!y && request.labels == Labels::required))
    throw DataError(arrays.source +
                    ": lacks the array of samples or of targets (looked for x and y, x_train and y_train, "
                    "data and target, images and labels)");
  if (x->shape.size() < 2)
    throw DataError(arrays.source + ": its samples have one dimension (rows and features are needed)");
  request.require_memory(static_cast<double>(x->data.size()) * 8 / static_cast<double>(x->item_bytes));
  RawTable table = labelled_samples(*x, y, arrays.source);
  const auto x_test = arrays.find({"x_test", "X_test"}), y_test = arrays.find({"y_test", "Y_test"});
  if (y && x_test && y_test) append(table, labelled_samples(*x_test, y_test, arrays.source));
  return table;
}

}  // namespace jury
