#include "models/ensemble/combiner.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

bool any_keeps(std::span<const CombineRule* const> rules, CombineMemory memory) {
  return std::ranges::any_of(rules, [&](const CombineRule* rule) { return rule->memory == memory; });
}

}  // namespace

Combiner::Combiner(const CombinationShape& shape, std::span<const CombineRule* const> rules,
                   const CombinerOptions& options)
    : options_(options),
      rules_(rules.begin(), rules.end()),
      keeps_members_(any_keeps(rules, CombineMemory::members)),
      plain_(shape) {
  JURY_EXPECTS(options.trim >= 0 && options.trim < 0.5);
  JURY_EXPECTS(std::ranges::all_of(rules, [&](const CombineRule* rule) { return rule->applies_to(shape.outcome); }));
  if (any_keeps(rules, CombineMemory::weighted_moments)) weighted_.emplace(shape);
  if (any_keeps(rules, CombineMemory::logarithms)) log_pool_.emplace(shape);
}

void Combiner::add(Predictions member, double weight) {
  JURY_EXPECTS(!takes_part(weight) || std::isfinite(weight));
  plain_.add(member);
  if (weighted_) weighted_->add(member, weight);
  if (log_pool_) log_pool_->add(member);
  if (!keeps_members_) return;
  members_.insert(members_.end(), member.begin(), member.end());
  weights_.push_back(weight);
}

std::vector<float> Combiner::combined(const CombineRule& rule) const {
  JURY_EXPECTS(std::ranges::find(rules_, &rule) != rules_.end());
  return rule.compute(*this);
}

const WeightedCombination& Combiner::weighted() const {
  JURY_EXPECTS(weighted_.has_value());
  return *weighted_;
}

const LogPool& Combiner::log_pool() const {
  JURY_EXPECTS(log_pool_.has_value());
  return *log_pool_;
}

}  // namespace jury
