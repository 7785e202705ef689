#include "models/data/assemble.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "models/data/categories.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostWholeNumbers = 20;  // different ones that are still classes where the task is auto

// At most 20 different numbers, all of them whole.
bool looks_like_classes(const RawColumn& column) {
  std::set<double> seen;
  for (const double number : column.numbers) {
    if (std::isnan(number)) continue;
    if (number != std::floor(number) || seen.size() > kMostWholeNumbers) return false;
    seen.insert(number);
  }
  return seen.size() <= kMostWholeNumbers;
}

// The columns of one file, with the place of whatever is wrong.
void check_targets(const RawTable& table, const Roles& roles) {
  for (const std::size_t target : roles.targets) {
    const RawColumn& column = table.columns[target];
    for (std::size_t row = 0; row < table.num_rows; ++row) {
      if (column.is_missing(row))
        throw DataError(table.place(row) + ": the target '" + column.name +
                        "' is missing or NaN (every row needs one) leave the row out");
      if (column.kind == FeatureKind::numeric && std::isinf(column.numbers[row]))
        throw DataError(table.place(row) + ": the target '" + column.name + "' is infinite (targets must be finite)");
    }
  }
}

void check_weights(const RawTable& table, const RawColumn& column) {
  double sum = 0;
  for (std::size_t row = 0; row < table.num_rows; ++row) {
    const double weight = column.kind == FeatureKind::numeric ? column.numbers[row] : -1;
    if (!(weight >= 0 && weight <= kLargestFloat))
      throw DataError(table.place(row) + ": the weight '" + column.name + "' is no finite number >= 0");
    sum += weight;
  }
  if (!(sum > 0)) throw DataError(table.source + ": all weights are zero");
}

void check_rows(const RawTable& table, const Roles& roles) {
  const auto check_cells = [&](std::size_t j) {
    if (!table.columns[j].problem.empty()) throw DataError(table.columns[j].problem);
  };
  for (const std::size_t j : roles.targets) check_cells(j);
  for (const auto& role : {roles.weight, roles.group, roles.time, roles.fold})
    if (role) check_cells(*role);
  for (const std::size_t j : roles.features) check_cells(j);
  check_targets(table, roles);
  if (roles.weight) check_weights(table, table.columns[*roles.weight]);
  for (const auto& role : {roles.group, roles.time})
    for (std::size_t row = 0; role && row < table.num_rows; ++row)
      if (table.columns[*role].is_missing(row))
        throw DataError(table.place(row) + ": column '" + table.columns[*role].name +
                        "' is missing (every row needs one)");
  for (const std::size_t feature : roles.features) {
    const RawColumn& column = table.columns[feature];
    for (std::size_t row = 0; row < column.numbers.size(); ++row)
      if (std::abs(column.numbers[row]) > kLargestFloat)
        throw DataError(table.place(row) + ": column '" + column.name + "' is beyond the range of 32-bit numbers");
  }
}

}  // namespace

bool is_constant(const RawColumn& column) {
  const std::size_t rows = std::max(column.numbers.size(), column.codes.size());
  std::size_t missing = 0, last = rows;
  for (std::size_t row = 0; row < rows; ++row) {
    if (column.is_missing(row)) {
      ++missing;
      continue;
    }
    const bool differs =
        last != rows && (column.kind == FeatureKind::numeric ? column.numbers[row] != column.numbers[last]
                                                             : column.codes[row] != column.codes[last]);
    if (differs) return false;
    last = row;
  }
  return missing == 0 || missing == rows;
}

Assembly::Assembly(RawTable train, const DataOptions& options, const std::string& fold_column)
    : table_(std::move(train)), roles_(resolve_roles(table_, options, fold_column)) {
  settle_task(options);
  check_rows(table_, roles_);
  settle_features(options);
}

void Assembly::settle_task(const DataOptions& options) {
  const auto& columns = table_.columns;
  const RawColumn& first = columns[roles_.targets[0]];
  const bool several = roles_.targets.size() > 1;
  const bool of_texts = first.kind == FeatureKind::categorical;
  const bool classes = table_.labelled || of_texts || (!several && looks_like_classes(first));
  const bool labelled = options.task == "auto" ? classes : options.task == "classification";
  task_ = labelled ? TaskKind::classification : TaskKind::regression;
  if (labelled && several)
    throw ConfigError("data.target names " + std::to_string(roles_.targets.size()) +
                      " columns (classification has one target) name one, or set data.task = \"regression\"");
  if (labelled) make_categorical(table_.columns[roles_.targets[0]]);
  for (const std::size_t target : roles_.targets) {
    if (labelled || columns[target].kind == FeatureKind::numeric) continue;
    throw ConfigError("data.task = \"regression\" does not suit column '" + columns[target].name +
                      "' (it holds texts, say '" + columns[target].vocabulary[0] +
                      "') predict another column, or classes");
  }
  for (const auto& role : {roles_.group, roles_.time})
    if (role && (role == roles_.group || columns[*role].kind == FeatureKind::categorical))
      make_categorical(table_.columns[*role]);
  if (roles_.fold) make_categorical(table_.columns[*roles_.fold]);
  if (labelled && first.vocabulary.size() > 100 && first.vocabulary.size() > table_.num_rows / 4)
    warnings_.push_back("column '" + first.name + "' has " + counted(first.vocabulary.size(), "class") + " in " +
                        counted(table_.num_rows, "row") + "; data.task = \"regression\" may be meant");
}

