#include "runtime/store/hdf5_library.hpp"

#include "runtime/base/error.hpp"

namespace jury::hdf5 {

void prepare_library() {
  static const bool once = [] {
    H5dont_atexit();
    H5open();
    H5PLset_loading_state(0);
    return true;
  }();
  static_cast<void>(once);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

namespace {

// Of "..., filename = '/a/.b.tmp', ..., error message = 'No space left on device', ..." what the system said; "" where
// the ill is not the system's.
std::string reason_of_system(const std::string& text) {
  constexpr std::string_view kBefore = "error message = '";
  const std::size_t at = text.find(kBefore);
  if (at == std::string::npos) return {};
  const std::string rest = text.substr(at + kBefore.size());
  return rest.substr(0, rest.find('\''));
}

}  // namespace

std::string take_error() {
  std::string text;
  const auto innermost = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    if (error->desc != nullptr && *error->desc != '\0') *static_cast<std::string*>(out) = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, innermost, &text);
  H5Eclear2(H5E_DEFAULT);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  if (const std::string reason = reason_of_system(text); !reason.empty()) return reason;
  return text.empty() ? "HDF5 gives no reason" : "HDF5: " + text;
}

hid_t native_type(ElementType type) {
  switch (type) {
    case ElementType::int8:
      return H5T_NATIVE_INT8;
    case ElementType::int16:
      return H5T_NATIVE_INT16;
    case ElementType::int32:
      return H5T_NATIVE_INT32;
    case ElementType::int64:
      return H5T_NATIVE_INT64;
    case ElementType::uint8:
      return H5T_NATIVE_UINT8;
    case ElementType::uint16:
      return H5T_NATIVE_UINT16;
    case ElementType::uint32:
      return H5T_NATIVE_UINT32;
    case ElementType::uint64:
      return H5T_NATIVE_UINT64;
    case ElementType::float32:
      return H5T_NATIVE_FLOAT;
    case ElementType::float64:
      return H5T_NATIVE_DOUBLE;
    case ElementType::text:
      break;
  }
  JURY_EXPECTS(type != ElementType::text);
  return H5I_INVALID_HID;
}

Hid text_type() {
  Hid type = owned<IoError>(H5Tcopy(H5T_C_S1), "cannot make a text type");
  check<IoError>(H5Tset_size(type.get(), H5T_VARIABLE), "cannot make a text type");
  check<IoError>(H5Tset_cset(type.get(), H5T_CSET_UTF8), "cannot make a text type");
  return type;
}

Hid file_access() {
  Hid list = owned<IoError>(H5Pcreate(H5P_FILE_ACCESS), "cannot prepare file access");
  check<IoError>(H5Pset_libver_bounds(list.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V110), "cannot set the file format");
  check<IoError>(H5Pset_file_locking(list.get(), false, true), "cannot switch file locks off");
  check<IoError>(H5Pset_fclose_degree(list.get(), H5F_CLOSE_STRONG), "cannot prepare file access");
  return list;
}

}  // namespace jury::hdf5
