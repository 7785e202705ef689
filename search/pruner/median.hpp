// Stops trials that fall behind the median.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <queue>
#include <vector>

#include "search/pruner/pruner.hpp"

namespace jury {

/// Median of numbers that come one at a time, O(log n) each: two heaps that meet in the middle.
class RunningMedian {
 public:
  void add(double value);
  /// The middle one, or the mean of the two. Expects one number or more.
  double median() const;

 private:
  std::priority_queue<double> lower_;  // as many as upper_, or one more
  std::priority_queue<double, std::vector<double>, std::greater<>> upper_;
};

/// The median stopping rule (Golovin et al. 2017, in the form of Akiba et al. 2019): at a rung of at least `warmup`,
/// with `startup_trials` complete ones or more, a trial is stopped when its best value so far is above the median of
/// what the complete trials had at that rung. Rungs are `interval` apart. A trial that is not stopped goes on before
/// any other starts.
class Median final : public Pruner {
 public:
  Median(const PrunerOptions& options, const PrunerInput& input);

  std::int64_t resource(std::int64_t, std::int32_t rung) const override;
  std::int32_t num_rungs(std::int64_t) const override { return static_cast<std::int32_t>(medians_.size()); }

 private:
  std::optional<TrialStep> promotion() override;
  void judge(const TrialStep& step, std::span<const double> values) override;
  bool is_behind(const TrialStep& step, const std::vector<double>& curve) const;

  std::int64_t whole_;
  std::int64_t interval_;
  std::int64_t warmup_;
  std::int64_t startup_;
  std::int64_t num_complete_ = 0;
  std::vector<RunningMedian> medians_;                  // of each rung, over complete trials
  std::map<std::int64_t, std::vector<double>> curves_;  // of trials under way
  std::deque<TrialStep> ready_;
};

}  // namespace jury
