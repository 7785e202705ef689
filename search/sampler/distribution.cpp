#include "search/sampler/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr double kTail = 1e-9;  // probability beyond which normal values are not proposed

double from_scale(Scale scale, double x) { return scale == Scale::log || scale == Scale::lognormal ? std::exp(x) : x; }
double to_scale(Scale scale, double x) { return scale == Scale::log || scale == Scale::lognormal ? std::log(x) : x; }

// 0.1 + 2 * 0.1 is written 0.3.
double rounded(double x) { return parse_number(fmt::format("{:.12g}", x)).value_or(x); }

}  // namespace

Distribution Distribution::range(Scale scale, double low, double high) {
  JURY_EXPECTS(low < high && (scale != Scale::log || low > 0));
  return {Kind::range, scale, low, high};
}

Distribution Distribution::gaussian(Scale scale, double mu, double sigma) {
  JURY_EXPECTS(sigma > 0);
  return {Kind::gaussian, scale, mu, sigma};
}

Distribution Distribution::steps(double low, double high, double step) {
  JURY_EXPECTS(low <= high && step > 0);
  Distribution made(Kind::steps, Scale::linear, low, high);
  made.step_ = step;
  made.num_levels_ = static_cast<std::int64_t>(std::floor((high - low) / step * (1 + 1e-12) + 1e-9)) + 1;
  return made;
}

Distribution Distribution::whole(Scale scale, std::int64_t low, std::int64_t high, std::int64_t step) {
  JURY_EXPECTS(low <= high && step > 0 && (scale == Scale::linear || (low >= 1 && step == 1)));
  Distribution made(Kind::whole, scale, static_cast<double>(low), static_cast<double>(high));
  made.step_ = static_cast<double>(step);
  made.num_levels_ = (high - low) / step + 1;
  return made;
}

Distribution Distribution::levels(std::vector<Config> values, Order order) {
  JURY_EXPECTS(!values.empty());
  Distribution made(Kind::listed, Scale::linear, 0, 0);
  made.order_ = order;
  made.num_levels_ = static_cast<std::int64_t>(values.size());
  made.values_ = std::move(values);
  return made;
}

bool Distribution::is_numeric() const noexcept {
  return std::ranges::all_of(values_, [](const Config& value) { return number_of(value).has_value(); });
}

Config Distribution::level_value(std::int64_t level) const {
  if (kind_ == Kind::listed) return values_[static_cast<std::size_t>(level)];
  if (kind_ == Kind::whole) return Config(static_cast<std::int64_t>(low_) + level * static_cast<std::int64_t>(step_));
  return Config(rounded(low_ + static_cast<double>(level) * step_));
}

NumberRange Distribution::cell(std::int64_t level) const {
  JURY_EXPECTS(level >= 0 && level < num_levels_);
  const auto k = static_cast<double>(level);
  const auto count = static_cast<double>(num_levels_);
  if (scale_ != Scale::log) return {k / count, (k + 1) / count};
  const double first = std::log(low_ - 0.5);
  const double width = std::log(high_ + 0.5) - first;
  return {level == 0 ? 0 : (std::log(low_ + k - 0.5) - first) / width,
          level + 1 == num_levels_ ? 1 : (std::log(low_ + k + 0.5) - first) / width};
}

std::int64_t Distribution::level(double unit) const {
  JURY_EXPECTS(!is_continuous());
  const double u = std::clamp(unit, 0.0, 1.0);
  double k = std::floor(u * static_cast<double>(num_levels_));
  if (scale_ == Scale::log) {
    const double first = std::log(low_ - 0.5);
    k = std::round(std::exp(first + u * (std::log(high_ + 0.5) - first)) - low_);
  }
  return std::clamp(static_cast<std::int64_t>(k), std::int64_t{0}, num_levels_ - 1);
}

double Distribution::snapped(double unit) const {
  return is_continuous() ? std::clamp(unit, 0.0, 1.0) : cell(level(unit)).middle();
}

Config Distribution::value(double unit) const {
  if (!is_continuous()) return level_value(level(unit));
  if (kind_ == Kind::gaussian) {
    const double z = boost::math::quantile(boost::math::normal(), std::clamp(unit, kTail, 1 - kTail));
    return Config(from_scale(scale_, low_ + high_ * z));
  }
  if (unit <= 0 || unit >= 1) return Config(unit <= 0 ? low_ : high_);  // exp(log x) may miss x
  const double first = to_scale(scale_, low_);
  return Config(std::clamp(from_scale(scale_, first + unit * (to_scale(scale_, high_) - first)), low_, high_));
}

std::optional<double> Distribution::unit(const Config& value) const {
  if (kind_ == Kind::listed) {
    for (std::int64_t k = 0; k < num_levels_; ++k)
      if (same_value(values_[static_cast<std::size_t>(k)], value)) return cell(k).middle();
    return std::nullopt;
  }
  const std::optional<double> x = number_of(value);
  if (!x || !std::isfinite(*x)) return std::nullopt;
  if (kind_ == Kind::gaussian) {
    if (scale_ == Scale::lognormal && *x <= 0) return std::nullopt;
    return boost::math::cdf(boost::math::normal(), (to_scale(scale_, *x) - low_) / high_);
  }
  if (*x < low_ || *x > high_) return std::nullopt;
  if (kind_ == Kind::range) {
    const double first = to_scale(scale_, low_);
    return std::clamp((to_scale(scale_, *x) - first) / (to_scale(scale_, high_) - first), 0.0, 1.0);
  }
  const auto nearest = std::clamp(std::llround((*x - low_) / step_), 0LL, static_cast<long long>(num_levels_ - 1));
  if (std::abs(number_of(level_value(nearest)).value_or(0) - *x) > 1e-9 * step_) return std::nullopt;
  return cell(nearest).middle();
}

std::string Distribution::describe() const {
  if (kind_ == Kind::listed) {
    std::string text;
    for (const Config& value : values_) text += (text.empty() ? "" : ", ") + to_text(value);
    return text;
  }
  if (kind_ == Kind::gaussian) return scale_ == Scale::lognormal ? "numbers above 0" : "numbers";
  std::string text = fmt::format("{}from {} to {}", kind_ == Kind::whole ? "whole numbers " : "", low_, high_);
  if (num_levels_ > 1 && step_ != 1) text += fmt::format(" in steps of {}", step_);
  return text;
}

std::optional<double> number_of(const Config& value) noexcept {
  if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = value.as<double>()) return *real;
  return std::nullopt;
}

bool same_value(const Config& a, const Config& b) noexcept {
  if (const auto x = number_of(a), y = number_of(b); x && y) return *x == *y;
  const auto* first = a.as<Config::List>();
  const auto* second = b.as<Config::List>();
  if (first == nullptr || second == nullptr) return a == b;
  return std::ranges::equal(*first, *second, same_value);
}

}  // namespace jury
