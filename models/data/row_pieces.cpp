#include "models/data/row_pieces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "models/data/array_view.hpp"
#include "models/data/file_bytes.hpp"
#include "models/data/hdf5_array_reader.hpp"
#include "models/data/text_records.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::string_view text_in(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class OnePiece final : public RowPieces {
 public:
  explicit OnePiece(std::string format) : format_(std::move(format)) {}
  bool next() override { return std::exchange(is_first_, false); }
  RawTable table(const ReadRequest& how) override { return read_table(format_, how); }

 private:
  std::string format_;
  bool is_first_ = true;
};

// Each piece is read as a file, with the line of names of the whole one.
class TextPieces final : public RowPieces {
 public:
  TextPieces(InputFile file, std::string path, std::string format, std::uint64_t piece_bytes)
      : file_(std::move(file)),
        path_(std::move(path)),
        format_(std::move(format)),
        piece_bytes_(std::max<std::uint64_t>(piece_bytes, 1)) {}

  bool next() override {
    do {
      lines_before_ = lines_read_;
      if (!take_records()) return is_first_;  // a reader says what is wrong with a file of nothing
    } while (!is_first_ && own_part().find_first_not_of(" \t\r\n") == std::string_view::npos);
    return true;
  }

  RawTable table(const ReadRequest& how) override {
    ReadRequest request = how;
    if (!is_first_) request.header = names_.empty() ? Header::absent : Header::present;
    if (format_ == "csv") request.separator = separator_;
    request.lines_before = lines_before_ - line_ends(text_in(piece_).substr(0, names_bytes_));
    RawTable table = parse_table(format_, piece_, request);
    if (is_first_ && table.named && format_ != "libsvm") {
      TextRecords records(text_in(piece_), separator_, table.source);
      std::vector<std::string_view> cells;
      records.next(cells);
      names_ = text_in(piece_).substr(0, piece_.size() - records.rest().size());
    }
    is_first_ = false;
    return table;
  }

 private:
  std::string_view own_part() const { return text_in(piece_).substr(names_bytes_); }
  static std::uint32_t line_ends(std::string_view text) { return static_cast<std::uint32_t>(count_line_ends(text)); }

  // Reads until the buffer has so many bytes or the file ends.
  void read_up_to(std::size_t size) {
    const std::size_t there = buffer_.size();
    buffer_.resize(size);
    buffer_.resize(there + file_.read(std::span(buffer_).subspan(there)));
    ended_ = buffer_.size() < size;
  }

  // What a csv is like is told by its first records: whether it has all that tell.
  bool tells(std::string_view text) const {
    TextRecords records(text, separator_, path_);
    std::vector<std::string_view> cells;
    std::size_t count = 0;
    while (count <= kSampleRecords && records.next(cells)) ++count;
    return count > kSampleRecords;  // beside a line of names
  }

  // False: there are no more.
  bool take_records() {
    std::size_t taken = 0;
    for (std::size_t size = piece_bytes_; taken == 0 && !ended_; size *= 2) {
      read_up_to(std::max(size, buffer_.size()));
      if (separator_ == '\0' && !start()) continue;
      taken = whole_records(text_in(buffer_), separator_);
      if (is_first_ && !tells(text_in(buffer_).substr(0, taken))) taken = 0;
    }
    if (ended_) taken = buffer_.size();
    if (taken == 0) return false;
    const auto names = std::as_bytes(std::span(names_));
    piece_.assign(names.begin(), names.end());
    names_bytes_ = names.size();
    const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(taken);
    piece_.insert(piece_.end(), buffer_.begin(), end);
    buffer_.erase(buffer_.begin(), end);
    lines_read_ += line_ends(own_part());
    return true;
  }

  // Whether the first line is in the buffer, and so what separates cells is known.
  bool start() {
    if (!ended_ && text_in(buffer_).find('\n') == std::string_view::npos) return false;
    static constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text_in(buffer_).starts_with(kByteOrderMark)) buffer_.erase(buffer_.begin(), buffer_.begin() + 3);
    separator_ = format_ == "csv" ? detect_separator(text_in(buffer_)) : format_ == "tsv" ? '\t' : TextRecords::kBlanks;
    return true;
  }

  InputFile file_;
  std::string path_, format_;
  std::uint64_t piece_bytes_;
  char separator_ = '\0';
  bool is_first_ = true, ended_ = false;
  std::string names_ = {};                           // the file up to the end of its line of names
  Bytes buffer_ = {};                                // what is read and in no piece yet
  Bytes piece_ = {};                                 // the names, and some records
  std::size_t names_bytes_ = 0;                      // of the piece
  std::uint32_t lines_read_ = 0, lines_before_ = 0;  // of the file, before the buffer and before the piece's own part
};

