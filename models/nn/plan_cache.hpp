// Compiled plans, kept for the next task of the same shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "models/nn/network.hpp"
#include "models/nn/plan.hpp"

namespace jury {

/// Plans by (spec, options), least recently used first out, bounded in bytes. Compiling takes
/// milliseconds (oneDNN generates code), a hit takes nanoseconds per plan held. One per thread: a
/// plan is used by one training or prediction at a time.
class PlanCache {
 public:
  explicit PlanCache(std::size_t max_bytes = std::size_t{256} << 20) : max_bytes_(max_bytes) {}

  /// The plan, compiled when it is not there. It stays valid while held, even when the cache lets it
  /// go. Throws ConfigError as Network does.
  std::shared_ptr<Plan> get(const NetworkSpec& spec, const PlanOptions& options);

  std::uint64_t hits() const noexcept { return hits_; }
  std::uint64_t misses() const noexcept { return misses_; }
  /// Of the plans held; at most max_bytes, or one plan that is larger.
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t hits_ = 0, misses_ = 0;
  std::list<std::shared_ptr<Plan>> plans_;  // most recently used first
};

}  // namespace jury
