#include "models/nn/plan_cache.hpp"

namespace jury {

std::shared_ptr<Plan> PlanCache::get(const NetworkSpec& spec, const PlanOptions& options) {
  for (auto place = plans_.begin(); place != plans_.end(); ++place) {
    if ((*place)->options() != options || (*place)->spec() != spec) continue;
    ++hits_;
    plans_.splice(plans_.begin(), plans_, place);
    return plans_.front();
  }
  ++misses_;
  plans_.push_front(std::make_shared<Plan>(spec, options));
  bytes_ += plans_.front()->memory_bytes();
  while (bytes_ > max_bytes_ && plans_.size() > 1) {
    bytes_ -= plans_.back()->memory_bytes();
    plans_.pop_back();
  }
  return plans_.front();
}

}  // namespace jury
