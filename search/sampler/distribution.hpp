// What one parameter may be, as a map between its values and the unit interval.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/config.hpp"

namespace jury {

/// What is uniform: the value, its logarithm, or the normal probability of either.
enum class Scale { linear, log, normal, lognormal };
/// Whether neighbouring levels are alike.
enum class Order { ordered, unordered };

/// A part of the unit interval.
struct NumberRange {
  double low;
  double high;
  double middle() const noexcept { return 0.5 * (low + high); }
};

/// A distribution F of the values of one parameter. Samplers see only its unit coordinate u = F(x) in
/// [0, 1], in which the distribution is uniform: logarithmic ranges and normal ones need no special
/// treatment there. A discrete distribution with levels 0..K-1 cuts [0, 1] into K cells as wide as
/// the levels are probable; its canonical coordinates are their middles.
///
/// uniform(a, b): u = (x - a) / (b - a). loguniform: the same of log x. normal(mu, sigma):
/// u = Phi((x - mu) / sigma). lognormal(mu, sigma): the same of log x. int, steps and lists: cells of
/// equal width. logint(a, b): cell k is [log(k - 1/2), log(k + 1/2)], scaled to [0, 1].
class Distribution {
 public:
  /// uniform, loguniform. Expects low < high, and 0 < low on the log scale.
  static Distribution range(Scale scale, double low, double high);
  /// normal, lognormal. Expects sigma > 0.
  static Distribution gaussian(Scale scale, double mu, double sigma);
  /// low, low + step, ... up to high, rounded to 12 digits. Expects low <= high, step > 0.
  static Distribution steps(double low, double high, double step);
  /// Whole numbers low, low + step, ... up to high. Expects low <= high, step > 0; log: 1 <= low, step = 1.
  static Distribution whole(Scale scale, std::int64_t low, std::int64_t high, std::int64_t step = 1);
  /// The values of a list. Expects at least one.
  static Distribution levels(std::vector<Config> values, Order order);

  /// Number of values; 0 where they are continuous.
  std::int64_t num_levels() const noexcept { return num_levels_; }
  bool is_continuous() const noexcept { return num_levels_ == 0; }
  /// Continuous, or levels of which neighbours are alike.
  bool is_ordered() const noexcept { return order_ == Order::ordered; }
  /// Not normal or lognormal.
  bool is_bounded() const noexcept { return kind_ != Kind::gaussian; }
  /// Whether every value is a number.
  bool is_numeric() const noexcept;

  /// The value at a coordinate; coordinates outside [0, 1] count as the nearest end.
  Config value(double unit) const;
  /// The canonical coordinate of a value; nothing when it is none of this distribution's.
  std::optional<double> unit(const Config& value) const;
  /// The canonical coordinate of the value at this coordinate: itself, or the middle of its cell.
  double snapped(double unit) const;

  /// Expects levels, and 0 <= level < num_levels().
  std::int64_t level(double unit) const;
  NumberRange cell(std::int64_t level) const;

  /// "from 0.1 to 1", "'adam', 'sgd'": its values, for messages.
  std::string describe() const;

 private:
  enum class Kind { range, gaussian, steps, whole, listed };
  Distribution(Kind kind, Scale scale, double low, double high) : kind_(kind), scale_(scale), low_(low), high_(high) {}
  Config level_value(std::int64_t level) const;

  Kind kind_;
  Scale scale_;
  Order order_ = Order::ordered;
  double low_;   // or mu
  double high_;  // or sigma
  double step_ = 0;
  std::int64_t num_levels_ = 0;
  std::vector<Config> values_;
};

/// Equal as settings: as Config ==, but 1 and 1.0 are the same number.
bool same_value(const Config& a, const Config& b) noexcept;
/// The number a value is, or nothing.
std::optional<double> number_of(const Config& value) noexcept;

}  // namespace jury
