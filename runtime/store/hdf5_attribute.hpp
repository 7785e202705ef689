// Writes attributes. For this layer's own sources only. Each throws IoError.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/hdf5_library.hpp"

namespace jury::hdf5 {

/// A data space of this shape; no dimension: a scalar.
Hid space_of(const std::vector<hsize_t>& dims);

/// Values of one type; `data` points to as many as the shape has.
void write_attribute(hid_t object, const std::string& name, hid_t type, const std::vector<hsize_t>& dims,
                     const void* data);

/// A text of variable length, made valid UTF-8.
void write_text_attribute(hid_t object, const std::string& name, std::string_view text);

/// A text as the dimension scale specification has it: fixed length, ASCII.
void write_fixed_text_attribute(hid_t object, const std::string& name, const std::string& text);

}  // namespace jury::hdf5
