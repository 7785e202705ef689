// Population based training: settings change while networks train.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "search/pruner/pruner.hpp"

namespace jury {

struct PopulationOptions {
  std::int64_t interval = 1;  ///< resource of a generation
  double share = 0.2;         ///< of the members that copy, and of those they copy from
  double resample = 0.25;     ///< chance of a setting to be drawn anew when it is copied
  double perturb = 0.2;       ///< shift of the others, either way, as a share of their range

  static void fields(auto& self, auto&& visit) {
    visit("interval", self.interval, Field{.help = "resource between two exchanges", .low = 1, .high = 1e9});
    visit("share", self.share,
          Field{.help = "share of the worst that copy one of as many best", .low = 0, .high = 0.5});
    visit("resample", self.resample, Field{.help = "chance that a copied setting is drawn anew", .low = 0, .high = 1});
    visit("perturb", self.perturb,
          Field{.help = "shift of a copied setting, as a share of its range", .low = 0, .high = 1});
  }
};

/// A member took over weights and settings: its step {trial, generation} starts from {copied_from, generation - 1},
/// with the settings of that step after explore().
struct Copy {
  std::int32_t generation = 0;
  std::int64_t trial = 0;
  std::int64_t copied_from = 0;
  bool operator==(const Copy&) const = default;
};

/// PBT (Jaderberg et al. 2017) with truncation selection: trials are members, rungs are generations.
///
/// When all members have reported a generation, the worst `share` of them (half at most; failed ones always) copy
/// weights and settings each from one of as many best, drawn at random, and explore. All members wait for the slowest:
/// that makes every copy a function of values and seed alone. A failed member lives on as a copy, and has failed for
/// good in the last generation or where all have.
class Population final : public Pruner {
 public:
  /// `input.trials` members. Expects 0 <= share <= 0.5 and interval > 0.
  Population(const PopulationOptions& options, const PrunerInput& input, std::uint64_t seed);

  std::int64_t resource(std::int64_t, std::int32_t rung) const override;
  std::int32_t num_rungs(std::int64_t) const override;
  /// The step whose checkpoint this one starts from. Expects rung > 0, in a generation that has begun.
  TrialStep parent_of(const TrialStep& step) const;
  /// All copies so far, by generation and trial.
  std::span<const Copy> lineage() const noexcept { return lineage_; }

 private:
  std::optional<TrialStep> promotion() override;
  void judge(const TrialStep& step, std::span<const double> values) override;
  void closed() override;
  void turn();
  void exchange(std::size_t num_failed);

  std::int64_t interval_;
  std::int64_t whole_;
  double share_;
  std::uint64_t seed_;
  std::int32_t generation_ = 0;
  std::vector<std::pair<double, std::int64_t>> ranking_;  // of those that reported this generation
  std::deque<TrialStep> ready_;
  std::vector<Copy> lineage_;
};

/// What a copy does to the settings; `key` is its stream of random numbers.
using Explore = std::function<std::vector<double>(std::span<const double> settings, std::uint64_t key)>;

/// The steps that led to `last`, from generation 0 on: where the trial changes, it was copied. Reads recorded copies
/// alone.
std::vector<TrialStep> ancestry(std::span<const Copy> lineage, const TrialStep& last);

/// The settings of each of these steps: those `initial` gives of the first trial, explored at every copy. Training one
/// network by this schedule is what made `last`. O(generations).
std::vector<std::vector<double>> settings_schedule(
    std::span<const TrialStep> ancestry, std::uint64_t seed,
    const std::function<std::vector<double>(std::int64_t trial)>& initial, const Explore& explore);

/// Settings in the unit cube: each is drawn anew with chance `resample`, else shifted by `perturb` up or down and held
/// to the cube, which in a logarithmic dimension is a factor. NaN (inactive) stays.
std::vector<double> explored(std::span<const double> settings, const PopulationOptions& options, std::uint64_t key);

}  // namespace jury
