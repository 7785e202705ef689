#include "runtime/store/hdf5_attribute.hpp"

#include "runtime/base/error.hpp"
#include "runtime/store/utf8.hpp"

namespace jury::hdf5 {

Hid space_of(const std::vector<hsize_t>& dims) {
  return owned<IoError>(
      dims.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr),
      "cannot describe an array");
}

void write_attribute(hid_t object, const std::string& name, hid_t type, const std::vector<hsize_t>& dims,
                     const void* data) {
  const std::string what = "cannot write attribute '" + name + "'";
  const Hid space = space_of(dims);
  const Hid attribute =
      owned<IoError>(H5Acreate2(object, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), what);
  check<IoError>(H5Awrite(attribute.get(), type, data), what);
}

void write_text_attribute(hid_t object, const std::string& name, std::string_view text) {
  const std::string valid = valid_utf8(text);
  const char* const data = valid.c_str();
  write_attribute(object, name, text_type().get(), {}, &data);
}

void write_fixed_text_attribute(hid_t object, const std::string& name, const std::string& text) {
  const Hid type = owned<IoError>(H5Tcopy(H5T_C_S1), "cannot make a text type");
  check<IoError>(H5Tset_size(type.get(), text.size() + 1), "cannot make a text type");
  write_attribute(object, name, type.get(), {}, text.c_str());
}

}  // namespace jury::hdf5
