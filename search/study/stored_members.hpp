// The networks of a finished run, and what joins them: /models and /stack of its results.h5.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/task_key.hpp"
#include "search/study/run_results.hpp"
#include "search/study/stacks.hpp"
#include "search/study/trained_member.hpp"

namespace jury {

/// One stored network of the final ensemble.
struct StoredMember {
  TaskKey key;
  double weight = 1;  ///< in weighted combinations
  std::int32_t passes =
      0;  ///< members that predict by it, each by a pass of Monte-Carlo dropout; 0: it is a member itself
  std::vector<double> steps = {};   ///< gradient boosting: lengths of the round's step, one per output
  std::vector<double> offset = {};  ///< gradient boosting: what the rounds add to
  TrainedMember model;
};

/// The settings that these members were made by: the experiment's own, or those of a stack's base. Expects such a base.
const Configuration& configuration_of(const Experiment& experiment, std::int32_t base) noexcept;

/// The members of the final ensemble, of all architectures, in the order of their keys, which is that of joining: the
/// fits of folds, replicates and inner folds that `final.weights = "all"` stores as well are left out. Throws
/// DataError.
std::vector<StoredMember> read_members(const RunResults& results);

/// What joins the bases of the final ensemble; nothing where there is none. Throws DataError.
std::optional<Stack> read_stack(const RunResults& results);

/// A member as bytes and back.
void save_member(ByteWriter& writer, const StoredMember& member);
StoredMember load_stored_member(ByteReader& reader);

/// What is wrong with members and stack for these settings and data; empty: nothing. May throw ConfigError: settings
/// and data do not go together.
std::string problem_of_members(const Experiment& experiment, const DataSchema& schema,
                               std::span<const StoredMember> members, const std::optional<Stack>& stack);

}  // namespace jury
