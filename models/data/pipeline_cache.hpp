// Fitted pipelines, kept for the next fit of the same steps on the same rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "models/data/pipeline.hpp"

namespace jury {

/// Pipelines of one dataset by (steps, rows, features), least recently used first out, bounded in bytes: the members of
/// a fold and the trials of a search are fitted on the same rows, and what comes of it is the same. One per thread.
class PipelineCache {
 public:
  explicit PipelineCache(std::size_t max_bytes = std::size_t{8} << 20) : max_bytes_(max_bytes) {}

  /// What fit_pipeline() gives, and its errors. Valid while held. Expects the same dataset in every call.
  std::shared_ptr<const Fitted<Pipeline>> fit(const Dataset& dataset, std::span<const PreprocessStep> steps,
                                              std::span<const std::uint32_t> rows,
                                              std::span<const std::uint32_t> features);

  std::uint64_t hits() const noexcept { return hits_; }
  /// Of the pipelines held; at most max_bytes, or one that is larger.
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    std::vector<PreprocessStep> steps;
    std::vector<std::uint32_t> rows, features;
    std::shared_ptr<const Fitted<Pipeline>> pipeline;
    std::size_t bytes = 0;
  };

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t hits_ = 0;
  const Dataset* dataset_ = nullptr;
  std::list<Entry> entries_;  // most recently used first
};

}  // namespace jury
