// Readers: from the bytes of a file to a RawTable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/data/array_view.hpp"
#include "models/data/raw_table.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

enum class Header { detect, present, absent };
/// Whether samples may come without their targets, where the format keeps these apart.
enum class Labels { required, optional };

/// What a reader needs to know beside the bytes.
struct ReadRequest {
  std::filesystem::path path = {};       ///< of the file, as the user will know it
  std::uint64_t memory_limit_bytes = 0;  ///< refuse what needs more
  Header header = Header::detect;
  std::vector<std::string> missing = {};  ///< cells that stand for a missing value
  /// Columns whose kind is settled: those of the training file, labels, and what the user says.
  std::vector<std::pair<std::string, FeatureKind>> kinds = {};
  std::vector<std::string> names = {};  ///< names the options use: a first line with one is a header
  std::size_t num_columns = 0;          ///< at least so many features (libsvm); 0: as the file says
  Labels labels = Labels::required;
  /// Of bytes that are a part of the file: what stands before them, for messages, and how cells are kept apart (csv;
  /// none: as the first line has it).
  std::uint32_t lines_before = 0;
  std::uint64_t rows_before = 0;
  char separator = '\0';

  bool is_missing(std::string_view cell) const noexcept;
  /// The settled kind of a column, or null.
  const FeatureKind* kind_of(std::string_view name) const noexcept;
  /// Throws TooLargeError when `bytes` more are over the limit.
  void require_memory(double bytes) const;
};

/// One format. `read` throws DataError that starts with the file (and line) for whatever is wrong.
struct Reader {
  std::string_view format;
  RawTable (*read)(const Bytes& bytes, const ReadRequest& request);
};

/// Every format there is; models/data/README.md says how to add one.
std::span<const Reader> readers() noexcept;

/// The format a file name (and, for .txt, .data and .dat, the first line) stands for.
/// Throws DataError when it is none we know.
std::string_view detect_format(const std::filesystem::path& path, const Bytes& bytes);

/// The same by the name alone; empty where it says nothing.
std::string_view format_of_name(const std::filesystem::path& path);

/// Where the labels of an IDX file of images are: train-images-idx3-ubyte.gz has them in train-labels-idx1-ubyte.gz.
/// Nothing when the name is not of this kind.
std::optional<std::filesystem::path> idx_label_name(const std::filesystem::path& images);

/// Reads the bytes of a file with the reader for `format` ("auto": detected).
RawTable parse_table(const std::string& format, const Bytes& bytes, const ReadRequest& request);

/// Reads a file, unpacked if it is .gz, with the reader for `format` ("auto": detected).
RawTable read_table(const std::string& format, const ReadRequest& request);

/// A matrix, as in .npy and HDF5: one column per feature and target. Throws DataError unless it has
/// two dimensions.
RawTable table_of_matrix(const ArrayView& array, const ReadRequest& request);

/// Whether a path names an array in an HDF5 file: "measured.h5:/samples".
bool names_hdf5_array(const std::filesystem::path& path);
/// Reads it in a limited process of its own, because a damaged file can crash the HDF5 library.
RawTable read_hdf5(const ReadRequest& request);

/// Records at the front of a csv that tell its header, and kinds as a guess: a wrong one is only slower.
inline constexpr std::size_t kSampleRecords = 1000;

RawTable read_csv(const Bytes& bytes, const ReadRequest& request);
RawTable read_tsv(const Bytes& bytes, const ReadRequest& request);
RawTable read_blank_separated(const Bytes& bytes, const ReadRequest& request);
RawTable read_arff(const Bytes& bytes, const ReadRequest& request);
RawTable read_npy(const Bytes& bytes, const ReadRequest& request);
RawTable read_npz(const Bytes& bytes, const ReadRequest& request);
RawTable read_libsvm(const Bytes& bytes, const ReadRequest& request);
RawTable read_idx(const Bytes& bytes, const ReadRequest& request);
RawTable read_dt(const Bytes& bytes, const ReadRequest& request);
RawTable read_cifar10(const Bytes& bytes, const ReadRequest& request);

}  // namespace jury
