// What jury doctor prints.
#pragma once

#include <string>
#include <vector>

#include "tools/command/doctor_facts.hpp"

namespace jury {

/// "0-3,8" of {0, 1, 2, 3, 8}.
std::string ranges_of(const std::vector<int>& numbers);

/// The facts, then each finding in one line, "<problem> (<why>) <fix>".
std::string doctor_text(const DoctorFacts& facts, const std::vector<Finding>& findings);
std::string doctor_json(const DoctorFacts& facts, const std::vector<Finding>& findings);

}  // namespace jury
