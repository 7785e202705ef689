// The first stage of a pipeline: from a dataset's columns to one row of numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// x -> fill for a missing x, else clip((x - center) * scale + offset, low, high). Maps of this form
/// are closed under the steps below, so any run of them costs one pass.
struct ColumnMap {
  double center = 0;
  double scale = 1;
  double offset = 0;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  double fill = std::numeric_limits<double>::quiet_NaN();  ///< in terms of the result

  double operator()(double x) const noexcept;
  /// Then (y - shift) * factor + add.
  void then_affine(double shift, double factor, double add) noexcept;
  /// Then clip(y, lower, upper). Expects lower <= upper.
  void then_clip(double lower, double upper) noexcept;
  /// Then `value` for what is still missing.
  void then_fill(double value) noexcept;
  bool operator==(const ColumnMap& other) const noexcept;

  void save(ByteWriter& writer) const;
  static ColumnMap load(ByteReader& reader);
};

/// What one feature becomes. A numeric feature is one output, a categorical one either one output
/// (ordinal) or one per text of its vocabulary (one-hot); without maps it is left out, and no output.
struct FeatureMap {
  enum class Kind : std::uint32_t { number, ordinal, one_hot };
  Kind kind = Kind::number;
  std::uint32_t index = 0;                 ///< column among its kind, Feature::index
  std::uint32_t fill_code = kMissingCode;  ///< categorical: code of a missing cell
  std::vector<ColumnMap> maps = {};        ///< one per output; of the code (ordinal) or of 0 and 1 (one-hot)
  bool operator==(const FeatureMap&) const = default;
};

/// Parameters of the maps laid out for the kernel, one entry per numeric feature and a vector more.
struct AffineTable {
  std::vector<float> fill, center, scale, offset, low, high;
};

/// The compiled form of feature maps. Runs of neighbouring numeric features are one kernel call.
class FirstStage {
 public:
  FirstStage() = default;
  /// `cardinality` is the size of each categorical column's vocabulary, in the order of their index.
  FirstStage(std::vector<FeatureMap> features, std::size_t num_numeric, std::vector<std::uint32_t> cardinality);

  std::size_t width() const noexcept { return width_; }
  std::span<const FeatureMap> features() const noexcept { return features_; }
  std::span<const std::uint32_t> cardinality() const noexcept { return cardinality_; }
  /// The maps of numeric features as gather() computes them, by column.
  const AffineTable& affine() const noexcept { return affine_; }
  void gather(const Dataset& dataset, std::span<const std::uint32_t> rows, float* out,
              std::size_t stride) const noexcept;

  void save(ByteWriter& writer) const;
  static FirstStage load(ByteReader& reader);
  bool operator==(const FirstStage& other) const noexcept;

 private:
  struct Run {  // neighbouring numeric features that are neighbours in the dataset, too
    std::size_t column = 0;
    std::size_t count = 0;
    std::size_t out = 0;
    bool plain = true;  // nothing to be done but to copy
  };
  struct Coded {  // one categorical feature
    std::size_t column = 0;
    std::size_t out = 0;
    std::size_t step = 0;  // from one code's output to the next: 1 one-hot, 0 ordinal
    std::uint32_t cardinality = 0;
    std::uint32_t fill_code = kMissingCode;
    std::size_t table = 0;  // where the values its codes write start in values_
  };

  std::vector<FeatureMap> features_;
  std::vector<std::uint32_t> cardinality_;
  std::size_t num_numeric_ = 0;
  std::size_t width_ = 0;
  AffineTable affine_;
  std::vector<Run> runs_;
  std::vector<Coded> coded_;
  std::vector<float> values_;
  std::vector<float> blank_row_;  // what a row holds where no code writes
};

}  // namespace jury
