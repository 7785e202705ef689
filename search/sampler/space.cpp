#include "search/sampler/space.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"
#include "search/sampler/space_checks.hpp"

namespace jury {

const Setting* Assignment::find(std::size_t parameter) const noexcept {
  const auto at = std::ranges::lower_bound(settings, parameter, {}, &Setting::parameter);
  return at != settings.end() && at->parameter == parameter ? &*at : nullptr;
}

Space::Space(std::vector<Parameter> parameters, const FixedSettings& fixed)
    : parameters_(canonical_order(std::move(parameters))) {
  fixed_ = fixed_settings(parameters_, fixed);
  check_conditions(parameters_, fixed_);
}

std::optional<std::size_t> Space::find(std::string_view path) const noexcept {
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (parameters_[i].path == path) return i;
  return std::nullopt;
}

bool Space::is_active(std::size_t parameter, const Assignment& so_far) const {
  const std::optional<Condition>& when = parameters_[parameter].when;
  if (!when) return true;
  const auto value = [&](const std::string& path) -> const Config* {
    if (const auto index = find(path)) {
      const Setting* setting = so_far.find(*index);
      return setting == nullptr ? nullptr : &setting->value;
    }
    const auto at = std::ranges::find(fixed_, path, &std::pair<std::string, Config>::first);
    return at == fixed_.end() ? nullptr : &at->second;
  };
  return when->holds(value).value_or(false);
}

Assignment Space::assign(std::span<const double> unit) const {
  JURY_EXPECTS(unit.size() == size());
  Assignment made;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!is_active(i, made)) continue;
    const Distribution& distribution = parameters_[i].distribution;
    made.settings.push_back({i, distribution.snapped(unit[i]), distribution.value(unit[i])});
  }
  return made;
}

std::vector<double> Space::unit_vector(const Assignment& assignment, double inactive) const {
  std::vector<double> unit(size(), inactive);
  for (const Setting& setting : assignment.settings) unit[setting.parameter] = setting.unit;
  return unit;
}

Assignment Space::assign_values(const Config::Table& values, std::span<const double> unit) const {
  JURY_EXPECTS(unit.size() == size());
  for (const auto& [path, value] : values)
    if (!find(path)) throw_unknown_parameter(parameters_, path, value.origin());
  Assignment made;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto& [path, distribution, when, origin] = parameters_[i];
    const auto given = std::ranges::find(values, path, &std::pair<std::string, Config>::first);
    const bool active = is_active(i, made);
    if (given == values.end()) {
      if (active) made.settings.push_back({i, distribution.snapped(unit[i]), distribution.value(unit[i])});
      continue;
    }
    const Config& value = given->second;
    if (!active)
      throw ConfigError(prefix(value.origin()) + path + " = " + to_text(value) +
                        " is not searched here (its condition does not hold) leave it out");
    const std::optional<double> at = distribution.unit(value);
    if (!at)
      throw ConfigError(prefix(value.origin()) + path + " = " + to_text(value) + " is outside the space (it has " +
                        distribution.describe() + ")");
    // A level is written as the space has it, 1 as 1.0 where its values are such.
    made.settings.push_back(
        {i, *at, distribution.is_continuous() ? Config(*number_of(value)) : distribution.value(*at)});
  }
  return made;
}

std::string Space::text(const Assignment& assignment) const {
  std::string text;
  for (const Setting& setting : assignment.settings)
    text += (text.empty() ? "" : ", ") + parameters_[setting.parameter].path + " = " + to_text(setting.value);
  return text;
}

std::uint64_t Space::hash(const Assignment& assignment) const { return Hasher().add(text(assignment)).digest(); }

std::optional<std::size_t> Space::count(std::size_t most) const {
  for (const Parameter& parameter : parameters_)
    if (parameter.distribution.is_continuous()) return std::nullopt;
  SpaceWalk walk(*this);
  std::size_t count = 0;
  while (walk.next())
    if (++count > most) return std::nullopt;
  return count;
}

SpaceWalk::SpaceWalk(const Space& space) : space_(&space), levels_(space.size(), 0) {
  for (const Parameter& parameter : space.parameters()) JURY_EXPECTS(!parameter.distribution.is_continuous());
}

std::optional<Assignment> SpaceWalk::next() {
  if (done_) return std::nullopt;
  std::vector<double> unit(space_->size());
  for (std::size_t i = 0; i < unit.size(); ++i)
    unit[i] = space_->parameters()[i].distribution.cell(levels_[i]).middle();
  const Assignment made = space_->assign(unit);
  done_ = true;
  for (std::size_t i = unit.size(); i-- > 0;) {
    const bool more = made.find(i) != nullptr && levels_[i] + 1 < space_->parameters()[i].distribution.num_levels();
    levels_[i] = more ? levels_[i] + 1 : 0;
    if (!more) continue;
    done_ = false;
    break;
  }
  return made;
}

}  // namespace jury
