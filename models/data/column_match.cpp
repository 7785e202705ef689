#include "models/data/column_match.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

using Names = std::vector<std::string>;
constexpr std::size_t kMostNames = 20;  // in a message

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names without(const Names& names, const Names& others) {
  Names left;
  for (const std::string& name : names)
    if (!contains(others, name)) left.push_back(name);
  return left;
}

Names feature_names(const DataSchema& schema) {
  Names names;
  for (const Feature& feature : schema.features) names.push_back(feature.name);
  return names;
}

// Where the columns of a table are, by name; the first of equal ones.
class Places {
 public:
  explicit Places(const RawTable& table) {
    for (std::size_t j = 0; j < table.columns.size(); ++j) places_.try_emplace(table.columns[j].name, j);
  }
  std::optional<std::size_t> find(const std::string& name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::string, std::size_t> places_;
};

// "'a', 'b' and 3 more"
std::string quoted(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) text += (i == 0 ? "'" : ", '") + names[i] + "'";
  return text + (names.size() > kMostNames ? " and " + std::to_string(names.size() - kMostNames) + " more" : "");
}

[[noreturn]] void lacks(const RawTable& table, const Names& missing) {
  std::vector<std::string_view> known;
  for (const RawColumn& column : table.columns) known.push_back(column.name);
  throw DataError(table.source + ": lacks the " + (missing.size() == 1 ? "column " : "columns ") + quoted(missing) +
                  " of the training file" + suggestion(missing[0], known));
}

void check_pixels(const RawTable& table, const DataSchema& schema) {
  const std::size_t pixels = table.pixels.size() / table.num_rows;
  const bool same_shape = schema.shape.empty() || table.shape.empty() || schema.shape == table.shape;
  if (pixels != schema.features.size() || !same_shape)
    throw DataError(table.source + ": its samples have " + counted(pixels, "number") + " each" +
                    (pixels == schema.features.size() ? " in another shape" : "") +
                    " (those of the training file have " + std::to_string(schema.features.size()) + ")");
  for (const Feature& feature : schema.features)
    if (feature.kind == FeatureKind::categorical)
      throw DataError(table.source + ": holds images (column '" + feature.name + "' of the training file holds texts)");
}

}  // namespace

void name_by_place(RawTable& table, const DataSchema& schema) {
  if ((table.named && schema.named) || !table.pixels.empty()) return;
  const Names features = feature_names(schema), samples = without(schema.columns, schema.targets);
  std::vector<std::size_t> places;  // of columns that are not the format's own targets
  for (std::size_t j = 0; j < table.columns.size(); ++j)
    if (!contains(table.targets, table.columns[j].name)) places.push_back(j);
  const Places places_before(table);
  const bool apart = places.size() < table.columns.size();
  const Names* names = nullptr;
  if (!apart && places.size() == schema.columns.size())
    names = &schema.columns;
  else if (places.size() == samples.size())
    names = &samples;
  else if (places.size() == features.size())
    names = &features;
  if (names == nullptr)
    throw DataError(table.source + ": has " + counted(places.size(), "column") + " (the training file has " +
                    std::to_string(schema.columns.size()) + ", " + std::to_string(samples.size()) +
                    " without its targets, and not both files name them)");
  for (std::size_t i = 0; i < places.size(); ++i) table.columns[places[i]].name = (*names)[i];
  for (std::size_t i = 0; i < table.targets.size(); ++i) {
    const auto place = places_before.find(table.targets[i]);
    if (!place || table.targets.size() != schema.targets.size()) continue;
    table.columns[*place].name = table.targets[i] = schema.targets[i];
  }
}

ColumnMatch match_columns(const RawTable& table, const DataSchema& schema, const std::string& weight) {
  const Places places(table);
  ColumnMatch match;
  if (!table.pixels.empty()) {
    check_pixels(table, schema);
  } else {
    Names missing;
    for (const Feature& feature : schema.features) {
      const auto place = places.find(feature.name);
      if (place)
        match.features.push_back(*place);
      else
        missing.push_back(feature.name);
    }
    if (!missing.empty()) lacks(table, missing);
  }
  for (std::size_t i = 0; i < schema.targets.size(); ++i) {
    auto place = places.find(schema.targets[i]);
    if (!place && table.targets.size() == schema.targets.size()) place = places.find(table.targets[i]);
    if (place) match.targets.push_back(*place);
  }
  if (match.targets.size() < schema.targets.size()) match.targets.clear();
  if (!weight.empty()) match.weight = places.find(weight);
  const std::set<std::string> known(schema.columns.begin(), schema.columns.end());
  for (std::size_t j = 0; j < table.columns.size(); ++j) {
    const bool used = std::find(match.targets.begin(), match.targets.end(), j) != match.targets.end();
    if (!used && !known.contains(table.columns[j].name)) match.extra.push_back(table.columns[j].name);
  }
  return match;
}

}  // namespace jury
