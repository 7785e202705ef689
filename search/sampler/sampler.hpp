// What every sampler does, and how one is chosen.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/base/rng.hpp"
#include "search/sampler/search_options.hpp"
#include "search/sampler/space.hpp"
#include "search/sampler/trial_history.hpp"

namespace jury {

/// All a sampler is made of.
struct SamplerInput {
  Space space;
  std::uint64_t seed = 0;
  std::vector<Assignment> start = {};  ///< asked first, in this order
};

/// Proposes points of a space, and hears what came of them.
///
/// A proposal is a pure function of (space, options, seed, trial number) and of all asks and tells before
/// it, in their order: a search that is replayed from its records proposes the same again. Trials that
/// were asked for and not yet told are pending; samplers keep away from them, so that workers that ask side by side get
/// different points.
///
/// Points that were proposed before are not proposed again while others are found: a trial repeated on
/// the same folds and random numbers gives the same value.
class Sampler {
 public:
  explicit Sampler(SamplerInput input);
  virtual ~Sampler() = default;

  /// The point of a trial, or nothing when every point of the space has been proposed. Expects a number
  /// not asked for before.
  std::optional<Assignment> ask(std::int64_t trial);

  /// What came of a trial: `values`, one for each objective, all to be minimised, NaN for a failed or
  /// infeasible one. It may be told again at other fidelities: the declared resource of a rung (not what early
  /// stopping left of it), so that equal rungs have equal numbers. A trial nobody asked for is added.
  void tell(std::int64_t trial, const Assignment& assignment, std::span<const double> values, double fidelity = 1);
  void tell(std::int64_t trial, const Assignment& assignment, double value, double fidelity = 1) {
    tell(trial, assignment, std::span(&value, 1), fidelity);
  }

  const Space& space() const noexcept { return input_.space; }

 protected:
  /// One proposal, or nothing when there are no more. Called again, with other random numbers, when the
  /// point was proposed before.
  virtual std::optional<Assignment> propose(std::int64_t trial, Rng& rng) = 0;
  /// Called after a trial was told.
  virtual void told(std::size_t /*position*/) {}

  std::uint64_t seed() const noexcept { return input_.seed; }
  const TrialHistory& history() const noexcept { return history_; }
  bool was_proposed(const Assignment& assignment) const { return proposed_.contains(space().hash(assignment)); }
  /// A point drawn from the distributions of the space.
  Assignment draw(Rng& rng) const;
  std::vector<double> draw_unit(Rng& rng) const;

 private:
  std::optional<Assignment> next_point(std::int64_t trial);
  Assignment any_left(Rng& rng) const;

  SamplerInput input_;
  TrialHistory history_;
  std::set<std::uint64_t> proposed_;  // hashes of points
  std::optional<std::size_t> num_points_;
  std::size_t next_start_ = 0;
};

/// One line of the family's table.
struct SamplerEntry {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Sampler> (*make)(const SearchOptions&, SamplerInput);
};

/// All samplers, in the order help shows them.
const std::vector<SamplerEntry>& samplers();

/// The sampler that search.method names, with search.start as its first points: what these leave out is drawn.
/// Throws ConfigError when a start is outside the space or the method does not fit the space.
std::unique_ptr<Sampler> make_sampler(const SearchOptions& options, const Space& space, std::uint64_t seed);

/// search.start as points of the space. Throws ConfigError when one is outside of it.
std::vector<Assignment> read_starts(const Config& start, const Space& space, std::uint64_t seed);

}  // namespace jury
