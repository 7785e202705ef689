// Builds a Pipeline step by step; each step is fitted on what the ones before make of the rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/data/pipeline.hpp"
#include "models/data/row_statistics.hpp"

namespace jury {

/// Throws ConfigError: the step, and why it does not fit what it is applied to.
[[noreturn]] void unsuited(const PreprocessStep& step, const std::string& why);

class PipelineFitter {
 public:
  /// Every feature is one output at first; a categorical one waits for its encoding. `features` are
  /// ascending positions in the schema; empty: all.
  PipelineFitter(const Dataset& dataset, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> features);

  /// Throws ConfigError when the step does not fit what it is applied to.
  void add(const PreprocessStep& step);
  /// Throws ConfigError when a column still has missing cells or texts.
  Pipeline finish() &&;

 private:
  // One number of the row as it stands now.
  struct Output {
    std::string name;     // "job=retired"
    std::string feature;  // "job"
    FeatureKind origin = FeatureKind::numeric;
    bool encoded = true;  // false: a categorical feature before one-hot or ordinal
    bool may_miss = false;
    std::size_t map = 0;  // in the first stage: its feature map, and the map in there
    std::size_t map_output = 0;
  };
  using Positions = std::vector<std::uint32_t>;

  Positions select(const PreprocessStep& step) const;
  Positions by_name(const PreprocessStep& step) const;
  bool is_left_out(const std::string& name) const;
  bool is_restricted() const noexcept { return visible_.size() < dataset_.schema().features.size(); }
  void require_encoded(const PreprocessStep& step, const Positions& positions) const;
  FirstStage compiled() const;
  RowSource source() const;
  ColumnMap& map_of(std::uint32_t position);

  void impute(const PreprocessStep& step);
  void impute_category(std::uint32_t position);
  void standardize(const PreprocessStep& step);
  void scale_to_range(const PreprocessStep& step);
  void robust(const PreprocessStep& step);
  void clip(const PreprocessStep& step);
  void one_hot(const PreprocessStep& step);
  void ordinal(const PreprocessStep& step);
  void quantile(const PreprocessStep& step);
  void pca(const PreprocessStep& step);

  const Dataset& dataset_;
  std::span<const std::uint32_t> rows_;
  Positions visible_;                 // in the schema, of the features that are not left out
  std::vector<FeatureMap> features_;  // all of the schema
  std::vector<Stage> stages_;
  std::vector<Output> outputs_;
  bool has_pca_ = false;  // a step asked for components, though perhaps of columns that are left out
};

}  // namespace jury
