#include "models/nn/plan_builder.hpp"

#include <iterator>

namespace jury {

std::vector<Op> PlanBuilder::take_ops() {
  std::vector<Op> ops = std::move(forward_);
  for (auto group = backward_.rbegin(); group != backward_.rend(); ++group)
    ops.insert(ops.end(), std::make_move_iterator(group->begin()), std::make_move_iterator(group->end()));
  return ops;
}

}  // namespace jury