void Assembly::settle_features(const DataOptions& options) {
  shape_ = options.shape.empty() ? table_.shape : options.shape;
  for (const std::string& name : options.categorical)
    for (const std::size_t feature : roles_.features)
      if (table_.columns[feature].name == name) make_categorical(table_.columns[feature]);
  for (const std::size_t feature : roles_.features)
    if (table_.columns[feature].kind == FeatureKind::categorical) make_categorical(table_.columns[feature]);

  if (shape_.empty()) {
    drop_constant_columns();
  } else {
    check_shape();
  }
  if (num_pixels() > 0 && !roles_.features.empty())
    throw ConfigError(table_.source +
                      ": has columns beside its images (only images are learned from) list them in data.ignore");
  if (num_pixels() == 0 && roles_.features.empty())
    throw DataError(table_.source + ": has no features to learn from (beside constant columns)");
}

void Assembly::check_shape() const {
  for (const std::size_t j : roles_.features)
    if (table_.columns[j].kind == FeatureKind::categorical)
      throw ConfigError("data.shape is given, but column '" + table_.columns[j].name +
                        "' holds texts (shaped samples are numbers) list it in data.ignore");
  const std::size_t num_features = roles_.features.size() + num_pixels();
  double cells = 1;
  std::string text;
  for (const std::int64_t extent : shape_) {
    cells *= static_cast<double>(extent);
    text += (text.empty() ? "" : ", ") + std::to_string(extent);
  }
  if (cells != static_cast<double>(num_features))
    throw ConfigError("data.shape = [" + text + "] does not fit the samples (" + table_.source + " has " +
                      counted(num_features, "feature") + ")");
}

void Assembly::drop_constant_columns() {
  std::vector<std::size_t> kept;
  for (const std::size_t feature : roles_.features) {
    if (is_constant(table_.columns[feature])) {
      dropped_.push_back(table_.columns[feature].name);
    } else {
      kept.push_back(feature);
    }
  }
  roles_.features = std::move(kept);
  if (!dropped_.empty())
    warnings_.push_back(counted(dropped_.size(), "column") +
                        " with one value in all rows left out: " + listed(dropped_));
}

const std::vector<std::uint32_t>& Assembly::labels() const noexcept { return table_.columns[roles_.targets[0]].codes; }

std::vector<std::pair<std::string, FeatureKind>> Assembly::kinds() const {
  std::vector<std::pair<std::string, FeatureKind>> kinds;
  const auto add = [&](std::size_t j) { kinds.emplace_back(table_.columns[j].name, table_.columns[j].kind); };
  for (const std::size_t j : roles_.features) add(j);
  for (const std::size_t j : roles_.targets) add(j);
  for (const auto& role : {roles_.weight, roles_.group, roles_.time})
    if (role) add(*role);
  return kinds;
}

std::size_t Assembly::num_pixels() const noexcept {
  return table_.num_rows == 0 ? 0 : table_.pixels.size() / table_.num_rows;
}

void Assembly::append_test(RawTable test) {
  const auto match = [&](std::size_t place) -> std::size_t {
    const std::string& name = table_.columns[place].name;
    std::vector<std::string_view> known;
    for (std::size_t j = 0; j < test.columns.size(); ++j) {
      if (test.columns[j].name == name) return j;
      known.push_back(test.columns[j].name);
    }
    throw DataError(test.source + ": lacks the column '" + name + "' of the training file" + suggestion(name, known));
  };
  if (test.pixels.size() != test.num_rows * num_pixels())
    throw DataError(test.source + ": its samples are of another size than those of " + table_.source);
  if (test.columns.size() != table_.columns.size() && !table_.named && !test.named)
    throw DataError(test.source + ": has " + counted(test.columns.size(), "column") + " (the training file has " +
                    std::to_string(table_.columns.size()) + ", and neither names them)");
  Roles roles;
  for (const std::size_t j : roles_.features) roles.features.push_back(match(j));
  for (const std::size_t j : roles_.targets) roles.targets.push_back(match(j));
  if (roles_.weight) roles.weight = match(*roles_.weight);
  if (roles_.group) roles.group = match(*roles_.group);
  if (roles_.time) roles.time = match(*roles_.time);
  check_rows(test, roles);

  std::size_t num_unknown = 0;
  const auto append = [&](std::size_t to, std::size_t from, Unknown unknown) {
    RawColumn& column = table_.columns[to];
    if (column.kind == FeatureKind::categorical) {
      make_categorical(test.columns[from]);
    } else if (test.columns[from].kind == FeatureKind::categorical) {
      throw DataError(test.source + ": column '" + column.name + "' holds texts (numbers in the training file)");
    }
    const std::size_t first = append_rows(column, test.columns[from], unknown);
    if (first < test.num_rows && unknown == Unknown::missing) ++num_unknown;
    return first;
  };
  for (std::size_t i = 0; i < roles.targets.size(); ++i) {
    const std::size_t first = append(roles_.targets[i], roles.targets[i], Unknown::added);
    if (first < test.num_rows)
      throw DataError(test.place(first) + ": the class '" +
                      test.columns[roles.targets[i]].vocabulary[test.columns[roles.targets[i]].codes[first]] +
                      "' does not occur in the training file (no model can predict it) leave the row out");
  }
  for (std::size_t i = 0; i < roles.features.size(); ++i)
    append(roles_.features[i], roles.features[i], Unknown::missing);
  if (roles.weight) append(*roles_.weight, *roles.weight, Unknown::missing);
  if (roles.group) append(*roles_.group, *roles.group, Unknown::added);
  if (roles.time) append(*roles_.time, *roles.time, Unknown::added);
  if (num_unknown > 0)
    warnings_.push_back(counted(num_unknown, "column") +
                        " of the test file with texts the training file lacks; they count as missing");
  table_.pixels.insert(table_.pixels.end(), test.pixels.begin(), test.pixels.end());
  table_.num_rows += test.num_rows;
}

}  // namespace jury
