// The HDF5 library behind RAII handles and exceptions. For this layer's own sources only.
#pragma once

#include <hdf5.h>

#include <string>

#include "runtime/base/handle.hpp"
#include "runtime/store/hdf5_value.hpp"

namespace jury::hdf5 {

struct HidTraits {
  using type = hid_t;
  static type null() noexcept { return H5I_INVALID_HID; }
  static void close(type& id) noexcept { H5Idec_ref(id); }
};
/// Owner of any HDF5 object: file, group, dataset, type, space, list.
using Hid = Handle<HidTraits>;

/// To be called before anything else of HDF5, as often as one likes: no error stack on standard
/// error, no plugins, nothing left to do at exit (after a full disk HDF5's own clean-up crashes).
void prepare_library();

/// Why the last call failed, in HDF5's words; forgets it.
std::string take_error();

/// The object, or an error: "<what> (<HDF5's text>)" as ErrorType.
template <class ErrorType>
Hid owned(hid_t id, const std::string& what) {
  if (id < 0) throw ErrorType(what + " (" + take_error() + ")");
  return Hid(id);
}
template <class ErrorType>
void check(herr_t status, const std::string& what) {
  if (status < 0) throw ErrorType(what + " (" + take_error() + ")");
}

/// The type of one number in memory. Expects a numeric type. Owned by the library.
hid_t native_type(ElementType type);

/// Variable-length UTF-8.
Hid text_type();

/// Access to files: no locks, which network file systems refuse now and then.
Hid file_access();

}  // namespace jury::hdf5
