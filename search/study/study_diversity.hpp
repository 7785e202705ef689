// How differently the members of a study's juries err.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/metrics/bias_variance.hpp"
#include "models/metrics/diversity.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// With more members there are no matrices of pairs.
inline constexpr std::size_t kMostPairedMembers = 1000;

/// The diversity of one jury over one set of rows. Members that predicted none of them count as missing.
struct StudyDiversity {
  std::string source;  ///< oof (of the first repeat), test or oob
  std::int32_t repeat = TaskKey::kNone;
  std::size_t num_members = 0;
  std::optional<OverallDiversity> labels = {};  ///< classes
  std::optional<PairwiseDiversity> pairs = {};  ///< classes, up to kMostPairedMembers members
  std::optional<ErrorDiversity> errors = {};    ///< values, up to kMostPairedMembers members
  std::optional<Ambiguity> ambiguity = {};      ///< of the squared or Brier loss of their mean
};

/// Of the members' predictions of a study, the first repeat alone; nothing of fewer than two members, nor of gradient
/// boosting, whose members are each the sum of those before.
std::vector<StudyDiversity> find_diversity(const StudyPlan& plan, const std::vector<MemberPredictions>& predictions);

/// The largest residual of the identities; NaN where there are none.
double largest_residual(const std::vector<StudyDiversity>& diversity) noexcept;

}  // namespace jury
