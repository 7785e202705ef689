// The last step of an assembly: the block itself.
#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "models/data/assemble.hpp"
#include "models/data/categories.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {

void Assembly::check_classes(const std::vector<std::uint32_t>& order, std::size_t num_train) const {
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i < num_train && seen.size() < 2; ++i) seen.insert(labels()[order[i]]);
  if (seen.size() >= 2) return;
  const RawColumn& column = table_.columns[roles_.targets[0]];
  throw DataError(table_.source + ": the target '" + column.name + "' has one class only in the training rows, '" +
                  column.vocabulary[*seen.begin()] + "' (classification needs two)");
}

DataSchema Assembly::schema() const {
  DataSchema schema{.task = task_,
                    .features = {},
                    .shape = shape_,
                    .dropped = dropped_,
                    .warnings = warnings_,
                    .named = table_.named};
  for (std::size_t i = 0; i < num_pixels(); ++i) {
    schema.features.push_back({.name = "p" + std::to_string(i)});
    schema.columns.push_back(schema.features.back().name);
  }
  for (const RawColumn& column : table_.columns) schema.columns.push_back(column.name);
  for (const std::size_t j : roles_.features) {
    const RawColumn& column = table_.columns[j];
    schema.features.push_back({.name = column.name, .kind = column.kind, .vocabulary = column.vocabulary});
  }
  for (const std::size_t j : roles_.targets) schema.targets.push_back(table_.columns[j].name);
  if (task_ == TaskKind::classification) schema.classes = table_.columns[roles_.targets[0]].vocabulary;
  return schema;
}

void Assembly::fill_features(DatasetBuilder& builder, const Order& order) const {
  const std::size_t pixels = num_pixels();
  for (std::size_t i = 0; i < order.size() && pixels > 0; ++i)
    std::memcpy(builder.bytes().data() + i * pixels, table_.pixels.data() + order[i] * pixels, pixels);
  const auto numeric = builder.numeric();
  const auto codes = builder.codes();
  const std::size_t num_numeric = numeric.size() / order.size(), num_categorical = codes.size() / order.size();
  std::size_t next_number = 0, next_code = 0;
  for (const std::size_t j : roles_.features) {
    const RawColumn& column = table_.columns[j];
    if (column.kind == FeatureKind::numeric) {
      for (std::size_t i = 0; i < order.size(); ++i)
        numeric[i * num_numeric + next_number] = static_cast<float>(column.numbers[order[i]]);
      ++next_number;
    } else {
      for (std::size_t i = 0; i < order.size(); ++i) codes[i * num_categorical + next_code] = column.codes[order[i]];
      ++next_code;
    }
  }
}

void Assembly::fill_targets(DatasetBuilder& builder, const Order& order) const {
  const std::size_t num_targets = roles_.targets.size();
  const auto labels = builder.labels();
  const auto targets = builder.targets();
  for (std::size_t k = 0; k < num_targets; ++k) {
    const RawColumn& column = table_.columns[roles_.targets[k]];
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(column.codes[order[i]]);
    for (std::size_t i = 0; i < targets.size() / num_targets; ++i)
      targets[i * num_targets + k] = column.numbers[order[i]];
  }
}

void Assembly::fill_extras(DatasetBuilder& builder, const Order& order) const {
  const auto weight = builder.weight();
  const auto group = builder.group();
  const auto time = builder.time();
  for (std::size_t i = 0; i < weight.size(); ++i)
    weight[i] = static_cast<float>(table_.columns[*roles_.weight].numbers[order[i]]);
  for (std::size_t i = 0; i < group.size(); ++i)
    group[i] = static_cast<std::int32_t>(table_.columns[*roles_.group].codes[order[i]]);
  for (std::size_t i = 0; i < time.size(); ++i) {
    const RawColumn& column = table_.columns[*roles_.time];
    time[i] =
        column.kind == FeatureKind::numeric ? column.numbers[order[i]] : static_cast<double>(column.codes[order[i]]);
  }
}

// Folds are the values that occur among the training rows, in the order of the vocabulary; without a
// value, or with -1, a row is never tested.
void Assembly::fill_folds(DatasetBuilder& builder, const Order& order) const {
  const auto fold = builder.fold();
  if (fold.empty()) return;
  const RawColumn& column = table_.columns[*roles_.fold];
  const auto is_tested = [&](std::uint32_t code) { return code != kMissingCode && column.vocabulary[code] != "-1"; };
  std::vector<std::int32_t> number(column.vocabulary.size(), -1);
  for (std::size_t i = 0; i < fold.size(); ++i)
    if (const std::uint32_t code = column.codes[order[i]]; is_tested(code)) number[code] = 0;
  std::int32_t next = 0;
  for (std::int32_t& occurs : number)
    if (occurs == 0) occurs = next++;
  for (std::size_t i = 0; i < fold.size(); ++i) {
    const std::uint32_t code = column.codes[order[i]];
    fold[i] = code == kMissingCode ? -1 : number[code];
  }
}

Bytes Assembly::finish(const Order& order, std::size_t num_test, std::uint64_t memory_limit_bytes) {
  const std::size_t num_train = order.size() - num_test;
  if (num_train < 2)
    throw DataError(table_.source + ": leaves " + counted(num_train, "row") + " for training (two are needed)");
  if (task_ == TaskKind::classification) check_classes(order, num_train);
  if (roles_.time && table_.columns[*roles_.time].kind == FeatureKind::categorical)
    make_categorical(table_.columns[*roles_.time]);  // the test file may have added texts: back into order

  const auto extra = [](const auto& role, Extra which) { return role ? which : Extra::none; };
  const DatasetSize size{.num_train = num_train,
                         .num_test = num_test,
                         .num_validation = table_.num_validation,
                         .storage = num_pixels() > 0 ? Storage::u8 : Storage::f32,
                         .extras = extra(roles_.weight, Extra::weight) | extra(roles_.group, Extra::group) |
                                   extra(roles_.time, Extra::time) | extra(roles_.fold, Extra::fold),
                         .num_splits = parts_.size() / num_train};
  DataSchema meaning = schema();
  const auto needed = static_cast<double>(dataset_bytes(meaning, size));
  if (needed > static_cast<double>(memory_limit_bytes))
    throw DataError(table_.source + ": needs " + format_bytes(needed) + " of memory (there are " +
                    format_bytes(static_cast<double>(memory_limit_bytes)) + ") use fewer rows or features");
  DatasetBuilder builder(std::move(meaning), size);
  fill_features(builder, order);
  fill_targets(builder, order);
  fill_extras(builder, order);
  fill_folds(builder, order);
  std::ranges::copy(parts_, builder.parts().begin());
  return std::move(builder).finish();
}

}  // namespace jury
