#include "tools/export/optuna_space.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "search/study/json.hpp"
#include "search/study/objective_experiment.hpp"
#include "search/study/trial_settings.hpp"

namespace jury {
namespace {

using Json = nlohmann::ordered_json;

std::string distribution(const char* name, Json attributes) {
  return Json{{"name", name}, {"attributes", std::move(attributes)}}.dump();
}

std::string float_range(double low, double high, bool log, const Json& step = nullptr) {
  return distribution("FloatDistribution", {{"step", step}, {"low", low}, {"high", high}, {"log", log}});
}

std::string choices(const Json& values) { return distribution("CategoricalDistribution", {{"choices", values}}); }

// The space of the search, or nothing where this version does not know it.
Space space_of_run(const RunResults& results) {
  const ResultsGroup config = results.group("/config");
  const char* begun = config.find("experiment_json") != nullptr ? "experiment_json" : "resolved_json";
  try {
    Problems problems;
    const Experiment experiment = read_experiment(config_from_json(results.texts(config, begun).at(0)), problems);
    if (!experiment.search || !problems.empty()) return {};
    return experiment.objective ? objective_space(experiment, problems) : space_of(experiment, problems);
  } catch (const Error&) {
    return {};
  }
}

std::string text_of(const Config& value) {
  const auto* text = value.as<std::string>();
  return text != nullptr ? *text : to_text(value);
}

// Of numbers: the range that was seen.
void see_numbers(OptunaParameter& parameter, const std::vector<double>& numbers) {
  double low = 0, high = 0;
  bool any = false;
  for (const double number : numbers) {
    parameter.values.push_back(std::isfinite(number) ? std::optional(number) : std::nullopt);
    if (!std::isfinite(number)) continue;
    low = any ? std::min(low, number) : number;
    high = any ? std::max(high, number) : number;
    any = true;
  }
  parameter.distribution = float_range(low, high, false);
}

// Of texts: the choices that were seen, in their order.
void see_texts(OptunaParameter& parameter, const std::vector<std::string>& texts) {
  std::vector<std::string> seen;
  for (const std::string& text : texts) {
    auto at = std::ranges::find(seen, text);
    if (text.empty()) {
      parameter.values.emplace_back();
      continue;
    }
    if (at == seen.end()) at = seen.insert(at, text);
    parameter.values.emplace_back(static_cast<double>(at - seen.begin()));
  }
  if (seen.empty()) seen.emplace_back();
  parameter.distribution = choices(seen);
}

double number_at(const Distribution& of, double unit) { return number_of(of.value(unit)).value_or(0); }

// A bounded range of numbers: from the ends and the middle one sees whether it is logarithmic.
std::string range_of(const Distribution& of) {
  const double low = number_at(of, 0), high = number_at(of, 1), middle = number_at(of, 0.5);
  return float_range(low, high, std::abs(middle - 0.5 * (low + high)) > 1e-9 * (high - low));
}

// Whole numbers or steps in order; nothing for other lists.
std::optional<std::string> steps_of(const Distribution& of) {
  const std::int64_t count = of.num_levels();
  if (!of.is_ordered() || !of.is_numeric() || count < 2) return std::nullopt;
  const double low = number_at(of, 0), high = number_at(of, 1), step = (high - low) / static_cast<double>(count - 1);
  bool whole = true;
  for (std::int64_t level = 0; level < std::min<std::int64_t>(count, 1000); ++level) {
    const Config value = of.value(of.cell(level).middle());
    if (std::abs(*number_of(value) - (low + static_cast<double>(level) * step)) > 1e-9 * (high - low))
      return std::nullopt;
    whole = whole && value.as<std::int64_t>() != nullptr;
  }
  if (!whole) return float_range(low, high, false, step);
  const NumberRange first = of.cell(0), last = of.cell(count - 1);
  const bool log = std::abs((first.high - first.low) - (last.high - last.low)) > 1e-9;
  return distribution(
      "IntDistribution",
      {{"log", log}, {"step", std::llround(step)}, {"low", std::llround(low)}, {"high", std::llround(high)}});
}

// Of a list: its values as choices; false where a trial has another.
bool take_list(OptunaParameter& parameter, const Distribution& of, const std::vector<std::string>& texts) {
  Json values = Json::array();
  std::vector<std::string> names;
  for (std::int64_t level = 0; level < of.num_levels(); ++level) {
    const Config value = of.value(of.cell(level).middle());
    const auto number = number_of(value);
    const auto* whole = value.as<std::int64_t>();
    values.push_back(whole != nullptr ? Json(*whole) : number ? Json(*number) : Json(text_of(value)));
    names.push_back(number ? Json(*number).dump() : text_of(value));
  }
  for (const std::string& text : texts) {
    const auto at = std::ranges::find(names, text);
    if (at == names.end() && !text.empty()) return false;
    parameter.values.push_back(text.empty() ? std::nullopt : std::optional(static_cast<double>(at - names.begin())));
  }
  parameter.distribution = choices(values);
  return true;
}

}  // namespace

std::vector<OptunaParameter> optuna_parameters(const RunResults& results, const ReportColumns& trials) {
  const Space space = space_of_run(results);
  std::vector<OptunaParameter> all;
  for (const std::string& name : trials.names_after("param.")) {
    const std::string column = "param." + name;
    const bool is_text = trials.is_text(column);
    OptunaParameter parameter{.name = name, .distribution = {}, .values = {}};
    const auto place = space.find(name);
    const Distribution* of = place ? &space.parameters()[*place].distribution : nullptr;
    if (of != nullptr && !is_text && of->is_bounded()) {
      const auto stepped = of->is_continuous() ? range_of(*of) : steps_of(*of).value_or("");
      bool within = !stepped.empty();
      const auto numbers = trials.numbers(column);
      for (const double number : numbers)
        within = within && (std::isnan(number) || (number >= number_at(*of, 0) && number <= number_at(*of, 1)));
      if (within) {
        see_numbers(parameter, numbers);
        parameter.distribution = stepped;
        all.push_back(std::move(parameter));
        continue;
      }
    }
    std::vector<std::string> texts = trials.texts(column);
    if (!is_text)
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (!texts[i].empty()) texts[i] = Json(trials.numbers(column)[i]).dump();
    if (of == nullptr || of->is_continuous() || !take_list(parameter, *of, texts)) {
      parameter.values.clear();
      is_text ? see_texts(parameter, texts) : see_numbers(parameter, trials.numbers(column));
    }
    all.push_back(std::move(parameter));
  }
  return all;
}

}  // namespace jury
