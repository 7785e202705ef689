#include "models/data/generators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "models/data/dataset_builder.hpp"
#include "models/data/file_bytes.hpp"
#include "models/data/planar_generators.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kBreimanMean = 0.44721359549995793;  // 2/sqrt(20): twonorm and threenorm
using Features = std::span<const double>;

// What a model sees is float; answers are those of what it sees.
double rounded(double x) noexcept { return static_cast<double>(static_cast<float>(x)); }

double between(Rng& rng, double low, double high) noexcept { return rounded(low + (high - low) * rng.uniform()); }

// Friedman 1991, section 4.3.
double draw_friedman1(const DataOptions&, Rng& rng, std::span<double> x) {
  for (double& value : x) value = between(rng, 0, 1);
  return 0;
}
void answer_friedman1(const DataOptions&, Features x, std::span<double> f) {
  f[0] = 10 * std::sin(kPi * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4];
}

// Friedman 1991, section 4.4: resistance, angular frequency, inductance and capacitance of a circuit.
double draw_circuit(const DataOptions&, Rng& rng, std::span<double> x) {
  x[0] = between(rng, 0, 100);
  x[1] = between(rng, 40 * kPi, 560 * kPi);
  x[2] = between(rng, 0, 1);
  x[3] = between(rng, 1, 11);
  return 0;
}
double reactance(Features x) noexcept { return x[1] * x[2] - 1 / (x[1] * x[3]); }
void answer_friedman2(const DataOptions&, Features x, std::span<double> f) {
  f[0] = std::sqrt(x[0] * x[0] + reactance(x) * reactance(x));
}
void answer_friedman3(const DataOptions&, Features x, std::span<double> f) { f[0] = std::atan2(reactance(x), x[0]); }

// Tibshirani 1996, example 1 of section 7.2: correlations of 0.5^|i-j| between features, half of which count for
// nothing.
constexpr std::array<double, 8> kLinearWeights = {3, 1.5, 0, 0, 2, 0, 0, 0};
double draw_linear(const DataOptions&, Rng& rng, std::span<double> x) {
  double last = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    last = i == 0 ? rng.normal() : 0.5 * last + std::sqrt(0.75) * rng.normal();
    x[i] = rounded(last);
  }
  return 0;
}
void answer_linear(const DataOptions&, Features x, std::span<double> f) {
  f[0] = 0;
  for (std::size_t i = 0; i < x.size(); ++i) f[0] += kLinearWeights[i] * x[i];
}

// Probabilities out of the logarithms of what they are proportional to.
void normalise(std::span<double> log_density) noexcept {
  const double greatest = *std::max_element(log_density.begin(), log_density.end());
  double sum = 0;
  for (double& value : log_density) sum += value = std::exp(value - greatest);
  for (double& value : log_density) value /= sum;
}

// log N(x; mean(i) in coordinate i, sd^2 I) without the constant all densities share.
template <class Mean>
double log_normal(Features x, Mean mean, double sd) noexcept {
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += (x[i] - mean(i)) * (x[i] - mean(i));
  return -0.5 * squares / (sd * sd) - static_cast<double>(x.size()) * std::log(sd);
}

double log_sum(double a, double b) noexcept {
  const double greatest = std::max(a, b);
  return greatest + std::log(std::exp(a - greatest) + std::exp(b - greatest));
}

// Breiman 1996: N(+a, I) against N(-a, I).
double draw_twonorm(const DataOptions&, Rng& rng, std::span<double> x) {
  const double label = static_cast<double>(rng.below(2));
  for (double& value : x) value = rounded(rng.normal() + (label == 0 ? kBreimanMean : -kBreimanMean));
  return label;
}
void answer_twonorm(const DataOptions&, Features x, std::span<double> p) {
  p[0] = log_normal(
      x, [](std::size_t) { return kBreimanMean; }, 1);
  p[1] = log_normal(
      x, [](std::size_t) { return -kBreimanMean; }, 1);
  normalise(p);
}

