#include "search/sampler/parse_distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr double kMostWhole = 9007199254740992;  // 2^53: whole numbers a double tells apart

double read_number(TextReader& reader) {
  if (reader.at("'") || reader.at("\"") || reader.at("[") || reader.at("{")) reader.fail("a number");
  const std::size_t column = reader.column();
  const std::optional<double> number = number_of(reader.value());
  if (!number) fail_at(column, "expected a number");
  return *number;
}

std::int64_t read_whole(TextReader& reader) {
  const std::size_t column = reader.column();
  const double number = read_number(reader);
  if (number != std::floor(number) || std::abs(number) > kMostWhole)
    fail_at(column, fmt::format("expected a whole number, found {}", number));
  return static_cast<std::int64_t>(number);
}

void comma(TextReader& reader) {
  if (!reader.accept(",")) reader.fail("','");
}

// Where "low, high" began, for what is wrong with both.
struct Range {
  std::size_t column;
  double low;
  double high;
};

Range read_range(TextReader& reader) {
  const std::size_t column = reader.column();
  const double low = read_number(reader);
  comma(reader);
  const double high = read_number(reader);
  return {column, low, high};
}

// ", step=s", where it is given.
std::optional<double> read_step(TextReader& reader) {
  if (!reader.accept(",")) return std::nullopt;
  reader.expect("step");
  reader.expect("=");
  const std::size_t column = reader.column();
  const double step = read_number(reader);
  if (!(step > 0)) fail_at(column, fmt::format("step = {} must be above 0", step));
  return step;
}

void check_levels(double count, std::size_t column) {
  if (count > kMostWhole) fail_at(column, "has too many values (at most 2^53)");
}

Distribution read_uniform(TextReader& reader) {
  const auto [column, low, high] = read_range(reader);
  if (!(low < high)) fail_at(column, fmt::format("low = {} must be below high = {}", low, high));
  const std::optional<double> step = read_step(reader);
  if (!step) return Distribution::range(Scale::linear, low, high);
  check_levels((high - low) / *step, column);
  return Distribution::steps(low, high, *step);
}

Distribution read_loguniform(TextReader& reader) {
  const auto [column, low, high] = read_range(reader);
  if (!(low > 0)) fail_at(column, fmt::format("low = {} must be above 0 (its logarithm is taken)", low));
  if (!(low < high)) fail_at(column, fmt::format("low = {} must be below high = {}", low, high));
  return Distribution::range(Scale::log, low, high);
}

std::pair<std::int64_t, std::int64_t> read_whole_range(TextReader& reader) {
  const std::size_t column = reader.column();
  const std::int64_t low = read_whole(reader);
  comma(reader);
  const std::int64_t high = read_whole(reader);
  if (low > high) fail_at(column, fmt::format("low = {} must not be above high = {}", low, high));
  return {low, high};
}

Distribution read_int(TextReader& reader) {
  const auto [low, high] = read_whole_range(reader);
  const std::size_t column = reader.column();
  const double step = read_step(reader).value_or(1);
  if (step != std::floor(step) || step > kMostWhole) fail_at(column, fmt::format("step = {} must be whole", step));
  return Distribution::whole(Scale::linear, low, high, static_cast<std::int64_t>(step));
}

Distribution read_logint(TextReader& reader) {
  const std::size_t column = reader.column();
  const auto [low, high] = read_whole_range(reader);
  if (low < 1) fail_at(column, fmt::format("low = {} must be at least 1 (its logarithm is taken)", low));
  return Distribution::whole(Scale::log, low, high);
}

Distribution read_gaussian(TextReader& reader, Scale scale) {
  const auto [column, mu, sigma] = read_range(reader);
  if (!(sigma > 0)) fail_at(column, fmt::format("sigma = {} must be above 0", sigma));
  return Distribution::gaussian(scale, mu, sigma);
}
Distribution read_normal(TextReader& reader) { return read_gaussian(reader, Scale::normal); }
Distribution read_lognormal(TextReader& reader) { return read_gaussian(reader, Scale::lognormal); }

std::vector<Config> read_values(TextReader& reader) {
  std::vector<Config> values;
  do {
    const std::size_t column = reader.column();
    values.push_back(reader.value());
    for (std::size_t i = 0; i + 1 < values.size(); ++i)
      if (same_value(values[i], values.back())) fail_at(column, to_text(values.back()) + " is given twice");
  } while (reader.accept(","));
  return values;
}

Distribution read_choice(TextReader& reader) { return Distribution::levels(read_values(reader), Order::unordered); }
Distribution read_ordinal(TextReader& reader) { return Distribution::levels(read_values(reader), Order::ordered); }

// Numbers are alike when they are near, in whatever order they were written.
Distribution read_grid(TextReader& reader) {
  const Distribution made = Distribution::levels(read_values(reader), Order::ordered);
  std::vector<Config> values;
  for (std::int64_t k = 0; k < made.num_levels(); ++k) values.push_back(made.value(made.cell(k).middle()));
  if (!made.is_numeric()) return Distribution::levels(std::move(values), Order::unordered);
  std::ranges::sort(values, {}, [](const Config& value) { return number_of(value).value_or(0); });
  return Distribution::levels(std::move(values), Order::ordered);
}

Distribution read_const(TextReader& reader) { return Distribution::levels({reader.value()}, Order::ordered); }

}  // namespace

const std::vector<DistributionForm>& distribution_forms() {
  static const std::vector<DistributionForm> forms = {
      {"uniform", "(low, high[, step=s])", "numbers from low to high, or low, low + s, ...", read_uniform},
      {"loguniform", "(low, high)", "numbers whose logarithm is uniform", read_loguniform},
      {"int", "(low, high[, step=s])", "whole numbers from low to high", read_int},
      {"logint", "(low, high)", "whole numbers, the logarithm about uniform", read_logint},
      {"choice", "(a, b, ...)", "one of these values, none nearer to another", read_choice},
      {"ordinal", "(a, b, ...)", "one of these values, neighbours alike", read_ordinal},
      {"normal", "(mu, sigma)", "numbers, normal with mean mu and deviation sigma", read_normal},
      {"lognormal", "(mu, sigma)", "numbers whose logarithm is normal", read_lognormal},
      {"grid", "(a, b, ...)", "these values, for method = \"grid\" or any other", read_grid},
      {"const", "(a)", "always this value", read_const},
  };
  return forms;
}

Distribution parse_distribution(TextReader& reader) {
  std::vector<std::string_view> known;
  for (const DistributionForm& form : distribution_forms()) known.push_back(form.name);
  const std::size_t column = reader.column();
  if (!reader.at_name()) reader.fail(fmt::format("one of {}", fmt::join(known, ", ")));
  const std::string name = reader.name();
  for (const DistributionForm& form : distribution_forms()) {
    if (form.name != name) continue;
    if (!reader.accept("(")) reader.fail(fmt::format("'(' as in {}{}", form.name, form.arguments));
    Distribution made = form.read(reader);
    if (!reader.accept(")")) reader.fail(fmt::format("')' as in {}{}", form.name, form.arguments));
    return made;
  }
  fail_at(column, "distribution '" + name + "' is unknown" + suggestion(name, known));
}

}  // namespace jury
