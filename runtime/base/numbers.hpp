// Not a number, and what is larger than every number.
#pragma once

#include <limits>

namespace jury {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kLargestFloat = static_cast<double>(std::numeric_limits<float>::max());
inline constexpr float kFloatNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kFloatInfinity = std::numeric_limits<float>::infinity();

}  // namespace jury
