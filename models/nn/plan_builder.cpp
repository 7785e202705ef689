#include "models/nn/plan_builder.hpp"

#include <iterator>

namespace jury {

Buffer PlanBuilder::allocate(std::size_t floats) {
  const Buffer buffer{Region::arena, arena_floats_};
  arena_floats_ += padded_size(floats);
  return buffer;
}

std::vector<Op> PlanBuilder::take_ops() {
  std::vector<Op> ops = std::move(forward_);
  for (auto group = backward_.rbegin(); group != backward_.rend(); ++group)
    ops.insert(ops.end(), std::make_move_iterator(group->begin()), std::make_move_iterator(group->end()));
  return ops;
}

}  // namespace jury
