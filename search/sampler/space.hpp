// The space of a search: its parameters, and one choice of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/config.hpp"
#include "search/sampler/condition.hpp"
#include "search/sampler/distribution.hpp"

namespace jury {

/// One setting that is searched.
struct Parameter {
  std::string path;  ///< of the experiment, "train.lr"
  Distribution distribution;
  std::optional<Condition> when = {};  ///< searched only where it holds
  Origin origin = {};
};

/// What an active parameter is set to.
struct Setting {
  std::size_t parameter;  ///< position in the space
  double unit;            ///< canonical coordinate of the value in [0, 1], see Distribution
  Config value;
  bool operator==(const Setting&) const = default;
};

/// One point of a space: the settings of its active parameters, in the order of the space.
struct Assignment {
  std::vector<Setting> settings;

  /// The setting of a parameter, or null: it is not active.
  const Setting* find(std::size_t parameter) const noexcept;
  bool operator==(const Assignment&) const = default;
};

/// Parameters in canonical order: sorted by path, but none before a parameter that its condition names,
/// so that the order of writing changes nothing. A parameter whose condition is false or unknown is not
/// active: it is not set, and the experiment keeps its own value.
class Space {
 public:
  /// The value of a setting of the experiment that is not searched, or nothing: there is no such.
  using FixedSettings = std::function<std::optional<Config>(const std::string& path)>;

  Space() = default;
  /// Throws ConfigError when conditions go round in a circle, or name what is neither a parameter nor a
  /// fixed setting, or can never hold for a misspelt value. Expects paths that differ.
  explicit Space(std::vector<Parameter> parameters, const FixedSettings& fixed = {});

  const std::vector<Parameter>& parameters() const noexcept { return parameters_; }
  std::size_t size() const noexcept { return parameters_.size(); }
  /// Position of a path, or nothing.
  std::optional<std::size_t> find(std::string_view path) const noexcept;

  /// The point at unit coordinates, one for each parameter; those of inactive ones do not count.
  /// Expects unit.size() == size().
  Assignment assign(std::span<const double> unit) const;
  /// The inverse: coordinates of all parameters, `inactive` where one is not active.
  std::vector<double> unit_vector(const Assignment& assignment, double inactive) const;
  /// The point that sets these values, {path = value, ...}, each active parameter to one of its own.
  /// Values that are not given come from `unit`. Throws ConfigError naming the path otherwise.
  Assignment assign_values(const Config::Table& values, std::span<const double> unit) const;

  /// "model.hidden = [64, 32], train.lr = 0.01": equal for equal points and only for these.
  std::string text(const Assignment& assignment) const;
  /// Hash of text().
  std::uint64_t hash(const Assignment& assignment) const;

  /// Number of points, or nothing where there are more than `most` or continuous parameters.
  std::optional<std::size_t> count(std::size_t most) const;

 private:
  bool is_active(std::size_t parameter, const Assignment& so_far) const;

  std::vector<Parameter> parameters_;
  std::vector<std::pair<std::string, Config>> fixed_;  // what conditions name and is not searched
};

/// Walks all points of a space without continuous parameters, the last parameter fastest; levels of
/// inactive parameters are not gone through, so that each point comes once.
class SpaceWalk {
 public:
  /// Expects no continuous parameter.
  explicit SpaceWalk(const Space& space);
  /// The next point, or nothing behind the last.
  std::optional<Assignment> next();

 private:
  const Space* space_;
  std::vector<std::int64_t> levels_;
  bool done_ = false;
};

}  // namespace jury
