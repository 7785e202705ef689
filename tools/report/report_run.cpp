#include "tools/report/report_run.hpp"

#include <algorithm>
#include <filesystem>

#include "runtime/base/numbers.hpp"
#include "search/study/json.hpp"

namespace jury {
namespace {

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string text_or(const Attributes& attributes, std::string_view name, std::string otherwise) {
  const AttributeValue* value = find_attribute(attributes, name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr || text->empty() ? otherwise : *text;
}

}  // namespace

ReportColumns::ReportColumns(const RunResults& results, const std::string& group) {
  if (!results.has(group)) return;
  group_ = results.group(group);
  bool first = true;
  for (const Hdf5Array& array : group_.arrays) {
    if (array.dims.size() != 1 || array.is_dimension()) continue;
    if (!first && array.size() != size_) results.damaged(group + " is no table");
    size_ = array.size();
    first = false;
  }
}

const Hdf5Array* ReportColumns::column(std::string_view name) const noexcept {
  const Hdf5Array* found = group_.find(name);
  return found != nullptr && found->dims.size() == 1 && !found->is_dimension() ? found : nullptr;
}

bool ReportColumns::has(std::string_view name) const noexcept { return column(name) != nullptr; }

bool ReportColumns::is_text(std::string_view name) const noexcept {
  const Hdf5Array* found = column(name);
  return found != nullptr && found->type == ElementType::text;
}

std::vector<double> ReportColumns::numbers(std::string_view name) const {
  const Hdf5Array* found = column(name);
  if (found == nullptr || found->type == ElementType::text) return std::vector<double>(size_, kNaN);
  return as_doubles(*found);
}

std::vector<std::string> ReportColumns::texts(std::string_view name) const {
  const Hdf5Array* found = column(name);
  if (found == nullptr) return std::vector<std::string>(size_);
  if (found->type == ElementType::text) return found->texts;
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < size_; ++i) cells.push_back(found->cell(i));
  return cells;
}

std::vector<std::string> ReportColumns::names_after(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const Hdf5Array& array : group_.arrays) {
    const std::string name = last_part(array.path);
    if (name.starts_with(prefix) && column(name) != nullptr) names.push_back(name.substr(prefix.size()));
  }
  return names;
}

double ReportColumns::attribute(std::string_view name) const {
  const AttributeValue* value = find_attribute(group_.attributes, name);
  if (value == nullptr) return kNaN;
  if (const auto* whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
  const auto* real = std::get_if<double>(value);
  return real == nullptr ? kNaN : *real;
}

std::string ReportColumns::text_attribute(std::string_view name) const { return text_or(group_.attributes, name, ""); }

ReportRun::ReportRun(const std::string& run) : results(run, ReadFor::report), path(run) {
  const std::string folder = std::filesystem::absolute(results.file()).parent_path().filename().string();
  name = text_or(results.has("/provenance") ? results.group("/provenance").attributes : Attributes{}, "experiment",
                 folder);
  hash = results.text(results.root(), "config_hash").substr(0, 8);
  const auto json = results.texts(results.group("/config"), "resolved_json");
  if (json.size() != 1) results.damaged("it lacks its settings");
  settings = config_from_json(json[0]);
  if (!settings.is_table()) results.damaged("its settings are no table");
  selection = ReportColumns(results, "/selection");
  trials = ReportColumns(results, "/trials");
  fits = ReportColumns(results, "/fits");
  overall = ReportColumns(results, "/ensemble/overall");
  has_data = results.has("/data/classes") || results.has("/data/targets");
  outcome = results.has("/data/classes") ? Outcome::classes : Outcome::values;
  if (has_data)
    outputs = results.texts(results.group(outcome == Outcome::classes ? "/data/classes" : "/data/targets"), "name");
  source = selection.text_attribute("source");
  combine = selection.text_attribute("combine");
  const std::string objective = selection.text_attribute("objective");
  metric = selection.text_attribute("metric");
  if (metric.empty()) metric = objective;
  maximizes = is_maximized(metric, selection.text_attribute("direction"));
  const double trial = selection.attribute("chosen_trial");
  chosen = trial >= 0 && trial < 1e9 ? static_cast<std::int64_t>(trial) : -1;
}

std::size_t ReportRun::chosen_row() const {
  const auto trial = trials.numbers("trial"), outer = trials.numbers("outer");
  for (std::size_t row = 0; row < trial.size(); ++row)
    if (trial[row] == static_cast<double>(chosen) && !(outer[row] >= 0)) return row;
  return trial.size();
}

std::vector<std::string> ReportRun::objectives() const {
  std::vector<std::string> names = trials.names_after("value.");
  names.insert(names.begin(), metric);
  return names;
}

std::string ReportRun::metric_and_source() const {
  return source.empty() ? metric : metric + ", " + source_name(source);
}

const ComparedRows* ReportRun::rows(const std::string& of) const {
  auto found = rows_.find(of);
  if (found == rows_.end()) {
    const ComparedRun wanted{
        .path = path, .name = name, .outcome = outcome, .num_outputs = outputs.size(), .combine = combine};
    found = rows_.emplace(of, has_data && !outputs.empty() ? read_rows(wanted, results, of) : std::nullopt).first;
  }
  return found->second ? &*found->second : nullptr;
}

std::string source_name(std::string_view source) {
  if (source == "oof") return "out of fold";
  if (source == "oob") return "out of bag";
  return source == "test" ? "on the test set" : std::string(source);
}

bool is_maximized(std::string_view metric, std::string_view otherwise) {
  const auto found = std::ranges::find(metrics(), metric, &Metric::name);
  return found != metrics().end() ? found->direction == Direction::maximize : otherwise == "maximize";
}

}  // namespace jury
