#include "models/data/reader.hpp"

#include <algorithm>

#include "models/data/file_bytes.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// The name without .gz, in lower case.
std::string plain_name(const std::filesystem::path& path) {
  std::filesystem::path name = path.filename();
  if (name.extension() == ".gz") name = name.stem();
  std::string text = name.string();
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_idx_name(const std::string& name) {
  return name.ends_with(".idx") || name.find("-idx") != std::string::npos || name.find(".idx") != std::string::npos;
}

}  // namespace

bool ReadRequest::is_missing(std::string_view cell) const noexcept {
  for (const std::string& text : missing)
    if (text.size() == cell.size() && text == cell) return true;
  return false;
}

const FeatureKind* ReadRequest::kind_of(std::string_view name) const noexcept {
  for (const auto& [known, kind] : kinds)
    if (known == name) return &kind;
  return nullptr;
}

void ReadRequest::require_memory(double bytes) const {
  if (bytes <= static_cast<double>(memory_limit_bytes)) return;
  throw TooLargeError(path.string() + ": needs " + format_bytes(bytes) + " of memory (there are " +
                      format_bytes(static_cast<double>(memory_limit_bytes)) + ")");
}

std::span<const Reader> readers() noexcept {
  static constexpr Reader table[] = {
      {"csv", read_csv}, {"tsv", read_tsv},         {"table", read_blank_separated}, {"arff", read_arff},
      {"npy", read_npy}, {"npz", read_npz},         {"libsvm", read_libsvm},         {"idx", read_idx},
      {"dt", read_dt},   {"cifar10", read_cifar10},
  };
  return table;
}

std::string_view format_of_name(const std::filesystem::path& path) {
  const std::string name = plain_name(path);
  for (const Reader& reader : readers())
    if (name.ends_with("." + std::string(reader.format))) return reader.format;
  if (name.ends_with(".svm")) return "libsvm";
  if (is_idx_name(name)) return "idx";
  if (name.ends_with(".bin") && name.starts_with("data_batch")) return "cifar10";
  return {};
}

std::string_view detect_format(const std::filesystem::path& path, const Bytes& bytes) {
  if (const std::string_view format = format_of_name(path); !format.empty()) return format;
  const std::string name = plain_name(path);
  if (name.ends_with(".txt") || name.ends_with(".data") || name.ends_with(".dat")) {
    const auto end = std::find(bytes.begin(), bytes.end(), std::byte{'\n'});
    const bool separated =
        std::any_of(bytes.begin(), end, [](std::byte b) { return b == std::byte{','} || b == std::byte{';'}; });
    return separated ? "csv" : "table";
  }
  if (name.ends_with(".h5"))
    throw DataError(path.string() + ": names no array of the file (write " + path.string() +
                    ":/data, or whatever it is called)");
  throw DataError(path.string() +
                  ": the format cannot be told from the name (known: csv, tsv, table, arff, npy, npz, "
                  "libsvm, idx, dt, cifar10, each also as .gz) set data.format");
}

RawTable read_table(const std::string& format, const ReadRequest& request) {
  if (names_hdf5_array(request.path)) return read_hdf5(request);
  return parse_table(format, read_unpacked(request.path, request.memory_limit_bytes), request);
}

RawTable parse_table(const std::string& format, const Bytes& bytes, const ReadRequest& request) {
  if (bytes.empty()) throw DataError(request.path.string() + ": is empty");
  const std::string_view wanted = format == "auto" ? detect_format(request.path, bytes) : std::string_view(format);
  for (const Reader& reader : readers())
    if (reader.format == wanted) return reader.read(bytes, request);
  throw ConfigError("data.format = \"" + format +
                    "\" is unknown (known: csv, tsv, table, arff, npy, npz, libsvm, idx, dt, cifar10)");
}

}  // namespace jury