class NpyPieces final : public RowPieces {
 public:
  NpyPieces(InputFile file, std::string path, std::uint64_t piece_bytes)
      : file_(std::move(file)), path_(std::move(path)) {
    static constexpr std::uint64_t kLongestHeader = 1 << 20;
    front_.resize(std::min(file_.size(), kLongestHeader));
    front_.resize(file_.read(front_));
    NpyHeader header = parse_npy_header(front_, path_);
    check_array(header.array, file_.size() - header.size_bytes, path_);
    if (header.array.shape.empty()) throw DataError(path_ + ": has 0 dimensions (a matrix is read)");
    if (header.array.order == ArrayView::Order::fortran)
      throw ConfigError(path_ + ": is stored column by column (only rows are read in pieces) save it row-major");
    array_ = std::move(header.array);
    front_.erase(front_.begin(), front_.begin() + static_cast<std::ptrdiff_t>(header.size_bytes));
    row_bytes_ = array_.row_size() * array_.item_bytes;
    most_rows_ = std::max<std::uint64_t>(piece_bytes / row_bytes_, 1);
    rows_left_ = std::exchange(array_.shape[0], 0);
  }

  bool next() override {
    rows_before_ += array_.shape[0];
    array_.shape[0] = std::min(rows_left_, most_rows_);
    rows_left_ -= array_.shape[0];
    if (array_.shape[0] == 0) return false;
    const std::uint64_t size = array_.shape[0] * row_bytes_, there = std::min<std::uint64_t>(front_.size(), size);
    data_.assign(front_.begin(), front_.begin() + static_cast<std::ptrdiff_t>(there));
    front_.erase(front_.begin(), front_.begin() + static_cast<std::ptrdiff_t>(there));
    data_.resize(size);
    if (file_.read(std::span(data_).subspan(there)) < size - there)
      throw DataError(path_ + ": became shorter while it was read");
    array_.data = data_;
    return true;
  }

  RawTable table(const ReadRequest& how) override {
    ReadRequest request = how;
    request.rows_before = rows_before_;
    return table_of_matrix(array_, request);
  }

 private:
  InputFile file_;
  std::string path_;
  Bytes front_ = {}, data_ = {};  // read with the header and in no piece yet; of the piece
  ArrayView array_ = {};
  std::uint64_t row_bytes_ = 0, most_rows_ = 0, rows_left_ = 0, rows_before_ = 0;
};

class Hdf5Pieces final : public RowPieces {
 public:
  Hdf5Pieces(const std::filesystem::path& path, std::uint64_t piece_bytes) : rows_(path, available_memory()) {
    piece_ = rows_.read({.first = 0, .count = 1});
    most_rows_ = std::max<std::uint64_t>(piece_bytes / std::max<std::uint64_t>(piece_.data.size(), 1), 1);
    if (!piece_.dims.empty()) piece_.dims[0] = 0;
  }

  bool next() override {
    if (is_last_) return false;
    rows_before_ += num_rows();
    piece_ = rows_.read({.first = rows_before_, .count = most_rows_});
    is_last_ = num_rows() < most_rows_;
    return num_rows() > 0 || rows_before_ == 0;  // a reader says what is wrong with an array of nothing
  }

  RawTable table(const ReadRequest& how) override {
    ReadRequest request = how;
    request.rows_before = rows_before_;
    return table_of_matrix(view_of(piece_), request);
  }

 private:
  std::uint64_t num_rows() const noexcept { return piece_.dims.empty() ? 0 : piece_.dims[0]; }

  Hdf5Rows rows_;
  Hdf5Array piece_ = {};
  std::uint64_t most_rows_ = 0, rows_before_ = 0;
  bool is_last_ = false;
};

}  // namespace

std::unique_ptr<RowPieces> one_piece(const std::string& format) { return std::make_unique<OnePiece>(format); }

std::unique_ptr<RowPieces> cut_rows(const std::filesystem::path& path, const std::string& format,
                                    std::uint64_t piece_bytes) {
  const auto cannot = [&](std::string_view what) {
    return ConfigError(
        fmt::format("'{}' is {}, which is not read in pieces (csv, tsv, table, libsvm, npy and HDF5 are, not packed)",
                    path.string(), what));
  };
  if (names_hdf5_array(path)) return std::make_unique<Hdf5Pieces>(path, piece_bytes);
  if (path.extension() == ".gz") throw cannot("packed");
  InputFile file(path);
  std::string wanted = format;
  if (wanted == "auto") {
    Bytes front(std::min<std::uint64_t>(file.size(), std::uint64_t{1} << 16));
    front.resize(InputFile(path).read(front));
    wanted = detect_format(path, front);
  }
  if (wanted == "npy") return std::make_unique<NpyPieces>(std::move(file), path.string(), piece_bytes);
  static constexpr std::array<std::string_view, 4> kTexts = {"csv", "tsv", "table", "libsvm"};
  if (std::ranges::find(kTexts, wanted) == kTexts.end()) throw cannot(wanted);
  return std::make_unique<TextPieces>(std::move(file), path.string(), wanted, piece_bytes);
}

}  // namespace jury
