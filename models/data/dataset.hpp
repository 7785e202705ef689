// The samples of a study, in one relocatable block of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/data/split_files.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// Code of a categorical cell that is missing or not in the vocabulary.
inline constexpr std::uint32_t kMissingCode = 0xffffffff;

enum class TaskKind : std::uint32_t { classification, regression };
enum class FeatureKind : std::uint32_t { numeric, categorical };
enum class Storage : std::uint32_t { f32, u8 };  ///< of the numeric features

/// What is known of one feature, from the whole training file, without its targets.
struct Feature {
  std::string name;
  FeatureKind kind = FeatureKind::numeric;
  std::uint32_t index = 0;                   ///< its column in numeric() or bytes(), or in codes()
  std::vector<std::string> vocabulary = {};  ///< of a categorical: the text of each code
  std::uint64_t num_missing = 0;             ///< missing cells over all rows; filled in by the builder
};

/// What the columns of a dataset mean.
struct DataSchema {
  TaskKind task = TaskKind::classification;
  std::vector<Feature> features;           ///< in the order of the file
  std::vector<std::string> classes = {};   ///< classification: the name of each label
  std::vector<std::string> targets = {};   ///< names; one for classification
  std::vector<std::int64_t> shape = {};    ///< of one sample, row-major; empty for tables
  std::vector<std::string> dropped = {};   ///< constant columns left out
  std::vector<std::string> warnings = {};  ///< one line each, for the user
  std::vector<std::string> columns = {};   ///< all of the training file in its order, whatever their use; pixels first
  bool named = false;                      ///< the training file itself names them
};

const char* name(TaskKind task) noexcept;  ///< "classification", "regression"

/// Samples, targets and schema in one block of bytes with offsets and no pointers: it can be copied
/// into an MPI window or mapped from a file as it is. Rows [0, num_train()) are for training, rows
/// [num_train(), rows()) are the test set. All matrices are row-major.
///
/// A Dataset is cheap to copy. Made by view() it does not own the block, which must outlive it.
class Dataset {
 public:
  /// Every offset and size in the block is checked against its size. O(schema + rows of codes and
  /// labels). Expects an 8-byte aligned block. Throws DataError when it is not a whole, sound block.
  static Dataset view(std::span<const std::byte> block);
  /// The same, keeping the block alive.
  static Dataset own(Bytes block);

  const DataSchema& schema() const noexcept { return *schema_; }
  TaskKind task() const noexcept { return schema_->task; }
  std::size_t rows() const noexcept { return num_train_ + num_test_; }
  std::size_t num_train() const noexcept { return num_train_; }
  std::size_t num_test() const noexcept { return num_test_; }
  /// The last of the training rows are a validation part of the file's own (.dt files); else 0.
  std::size_t num_validation() const noexcept { return num_validation_; }
  std::size_t num_numeric() const noexcept { return num_numeric_; }
  std::size_t num_categorical() const noexcept { return num_categorical_; }
  std::size_t num_classes() const noexcept { return schema_->classes.size(); }
  /// Number of regression targets; 1 for classification.
  std::size_t num_targets() const noexcept { return schema_->targets.size(); }
  Storage storage() const noexcept { return storage_; }

  /// (rows, num_numeric), NaN = missing; empty when storage() is u8.
  std::span<const float> numeric() const noexcept { return numeric_; }
  /// (rows, num_numeric); empty when storage() is f32. Bytes are never missing.
  std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }
  /// (rows, num_categorical), an index into the vocabulary or kMissingCode.
  std::span<const std::uint32_t> codes() const noexcept { return codes_; }
  /// (rows), in [0, num_classes()); empty for regression.
  std::span<const std::int32_t> labels() const noexcept { return labels_; }
  /// (rows, num_targets), finite; empty for classification.
  std::span<const double> targets() const noexcept { return targets_; }

  /// (rows), finite and >= 0; empty when none were given.
  std::span<const float> weight() const noexcept { return weight_; }
  /// (rows), numbered from 0; empty when none were given.
  std::span<const std::int32_t> group() const noexcept { return group_; }
  /// (rows), only its order has a meaning; empty when none was given.
  std::span<const double> time() const noexcept { return time_; }
  /// (num_train): the fold that tests each training row, numbered from 0; -1: none. Empty when no column says so.
  std::span<const std::int32_t> fold() const noexcept { return fold_; }
  /// (splits, num_train): what each training row is in each split of index files; empty when there are none.
  std::span<const SplitPart> parts() const noexcept { return parts_; }
  /// Of a generator for regression: the noise-free f*(x), (rows, num_targets); else empty.
  std::span<const double> truth() const noexcept { return truth_; }
  /// Of a generator for classification: P(c|x), (rows, num_classes); else empty.
  std::span<const double> posterior() const noexcept { return posterior_; }

  /// XXH3 of the block: equal hashes, equal data.
  std::uint64_t hash() const noexcept { return hash_; }
  /// Names this set of rows, for RowSet.
  std::uint64_t domain() const noexcept { return hash_; }
  std::span<const std::byte> block() const noexcept { return block_; }

 private:
  Dataset() = default;

  std::span<const std::byte> block_;
  std::shared_ptr<const Bytes> owner_;
  std::shared_ptr<const DataSchema> schema_;
  std::size_t num_train_ = 0, num_test_ = 0, num_validation_ = 0;
  std::size_t num_numeric_ = 0, num_categorical_ = 0;
  Storage storage_ = Storage::f32;
  std::uint64_t hash_ = 0;
  std::span<const float> numeric_, weight_;
  std::span<const std::uint8_t> bytes_;
  std::span<const std::uint32_t> codes_;
  std::span<const std::int32_t> labels_, group_, fold_;
  std::span<const SplitPart> parts_;
  std::span<const double> targets_, time_, truth_, posterior_;
};

}  // namespace jury
