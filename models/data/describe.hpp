// What is in a dataset, in plain values, for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"

namespace jury {

/// One feature or regression target over all rows. Numbers are NaN for a categorical feature.
struct ColumnDescription {
  std::string name;
  std::string kind;  ///< "numeric", "categorical", "target"
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
  std::vector<ColumnDescription> columns;  ///< features, then regression targets
  std::vector<ClassDescription> classes;
  std::size_t num_duplicates = 0;  ///< rows whose features equal those of an earlier row
  std::vector<std::string> constant_columns;
  std::vector<std::string> warnings;
  std::uint64_t data_hash = 0;
  std::size_t size_bytes = 0;
};

/// O(rows x features); sorts one column at a time.
DataDescription describe(const Dataset& dataset);

/// For each row the first row with the same features, bit by bit: itself where it is the first.
std::vector<std::uint32_t> first_copies(const Dataset& dataset);

}  // namespace jury
