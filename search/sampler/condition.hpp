// When a parameter is searched: "train.optimizer == 'sgd' and train.lr >= 0.01".
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/config.hpp"
#include "search/sampler/text_reader.hpp"

namespace jury {

/// One side of a comparison: a setting, named by its path, or a value.
struct ComparedSide {
  std::string path;  ///< empty: the value counts
  Config value;
  std::size_t column = 0;  ///< where it stands in the text, from 1
};

/// `left op right`; op "in" has a list on the right.
struct Comparison {
  ComparedSide left;
  std::string op;
  ComparedSide right;
};

/// A condition on other settings:
///
///   condition := all ('or' all)*          all := one ('and' one)*
///   one := 'not' one | '(' condition ')' | side op side | side ['not'] 'in' [value, ...]
///   op := == != < <= > >=                 side := path | value
///
/// A comparison with a setting that is not there is neither true nor false; `and`, `or` and `not`
/// follow Kleene's (1938) three-valued logic, so `a == 1 or b == 2` is true where a = 1 and b is not there.
class Condition {
 public:
  /// The value of a setting, or null: it is not there.
  using Values = std::function<const Config*(const std::string& path)>;

  /// Throws ConfigError with the column and what was expected.
  static Condition parse(TextReader& reader);

  /// True, false, or nothing: unknown.
  std::optional<bool> holds(const Values& values) const;
  /// All comparisons, from left to right, to be checked against what the settings may be.
  const std::vector<Comparison>& comparisons() const noexcept { return comparisons_; }

 private:
  enum class Kind { comparison, all, any, negation };
  struct Node {
    Kind kind;
    std::size_t comparison = 0;
    std::vector<Node> parts = {};
  };
  Node parse_any(TextReader& reader);
  Node parse_all(TextReader& reader);
  Node parse_one(TextReader& reader);
  std::optional<bool> holds(const Node& node, const Values& values) const;

  Node root_{.kind = Kind::all};
  std::vector<Comparison> comparisons_;
};

/// Whether the comparison is true of two values. Order is that of numbers, false of other values.
bool compare(const Config& left, const std::string& op, const Config& right) noexcept;

}  // namespace jury
