// How large a jury with members = "auto" becomes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/ensemble/enough_members.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// Looks at members in their order, whatever order their fits arrive in: the size is a function of the
/// members alone. What it looks at are predictions, never the truth: of the rows that a fold tests or an inner fold
/// leaves out, of rows out of the bag, or else of the test set. Members that did not complete are passed over.
class JuryGrowth {
 public:
  /// Expects a jury of members = "auto".
  JuryGrowth(const StudyPlan& plan, const TaskKey& jury);

  /// Looks at the members that are there now. The number of members once it is settled: those up to the first
  /// with which there are enough, or all.
  std::optional<std::int32_t> size(const Fits& fits);

 private:
  void look_at(const TaskKey& key, const FitOutcome& fit);

  const StudyPlan& plan_;
  TaskKey next_;
  FitArray part_;
  std::optional<EnoughMembers> rule_;  // from the first member on, which tells how many rows there are
  bool settled_ = false;
};

}  // namespace jury
