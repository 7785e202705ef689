#include "models/ensemble/combine_rules.hpp"

#include <algorithm>

#include "models/ensemble/combiner.hpp"
#include "models/ensemble/order_statistics.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

std::vector<float> mean(const Combiner& c) { return c.plain().mean(); }
std::vector<float> vote(const Combiner& c) { return c.plain().vote_share(); }
std::vector<float> middle(const Combiner& c) { return median(c.plain().shape(), c.members()); }
std::vector<float> weighted_mean(const Combiner& c) { return c.weighted().mean(); }
std::vector<float> weighted_vote(const Combiner& c) { return c.weighted().vote_share(); }
std::vector<float> weighted_middle(const Combiner& c) {
  return weighted_median(c.plain().shape(), c.members(), c.weights());
}
std::vector<float> trimmed(const Combiner& c) { return trimmed_mean(c.plain().shape(), c.members(), c.options().trim); }
std::vector<float> sum(const Combiner& c) { return c.last(); }
std::vector<float> geometric_mean(const Combiner& c) { return c.log_pool().mean(); }

}  // namespace

std::span<const CombineRule> combine_rules() noexcept {
  using enum CombineMemory;
  static constexpr CombineRule table[] = {
      {"mean", "mean of the members", true, true, false, moments, mean},
      {"vote", "share of the members that vote for a class", true, false, false, moments, vote},
      {"median", "median of the members", true, true, false, members, middle},
      {"weighted_mean", "weighted mean of the members", true, true, true, weighted_moments, weighted_mean},
      {"weighted_vote", "share of the weights that vote for a class", true, false, true, weighted_moments,
       weighted_vote},
      {"weighted_median", "weighted median of the members", false, true, true, members, weighted_middle},
      {"trimmed_mean", "mean without the members at either end", true, true, false, members, trimmed},
      {"geometric_mean", "normalised geometric mean of the probabilities", true, false, false, logarithms,
       geometric_mean},
      {"sum", "the last of members that are sums of rounds", true, true, true, last, sum},
  };
  return table;
}

const CombineRule& find_combine_rule(std::string_view name) {
  std::vector<std::string_view> known;
  for (const CombineRule& rule : combine_rules()) {
    if (rule.name == name) return rule;
    known.push_back(rule.name);
  }
  throw ConfigError("there is no way to combine called '" + std::string(name) + "'" + suggestion(name, known));
}

std::vector<const CombineRule*> choose_combine_rules(Outcome outcome, std::span<const std::string> names) {
  static const std::vector<std::string> usual = {"mean", "vote"};
  std::vector<const CombineRule*> chosen;
  for (const std::string& name : names.empty() ? std::span<const std::string>(usual) : names) {
    const CombineRule& rule = find_combine_rule(name);
    if (rule.applies_to(outcome) && std::ranges::find(chosen, &rule) == chosen.end()) chosen.push_back(&rule);
    if (!chosen.empty()) continue;
    const bool classes = outcome == Outcome::classes;
    std::string fitting;
    for (const CombineRule& other : combine_rules())
      if (other.applies_to(outcome) && other.memory != CombineMemory::last)
        fitting.append(fitting.empty() ? "" : ", ").append(other.name);
    throw ConfigError("ensemble.combine starts with " + name + " (which is for " + (classes ? "values" : "classes") +
                      ") report one of " + fitting);
  }
  return chosen;
}

}  // namespace jury
