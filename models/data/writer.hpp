// Writers: from a RawTable to the files of a format.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/raw_table.hpp"

namespace jury {

/// What a writer needs to know beside the table.
struct WriteRequest {
  std::filesystem::path path = {};
  /// Columns to predict, for formats that keep these apart (npz, libsvm, idx). None: those that the table's own
  /// format made targets; where it has none either, the last column.
  std::vector<std::string> targets = {};
};

/// One format. What it writes, the reader of the same format reads as the same numbers, bit by bit, and the same
/// texts. Throws DataError that starts with the table's source where the format cannot hold what is in it.
struct Writer {
  std::string_view format;
  void (*write)(RawTable table, const WriteRequest& request);
};

/// Every format that can be written.
std::span<const Writer> writers() noexcept;

/// The format that the name of an output stands for, by its ending. Throws ConfigError when it is none we write.
std::string_view output_format(const std::filesystem::path& path);

/// The files an output consists of: the HDF5 file of "a.h5:/x", the images and the labels of an IDX set, else itself.
std::vector<std::filesystem::path> output_files(const std::filesystem::path& path);

/// Writes aside and renames, so that at each path is either what was there or the whole new file; packed where the
/// name ends in .gz. Rows that the source keeps for testing stay apart in npz alone.
/// Throws DataError for what the format cannot hold, ConfigError for a target that is not there, IoError.
void write_table(RawTable table, const WriteRequest& request);

// What writers share.

/// The shortest decimal that reads back as the same number; "-0" for negative zero.
std::string number_text(double number);
void append_number(std::string& text, double number);

/// Pixels as columns x0, x1, ... in front of the others.
RawTable with_pixels_as_columns(RawTable table);

/// Makes every column numeric: categories whose texts are numbers as number_text() writes them become these.
/// Throws DataError for other texts, "<source>: column 'x' holds texts ...".
void require_numbers(RawTable& table, std::string_view format);

/// Throws DataError with the row where a column has a missing or an infinite number.
void require_no_missing(const RawTable& table, const RawColumn& column, std::string_view format);
void require_finite(const RawTable& table, std::string_view format);

/// Positions of the columns to predict; empty where the table has no columns. Throws ConfigError.
std::vector<std::size_t> target_columns(const RawTable& table, const WriteRequest& request);

/// Moves `bytes` to `path`, packed if that ends in .gz.
void save_output(const std::filesystem::path& path, std::string_view bytes);

/// The table as text, with a line of names. Missing cells are empty, or NA where a line would be blank.
std::string delimited_text(const RawTable& table, char separator);

void write_csv(RawTable table, const WriteRequest& request);
void write_tsv(RawTable table, const WriteRequest& request);
void write_arff(RawTable table, const WriteRequest& request);
void write_npy(RawTable table, const WriteRequest& request);
void write_npz(RawTable table, const WriteRequest& request);
void write_libsvm(RawTable table, const WriteRequest& request);
void write_idx(RawTable table, const WriteRequest& request);
void write_hdf5(RawTable table, const WriteRequest& request);

}  // namespace jury
