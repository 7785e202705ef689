#include "models/ensemble/combiner.hpp"

#include <algorithm>
#include <limits>

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
  if (any_keeps(rules, CombineMemory::last))
    last_.assign(shape.num_rows * shape.width(), std::numeric_limits<float>::quiet_NaN());
}

void Combiner::add(Predictions member, std::span<const double> weights) {
  const std::size_t rows = plain_.shape().num_rows;
  JURY_EXPECTS(weights.size() == 1 || weights.size() == rows);
  const std::vector<double> same(weights.size() == rows ? 0 : rows, weights.empty() ? 0.0 : weights.front());
  const std::span<const double> by_row = weights.size() == rows ? weights : std::span<const double>(same);
  plain_.add(member);
  if (weighted_) weighted_->add(member, by_row);
  if (log_pool_) log_pool_->add(member);
  for (std::size_t row = 0; !last_.empty() && row < rows; ++row) {
    const Predictions f = row_of(member, row, plain_.shape().width());
    if (takes_part(by_row[row]) && is_predicted(f))
      std::ranges::copy(f, last_.begin() + static_cast<std::ptrdiff_t>(row * f.size()));
  }
  if (!keeps_members_) return;
  members_.insert(members_.end(), member.begin(), member.end());
  weights_.insert(weights_.end(), by_row.begin(), by_row.end());
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
