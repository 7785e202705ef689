// From the columns of files to the block of a dataset.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/data/dataset_builder.hpp"
#include "models/data/raw_table.hpp"
#include "models/data/roles.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// One value in every row, or none in any: nothing can be learned from it.
bool is_constant(const RawColumn& column);

/// Checks and converts the columns of one study's files step by step; the functions are called in
/// the order they stand in.
class Assembly {
 public:
  /// Takes the training file, with the column of its folds where one is named: settles the task, the categories and
  /// which columns are constant. Throws DataError for a cell no target, weight or feature may hold, ConfigError for
  /// options that do not suit the file.
  Assembly(RawTable train, const DataOptions& options, const std::string& fold_column = {});

  /// What a reader of the test file has to know: the kinds of the columns in use, by name.
  std::vector<std::pair<std::string, FeatureKind>> kinds() const;
  const RawTable& table() const noexcept { return table_; }
  TaskKind task() const noexcept { return task_; }
  /// Class of each row so far; empty for regression.
  const std::vector<std::uint32_t>& labels() const noexcept;

  /// Appends the rows of the test file, columns matched by name, or by place where no file names them.
  void append_test(RawTable test);

  /// The parts of the training rows in the splits of index files; then finish() keeps their order.
  void set_parts(std::vector<SplitPart> parts) { parts_ = std::move(parts); }

  /// Builds the block: row i of the dataset is row order[i] of the files, test rows last.
  /// Throws DataError when there is one class only among the training rows, or too little memory.
  Bytes finish(const std::vector<std::uint32_t>& order, std::size_t num_test, std::uint64_t memory_limit_bytes);

 private:
  using Order = std::vector<std::uint32_t>;

  void settle_task(const DataOptions& options);
  void settle_features(const DataOptions& options);
  void check_shape() const;
  void drop_constant_columns();
  void check_classes(const Order& order, std::size_t num_train) const;
  std::size_t num_pixels() const noexcept;
  DataSchema schema() const;
  void fill_features(DatasetBuilder& builder, const Order& order) const;
  void fill_targets(DatasetBuilder& builder, const Order& order) const;
  void fill_extras(DatasetBuilder& builder, const Order& order) const;
  void fill_folds(DatasetBuilder& builder, const Order& order) const;

  RawTable table_;
  Roles roles_;
  TaskKind task_ = TaskKind::classification;
  std::vector<SplitPart> parts_;
  std::vector<std::int64_t> shape_;
  std::vector<std::string> dropped_;
  std::vector<std::string> warnings_;
};

}  // namespace jury
