// Settings whose type says nothing: those that their readers check. Their shape is told here.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "runtime/base/field_info.hpp"

namespace jury {

/// The schema of the setting at this path of an experiment, where its options leave it open, or of a section that
/// others have too. Nothing: its kind says all.
std::optional<nlohmann::ordered_json> free_setting_schema(const std::string& path, FieldKind kind);

/// What these refer to: "layers" (of model.layers), "base" (an entry of ensemble.base), "space", and the sections of a
/// base.
nlohmann::ordered_json free_setting_definitions();

}  // namespace jury
