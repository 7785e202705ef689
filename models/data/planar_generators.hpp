// Samples in the plane whose classes no straight line separates. generators.cpp lists them.
#pragma once

#include <span>

#include "models/data/data_options.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// The noise where the options say none. scikit-learn's examples have moons with 0.05 to 0.3; the spirals have none.
inline constexpr double kMoonsNoise = 0.2, kSpiralsNoise = 0, kCheckerboardNoise = 0;

/// Two half circles that reach into one another (make_moons of scikit-learn, Pedregosa et al. 2011), t uniform in [0,
/// pi]: class 1 is (cos t, sin t), class 2 is (1 - cos t, 1/2 - sin t); both with N(0, noise^2 I) added.
double draw_moons(const DataOptions& options, Rng& rng, std::span<double> x);
/// P(c|x) by integrating the normal density along the two curves.
void answer_moons(const DataOptions& options, std::span<const double> x, std::span<double> p);

/// The two spirals of Lang and Witbrock 1988, which turn three times: t uniform in [0, 96], r = 6.5 (104 - t) / 104,
/// phi = t pi / 16, class 1 is (r sin phi, r cos phi), class 2 its mirror image through the origin; both with N(0,
/// noise^2 I) added.
double draw_spirals(const DataOptions& options, Rng& rng, std::span<double> x);
void answer_spirals(const DataOptions& options, std::span<const double> x, std::span<double> p);

/// Four by four fields of [0, 4)^2 in turn (Ho and Kleinberg 1996): class 1 where floor(x1) + floor(x2) is even.
/// `noise` is the share of samples, below 1/2, that get the other class.
double draw_checkerboard(const DataOptions& options, Rng& rng, std::span<double> x);
void answer_checkerboard(const DataOptions& options, std::span<const double> x, std::span<double> p);

}  // namespace jury
