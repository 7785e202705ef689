#include "search/sampler/space_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

const Parameter* find(const std::vector<Parameter>& parameters, std::string_view path) {
  const auto at = std::ranges::find(parameters, path, &Parameter::path);
  return at == parameters.end() ? nullptr : &*at;
}

std::vector<std::string> named(const Parameter& parameter) {
  std::vector<std::string> paths;
  if (!parameter.when) return paths;
  for (const Comparison& comparison : parameter.when->comparisons())
    for (const ComparedSide* side : {&comparison.left, &comparison.right})
      if (!side->path.empty()) paths.push_back(side->path);
  return paths;
}

std::vector<std::string_view> known_paths(const std::vector<Parameter>& parameters) {
  std::vector<std::string_view> paths;
  for (const Parameter& parameter : parameters) paths.push_back(parameter.path);
  return paths;
}

[[noreturn]] void throw_condition(const Parameter& parameter, std::size_t column, const std::string& text) {
  throw ConfigError(fmt::format("{}search.space '{}': its condition, column {}: {}", prefix(parameter.origin),
                                parameter.path, column, text));
}

// What a side may be: levels or a range of a parameter, or one value.
struct Side {
  const ComparedSide& operand;
  const Parameter* parameter;
  const Config* value;

  bool is_numeric() const {
    return parameter != nullptr ? parameter->distribution.is_numeric() : number_of(*value).has_value();
  }
  std::string name() const { return operand.path.empty() ? to_text(operand.value) : operand.path; }
};

void check_value(const Parameter& owner, const Side& side, const Config& value, std::size_t column) {
  if (side.parameter == nullptr || side.parameter->distribution.unit(value)) return;
  throw_condition(
      owner, column,
      side.name() + " is never " + to_text(value) + " (it has " + side.parameter->distribution.describe() + ")");
}

void check_comparison(const Parameter& owner, const Comparison& comparison, const Side& left, const Side& right) {
  const std::string& op = comparison.op;
  if (op == "in") {
    for (const Config& value : *right.value->as<Config::List>()) check_value(owner, left, value, right.operand.column);
  } else if (op == "==" || op == "!=") {
    if (right.value != nullptr) check_value(owner, left, *right.value, right.operand.column);
    if (left.value != nullptr) check_value(owner, right, *left.value, left.operand.column);
  } else {
    for (const Side* side : {&left, &right})
      if (!side->is_numeric())
        throw_condition(owner, side->operand.column,
                        fmt::format("'{}' needs numbers, {} is none (compare it by ==, != or in)", op, side->name()));
  }
}

}  // namespace

std::vector<Parameter> canonical_order(std::vector<Parameter> parameters) {
  std::ranges::sort(parameters, {}, &Parameter::path);
  for (std::size_t i = 1; i < parameters.size(); ++i) JURY_EXPECTS(parameters[i - 1].path != parameters[i].path);
  std::vector<Parameter> ordered;
  std::vector<bool> placed(parameters.size(), false);
  while (ordered.size() < parameters.size()) {
    std::size_t next = parameters.size();
    for (std::size_t i = 0; i < parameters.size() && next == parameters.size(); ++i) {
      const auto waits_for = [&](const std::string& path) {
        return find(parameters, path) != nullptr && find(ordered, path) == nullptr;
      };
      if (!placed[i] && std::ranges::none_of(named(parameters[i]), waits_for)) next = i;
    }
    if (next == parameters.size()) {
      std::string circle;
      for (std::size_t i = 0; i < parameters.size(); ++i)
        if (!placed[i]) circle += (circle.empty() ? "'" : ", '") + parameters[i].path + "'";
      throw ConfigError("search.space: the conditions of " + circle + " go round in a circle (none can be set first)");
    }
    placed[next] = true;
    ordered.push_back(parameters[next]);
  }
  return ordered;
}

std::vector<std::pair<std::string, Config>> fixed_settings(const std::vector<Parameter>& parameters,
                                                           const Space::FixedSettings& fixed) {
  std::vector<std::pair<std::string, Config>> settings;
  for (const Parameter& parameter : parameters) {
    for (const std::string& path : named(parameter)) {
      if (find(parameters, path) != nullptr) continue;
      std::optional<Config> value = fixed ? fixed(path) : std::nullopt;
      if (!value)
        throw ConfigError(fmt::format(
            "{}search.space '{}': its condition names '{}' (no parameter of the space and no "
            "setting of the experiment){}",
            prefix(parameter.origin), parameter.path, path, nearest_suggestion(path, known_paths(parameters))));
      settings.emplace_back(path, std::move(*value));
    }
  }
  return settings;
}

void check_conditions(const std::vector<Parameter>& parameters,
                      const std::vector<std::pair<std::string, Config>>& fixed) {
  const auto side = [&](const ComparedSide& operand) -> Side {
    if (operand.path.empty()) return {operand, nullptr, &operand.value};
    if (const Parameter* parameter = find(parameters, operand.path)) return {operand, parameter, nullptr};
    return {operand, nullptr, &std::ranges::find(fixed, operand.path, &std::pair<std::string, Config>::first)->second};
  };
  for (const Parameter& parameter : parameters) {
    if (!parameter.when) continue;
    for (const Comparison& comparison : parameter.when->comparisons())
      check_comparison(parameter, comparison, side(comparison.left), side(comparison.right));
  }
}

void throw_unknown_parameter(const std::vector<Parameter>& parameters, std::string_view path, const Origin& origin) {
  throw ConfigError(prefix(origin) + "'" + std::string(path) + "' is not in the space" +
                    suggestion(path, known_paths(parameters)));
}

}  // namespace jury
