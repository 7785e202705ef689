// A file of rows, a piece at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "models/data/raw_table.hpp"
#include "models/data/reader.hpp"

namespace jury {

/// Some rows of a file after others, each piece as a table of its own. What becomes of a row is what becomes of it in
/// the whole file; messages count lines and rows from the front of the file.
class RowPieces {
 public:
  virtual ~RowPieces() = default;

  /// Goes to the next piece; false behind the last. Expects that table() was called for the one before. Throws
  /// DataError.
  virtual bool next() = 0;
  /// The rows of the piece, at least one. What `how` says of parts does not count. May be called again, with other
  /// kinds. Throws DataError.
  virtual RawTable table(const ReadRequest& how) = 0;
};

/// The whole file as one piece.
std::unique_ptr<RowPieces> one_piece(const std::string& format);

/// Opens a csv, tsv, table, libsvm or npy file, or an array in an HDF5 file; `format` as data.format. Pieces have about
/// `piece_bytes` in the file; more where a row has, and the first one of a text all that a csv's header is told by
/// (kSampleRecords). Throws DataError for a file that cannot be read; ConfigError for
/// one that cannot be cut: other formats, packed ones, and column-major arrays.
std::unique_ptr<RowPieces> cut_rows(const std::filesystem::path& path, const std::string& format,
                                    std::uint64_t piece_bytes);

}  // namespace jury
