// The experiment file as a JSON Schema, for editors and other programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/base/field_info.hpp"

namespace jury {

/// A table with these fields: types, ranges, allowed values, defaults and help; no other keys.
/// `path` is its place in the experiment, "train"; "" at the top.
nlohmann::ordered_json table_schema(const std::vector<FieldInfo>& fields, const std::string& path);

/// JSON Schema (draft 7, which editors know) of an experiment file. It is as strict as a file's shape allows: what
/// depends on other settings or on the data is for `jury validate`.
std::string experiment_schema();

}  // namespace jury
