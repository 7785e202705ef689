// What is in a dataset, in plain values, for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/raw_table.hpp"
#include "models/data/roles.hpp"

namespace jury {

/// One column over all rows. Numbers are NaN for texts and classes.
struct ColumnDescription {
  std::string name;
  std::string kind;  ///< "numeric", "categorical", "target"; of what is left out also why: "constant", "weight", ...
  std::size_t missing = 0;
  std::size_t distinct = 0;
  double min = 0, max = 0, mean = 0;
};

struct ClassDescription {
  std::string name;
  std::size_t train = 0;  ///< number of training rows
  std::size_t test = 0;
};

struct DataDescription {
  std::size_t num_train = 0, num_test = 0;
  std::string task;
  std::vector<std::int64_t> shape;
  std::vector<ColumnDescription> columns;  ///< features, then targets, then what is left out
  std::vector<ClassDescription> classes;
  std::size_t num_duplicates = 0;  ///< rows whose features equal those of an earlier row
  std::vector<std::string> constant_columns;
  std::vector<std::string> warnings;
  std::uint64_t data_hash = 0;
  std::size_t size_bytes = 0;
};

/// What may not come into the dataset, over the rows of the training file: features with one value ("constant"), and
/// columns that are neither feature nor target ("weight", "group", "time", "ignored").
std::vector<ColumnDescription> describe_left_out(const RawTable& table, const Roles& roles);

/// O(rows x features); sorts one column at a time. Of `left_out` what really is.
DataDescription describe(const Dataset& dataset, const std::vector<ColumnDescription>& left_out = {});

/// For each row the first row with the same features, bit by bit: itself where it is the first.
std::vector<std::uint32_t> first_copies(const Dataset& dataset);

}  // namespace jury
