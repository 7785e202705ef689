// What --require asks of a result: "log_loss<=0.3".
#pragma once

#include <string>
#include <string_view>

namespace jury {

struct Requirement {
  std::string metric;
  std::string_view comparison;  ///< <=, >=, < or >
  double bound = 0;

  bool holds(double score) const noexcept;
};

/// Throws ConfigError when the text is none.
Requirement parse_requirement(std::string_view text);

}  // namespace jury