// Breiman 1996: half N(+a, I), half N(-a, I), against N((a, -a, a, ...), I).
double alternating(std::size_t i) noexcept { return i % 2 == 0 ? kBreimanMean : -kBreimanMean; }
double draw_threenorm(const DataOptions&, Rng& rng, std::span<double> x) {
  const double label = static_cast<double>(rng.below(2));
  const double sign = label == 0 && rng.below(2) == 1 ? -1 : 1;
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = rounded(rng.normal() + (label == 0 ? sign * kBreimanMean : alternating(i)));
  return label;
}
void answer_threenorm(const DataOptions&, Features x, std::span<double> p) {
  const double plus = log_normal(
      x, [](std::size_t) { return kBreimanMean; }, 1);
  const double minus = log_normal(
      x, [](std::size_t) { return -kBreimanMean; }, 1);
  p[0] = log_sum(plus, minus) + std::log(0.5);
  p[1] = log_normal(x, alternating, 1);
  normalise(p);
}

// Breiman 1996: N(0, 4I) against N(a, I).
double draw_ringnorm(const DataOptions& options, Rng& rng, std::span<double> x) {
  const double label = static_cast<double>(rng.below(2));
  for (double& value : x) value = rounded(label == 0 ? 2 * rng.normal() : rng.normal() + options.a);
  return label;
}
void answer_ringnorm(const DataOptions& options, Features x, std::span<double> p) {
  p[0] = log_normal(
      x, [](std::size_t) { return 0.0; }, 2);
  p[1] = log_normal(
      x, [&](std::size_t) { return options.a; }, 1);
  normalise(p);
}

// Breiman, Friedman, Olshen and Stone 1984: random mixtures of two of three triangles.
double triangle(std::size_t which, std::size_t i) noexcept {
  static constexpr std::array<double, 3> centers = {11, 15, 7};
  return std::max(6 - std::abs(static_cast<double>(i + 1) - centers[which]), 0.0);
}
constexpr std::array<std::array<std::size_t, 2>, 3> kWaves = {{{0, 1}, {0, 2}, {1, 2}}};

double draw_waveform(const DataOptions&, Rng& rng, std::span<double> x) {
  const std::uint64_t label = rng.below(3);
  const double u = rng.uniform();
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = rounded(u * triangle(kWaves[label][0], i) + (1 - u) * triangle(kWaves[label][1], i) + rng.normal());
  return static_cast<double>(label);
}
// P(x|c) is the integral over u of exp(-|x - u h_i - (1-u) h_j|^2 / 2), a normal density in u whose
// deviation is at least 0.06: Simpson's rule with steps of 0.001 is good to 1e-9.
void answer_waveform(const DataOptions&, Features x, std::span<double> p) {
  static constexpr int kSteps = 1000;
  for (std::size_t c = 0; c < 3; ++c) {
    double constant = 0, linear = 0, square = 0;  // the squared distance is constant - 2 u linear + u^2 square
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double rest = x[i] - triangle(kWaves[c][1], i);
      const double slope = triangle(kWaves[c][0], i) - triangle(kWaves[c][1], i);
      constant += rest * rest;
      linear += rest * slope;
      square += slope * slope;
    }
    const auto exponent = [&](double u) { return -0.5 * (constant - 2 * u * linear + u * u * square); };
    const double greatest = exponent(std::clamp(linear / square, 0.0, 1.0));
    double sum = 0;
    for (int k = 0; k <= kSteps; ++k) {
      const double weight = k == 0 || k == kSteps ? 1 : k % 2 == 1 ? 4 : 2;
      sum += weight * std::exp(exponent(static_cast<double>(k) / kSteps) - greatest);
    }
    p[c] = greatest + std::log(sum);
  }
  normalise(p);
}

DataSchema schema_of(const Generator& generator, const std::vector<std::int64_t>& shape) {
  DataSchema schema{.task = generator.task, .features = {}, .targets = {"y"}};
  for (std::size_t i = 0; i < generator.num_features; ++i)
    schema.features.push_back({.name = "x" + std::to_string(i + 1)});
  for (std::size_t c = 0; c < generator.num_classes; ++c) schema.classes.push_back(std::to_string(c + 1));
  double cells = shape.empty() ? static_cast<double>(generator.num_features) : 1;
  for (const std::int64_t extent : shape) cells *= static_cast<double>(extent);
  if (cells != static_cast<double>(generator.num_features))
    throw ConfigError("data.shape does not fit the samples (" + std::string(generator.name) + " has " +
                      std::to_string(generator.num_features) + " features)");
  schema.shape = shape;
  for (const Feature& feature : schema.features) schema.columns.push_back(feature.name);
  schema.columns.push_back(schema.targets[0]);
  schema.named = true;
  return schema;
}

}  // namespace

