// The settings of every layer and block, as data.
#pragma once

#include <span>
#include <vector>

#include "models/nn/table.hpp"
#include "runtime/base/field_info.hpp"

namespace jury {

using DescribeLayer = std::vector<FieldInfo> (*)();

/// The settings of each line of layers() and blocks(), in their order; type, name, from, lr_factor and frozen,
/// which all have, are not among them.
std::span<const Entry<DescribeLayer>> layer_settings() noexcept;

}  // namespace jury
