// The name of a task: everything it does is derived from it and the root seed.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace jury {

/// Which fit of a study. An index that does not apply is kNone (-1).
///
///   cross-validation   trial, outer, repeat, fold, member
///   bias and variance  trial, replicate, member (kNone: the single model), rung (of the learning curve)
///   final ensemble     trial, member
///
/// In each of them the members of a stack also say of which base configuration they are, and, where
/// they make its out-of-fold predictions, which inner fold they leave out. A task that trains several
/// members one after the other (boosting) is called by the first of them.
struct TaskKey {
  static constexpr std::int32_t kNone = -1;

  std::int32_t trial = 0;
  std::int32_t outer = kNone;
  std::int32_t repeat = kNone;
  std::int32_t fold = kNone;
  std::int32_t replicate = kNone;
  std::int32_t base = kNone;
  std::int32_t inner = kNone;
  std::int32_t member = kNone;
  std::int32_t rung = kNone;

  auto operator<=>(const TaskKey&) const = default;
};

/// One index of a key: its name in messages, tables and events, and where it is.
struct TaskKeyIndex {
  const char* name;
  std::int32_t TaskKey::*index;
};

/// All indices, in the order in which they are written, also in the journal.
inline constexpr std::array<TaskKeyIndex, 9> kTaskKeyIndices = {{{"trial", &TaskKey::trial},
                                                                 {"outer", &TaskKey::outer},
                                                                 {"repeat", &TaskKey::repeat},
                                                                 {"fold", &TaskKey::fold},
                                                                 {"replicate", &TaskKey::replicate},
                                                                 {"base", &TaskKey::base},
                                                                 {"inner", &TaskKey::inner},
                                                                 {"member", &TaskKey::member},
                                                                 {"rung", &TaskKey::rung}}};
static_assert(sizeof(TaskKey) == kTaskKeyIndices.size() * sizeof(std::int32_t), "every index of a key is listed");

/// "trial 0 repeat 0 fold 3 member 12": the indices that apply, for messages.
std::string to_string(const TaskKey& key);

}  // namespace jury
