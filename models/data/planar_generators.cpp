#include "models/data/planar_generators.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace jury {
namespace {

constexpr double kPi = 3.14159265358979323846;
using Point = std::array<double, 2>;

double given(double noise, double usual) noexcept { return noise < 0 ? usual : noise; }

Point moon(std::size_t label, double t) noexcept {
  if (label == 0) return {std::cos(t), std::sin(t)};
  return {1 - std::cos(t), 0.5 - std::sin(t)};
}

Point spiral(std::size_t label, double t) noexcept {
  const double r = 6.5 * (104 - t) / 104, phi = t * kPi / 16, sign = label == 0 ? 1 : -1;
  return {sign * r * std::sin(phi), sign * r * std::cos(phi)};
}

// A curve for each class, the parameter uniform from 0 to `end`.
struct Curves {
  Point (*at)(std::size_t label, double t) noexcept;
  double end;
  double length;     // of the longer one, at most
  double clearance;  // the curves of the classes are at least so far apart
};
constexpr Curves kMoons{moon, kPi, kPi, 0.5};
constexpr Curves kSpirals{spiral, 96, 66, 0.9};

double draw_on(const Curves& curves, double noise, Rng& rng, std::span<double> x) {
  const std::uint64_t label = rng.below(2);
  const Point point = curves.at(label, curves.end * rng.uniform());
  for (std::size_t i = 0; i < 2; ++i) {
    const double moved = noise > 0 ? point[i] + noise * rng.normal() : point[i];
    x[i] = static_cast<double>(static_cast<float>(moved));
  }
  return static_cast<double>(label);
}

// The density of a class at x, in units of exp(-nearest / (2 sd^2)).
struct Density {
  double nearest = HUGE_VAL;  // squared distance to the curve's points
  double sum = 0;
};

// The trapezoidal rule over points that lie sd / 4 apart, which for a normal density is good to 1e-9 but for the
// curve's ends.
Density density_of(const Curves& curves, std::size_t label, double sd, std::span<const double> x) {
  const int steps = std::max(64, static_cast<int>(std::ceil(4 * curves.length / sd)));
  const double scale = -0.5 / (sd * sd);
  Density density;
  for (int k = 0; k <= steps; ++k) {
    const Point point = curves.at(label, curves.end * k / steps);
    const double square = (x[0] - point[0]) * (x[0] - point[0]) + (x[1] - point[1]) * (x[1] - point[1]);
    const double weight = k == 0 || k == steps ? 0.5 : 1;
    if (square < density.nearest) {
      density.sum = density.sum * std::exp(scale * (density.nearest - square)) + weight;
      density.nearest = square;
    } else {
      density.sum += weight * std::exp(scale * (square - density.nearest));
    }
  }
  return density;
}

// P(x|c) is the integral over t of exp(-|x - curve(t)|^2 / (2 noise^2)). With noise under a twentieth of the gap
// between the curves the nearer one is sure: no sample comes near to where it would not be.
void answer_on(const Curves& curves, double noise, std::span<const double> x, std::span<double> p) {
  const bool sure = noise < curves.clearance / 20;
  const double sd = sure ? curves.clearance / 4 : noise;
  const Density a = density_of(curves, 0, sd, x), b = density_of(curves, 1, sd, x);
  const double odds = sure ? (b.nearest < a.nearest ? HUGE_VAL : 0)
                           : std::exp(-0.5 * (b.nearest - a.nearest) / (sd * sd)) * b.sum / a.sum;
  p[0] = 1 / (1 + odds);
  p[1] = std::isinf(odds) ? 1 : odds / (1 + odds);
}

}  // namespace

double draw_moons(const DataOptions& options, Rng& rng, std::span<double> x) {
  return draw_on(kMoons, given(options.noise, kMoonsNoise), rng, x);
}
void answer_moons(const DataOptions& options, std::span<const double> x, std::span<double> p) {
  answer_on(kMoons, given(options.noise, kMoonsNoise), x, p);
}

double draw_spirals(const DataOptions& options, Rng& rng, std::span<double> x) {
  return draw_on(kSpirals, given(options.noise, kSpiralsNoise), rng, x);
}
void answer_spirals(const DataOptions& options, std::span<const double> x, std::span<double> p) {
  answer_on(kSpirals, given(options.noise, kSpiralsNoise), x, p);
}

double draw_checkerboard(const DataOptions& options, Rng& rng, std::span<double> x) {
  for (double& value : x) {
    // Rounding to float may reach the edge of the board, which is none of its fields.
    value = static_cast<double>(static_cast<float>(4 * rng.uniform()));
    value = std::min(value, static_cast<double>(std::nextafter(4.0F, 0.0F)));
  }
  const auto field = static_cast<std::uint64_t>(x[0]) + static_cast<std::uint64_t>(x[1]);
  const bool other = rng.uniform() < given(options.noise, kCheckerboardNoise);
  return static_cast<double>((field + (other ? 1 : 0)) % 2);
}
void answer_checkerboard(const DataOptions& options, std::span<const double> x, std::span<double> p) {
  const double noise = given(options.noise, kCheckerboardNoise);
  const auto label = (static_cast<std::size_t>(x[0]) + static_cast<std::size_t>(x[1])) % 2;
  p[label] = 1 - noise;
  p[1 - label] = noise;
}

}  // namespace jury
