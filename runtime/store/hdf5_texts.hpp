// Reads texts of either kind, from a dataset or an attribute. For this layer's own sources only.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_library.hpp"

namespace jury::hdf5 {

// A text of a fixed-length field: up to its first NUL, without blanks at the end where they pad.
inline std::string fixed_text(const std::byte* bytes, std::size_t size, H5T_str_t pad) {
  std::string text(reinterpret_cast<const char*>(bytes), size);
  text.resize(std::min(text.size(), text.find('\0')));
  if (pad == H5T_STR_SPACEPAD) text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

// Memory that HDF5 allocated for variable-length texts.
class LentTexts {
 public:
  LentTexts(hid_t type, hid_t space, std::size_t count) : type_(type), space_(space), pointers_(count) {}
  LentTexts(const LentTexts&) = delete;
  LentTexts& operator=(const LentTexts&) = delete;
  ~LentTexts() { H5Dvlen_reclaim(type_, space_, H5P_DEFAULT, pointers_.data()); }
  char** data() noexcept { return pointers_.data(); }
  std::vector<std::string> copy() const {
    std::vector<std::string> texts;
    for (const char* text : pointers_) texts.emplace_back(text == nullptr ? "" : text);
    return texts;
  }

 private:
  hid_t type_;
  hid_t space_;
  std::vector<char*> pointers_;
};

// Reads texts through `read(memory type, buffer)`; dataset and attribute differ in nothing else.
template <class Read>
std::vector<std::string> read_texts(hid_t type, hid_t space, std::size_t count, const std::string& path,
                                    const Read& read) {
  const htri_t is_variable = H5Tis_variable_str(type);
  const Hid memory = owned<DataError>(H5Tcopy(type), "cannot read '" + path + "'");
  if (is_variable > 0) {
    LentTexts texts(memory.get(), space, count);
    check<DataError>(read(memory.get(), texts.data()), "cannot read '" + path + "'");
    return texts.copy();
  }
  const std::size_t size = H5Tget_size(type);
  Bytes bytes(count * size);
  check<DataError>(read(memory.get(), bytes.data()), "cannot read '" + path + "'");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back(fixed_text(bytes.data() + i * size, size, H5Tget_strpad(type)));
  return texts;
}

}  // namespace jury::hdf5