std::span<const Generator> generators() noexcept {
  using enum TaskKind;
  static constexpr Generator table[] = {
      {"friedman1", regression, 10, 0, 1, draw_friedman1, answer_friedman1},
      {"friedman2", regression, 4, 0, 125, draw_circuit, answer_friedman2},
      {"friedman3", regression, 4, 0, 0.1, draw_circuit, answer_friedman3},
      {"linear", regression, 8, 0, 3, draw_linear, answer_linear},
      {"twonorm", classification, 20, 2, -1, draw_twonorm, answer_twonorm},
      {"threenorm", classification, 20, 2, -1, draw_threenorm, answer_threenorm},
      {"ringnorm", classification, 20, 2, -1, draw_ringnorm, answer_ringnorm},
      {"waveform", classification, 21, 3, -1, draw_waveform, answer_waveform},
      {"moons", classification, 2, 2, kMoonsNoise, draw_moons, answer_moons},
      {"spirals", classification, 2, 2, kSpiralsNoise, draw_spirals, answer_spirals},
      {"checkerboard", classification, 2, 2, kCheckerboardNoise, draw_checkerboard, answer_checkerboard},
  };
  return table;
}

const Generator& find_generator(std::string_view name) {
  for (const Generator& generator : generators())
    if (generator.name == name) return generator;
  std::string known;
  for (const Generator& generator : generators()) known.append(known.empty() ? "" : ", ").append(generator.name);
  throw ConfigError("data.generator = \"" + std::string(name) + "\" is unknown (known: " + known + ")");
}

Bytes generate_dataset(const DataOptions& options, Rng train, Rng test, std::size_t num_test) {
  const Generator& generator = find_generator(options.generator);
  if (generator.name == "checkerboard" && options.noise >= 0.5)
    throw ConfigError("data.noise = " + to_text(Config(options.noise)) +
                      " is out of range (of the checkerboard it is the share of wrong classes, below 0.5)");
  const bool labelled = generator.task == TaskKind::classification;
  const auto num_train = static_cast<std::size_t>(options.rows);
  const DatasetSize size{
      .num_train = num_train, .num_test = num_test, .extras = labelled ? Extra::posterior : Extra::truth};
  const std::uint64_t needed = dataset_bytes(schema_of(generator, options.shape), size);
  if (const std::uint64_t there = available_memory(); needed > there)
    throw DataError("data.rows = " + std::to_string(num_train) + " and " + std::to_string(num_test) +
                    " test rows need " + format_bytes(static_cast<double>(needed)) + " (there are " +
                    format_bytes(static_cast<double>(there)) + ") ask for fewer");
  DatasetBuilder builder(schema_of(generator, options.shape), size);
  const double noise = options.noise < 0 ? generator.noise : options.noise;
  const std::size_t width = generator.num_features, num_answers = labelled ? generator.num_classes : 1;
  const auto numbers = builder.numeric();
  const auto answers = labelled ? builder.posterior() : builder.truth();
  std::vector<double> x(width);
  for (std::size_t row = 0; row < num_train + num_test; ++row) {
    Rng& rng = row < num_train ? train : test;
    const double label = generator.draw(options, rng, x);
    const auto answer = answers.subspan(row * num_answers, num_answers);
    generator.answer(options, x, answer);
    for (std::size_t j = 0; j < width; ++j) numbers[row * width + j] = static_cast<float>(x[j]);
    if (labelled) {
      builder.labels()[row] = static_cast<std::int32_t>(label);
    } else {
      builder.targets()[row] = answer[0] + noise * rng.normal();
    }
  }
  return std::move(builder).finish();
}

}  // namespace jury
