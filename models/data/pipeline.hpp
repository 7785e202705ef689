// Preprocessing fitted on the rows of one training set, applied while a batch is gathered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/data/dataset.hpp"
#include "models/data/first_stage.hpp"
#include "models/data/fitted.hpp"
#include "models/data/stage.hpp"

namespace jury {

/// Turns rows of a dataset into rows of numbers for a model. Immutable; shared by threads freely.
///
/// The outputs are the features, or some of them, in the order of the file, a one-hot feature being as
/// many outputs as its vocabulary has texts (all zero for a missing cell that was not imputed).
/// Neighbouring impute, scale and clip steps are one affine map per output; quantile and pca steps
/// follow as stages.
class Pipeline {
 public:
  /// Number of outputs, the same for every training set of a dataset (and the same features).
  std::size_t width() const noexcept { return names_.size(); }
  /// "age", "job=retired", "pca0": a name for each output.
  const std::vector<std::string>& names() const noexcept { return names_; }

  /// An output that is the code of an ordinal categorical: 0 to size - 1, size being that of the
  /// vocabulary (1 if that is empty). What is missing or was not in it is whatever it was filled with, or NaN.
  struct Code {
    std::uint32_t output = 0, size = 1;
    bool operator==(const Code&) const = default;
  };
  /// Every such output that no step scaled, clipped or mixed with others, in order.
  std::vector<Code> codes() const;

  /// Writes out (rows.size(), width()), row-major, stride width(). No allocation unless there are
  /// quantile or pca steps. Expects a dataset of the schema this was fitted on (same counts of
  /// features) and rows < dataset.rows().
  void gather(const Dataset& dataset, std::span<const std::uint32_t> rows, float* out) const noexcept;

  /// Whether it was fitted on features like these: of the same kinds, with vocabularies of the same sizes.
  bool fits(const DataSchema& schema) const noexcept;

  /// What gather() does, for those who write it down in another language.
  const FirstStage& first() const noexcept { return first_; }
  std::span<const Stage> stages() const noexcept { return stages_; }

  void save(ByteWriter& writer) const;
  /// Throws DataError when the bytes are no pipeline.
  static Pipeline load(ByteReader& reader);
  bool operator==(const Pipeline& other) const;

 private:
  friend class PipelineFitter;
  Pipeline() = default;

  FirstStage first_;
  std::vector<Stage> stages_;
  std::vector<std::string> names_;
};

/// Fits the steps one after the other, each on what the ones before make of `rows` (with repeats:
/// a row drawn twice counts twice). Without steps: default_steps().
/// Constant outputs are scaled by 1. Bits do not depend on machine or threads. O(rows x width) a step.
///
/// `features`, ascending positions in the order of the schema, are those a model may see; empty: all.
/// The outputs are then those of these features alone, though gather() still takes whole rows. One
/// list of steps serves every subset: a step leaves out the columns that are not in it, does nothing
/// when none is left, and a pca keeps no more components than it has columns.
///
/// Throws ConfigError when a step does not fit its columns, names one that the dataset does not have,
/// or when after the last step a column still has missing cells or texts. Expects at least one row.
Fitted<Pipeline> fit_pipeline(const Dataset& dataset, std::span<const PreprocessStep> steps,
                              std::span<const std::uint32_t> rows, std::span<const std::uint32_t> features = {});

/// Impute (median, most frequent), one-hot for categoricals, standardize for numbers: as far as the
/// dataset needs them. Images are standardized per channel.
std::vector<PreprocessStep> default_steps(const Dataset& dataset);

}  // namespace jury
