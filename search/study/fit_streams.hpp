// The random streams of fits, and the source of variation that each belongs to.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/base/rng.hpp"
#include "runtime/base/task_key.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// Independent stream of one fit for one purpose; never depends on the trial. For who has the settings of a finished
/// run and no plan.
std::uint64_t stream_of(const Experiment& experiment, Purpose purpose, const TaskKey& key);

/// The source of variation that a purpose belongs to: data, init, order or fold; "" for those that no
/// fit draws from.
std::string_view source_of(Purpose purpose) noexcept;

}  // namespace jury
