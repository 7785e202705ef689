// What every splitter produces, and how one is chosen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/task_key.hpp"
#include "search/split/cv_options.hpp"

namespace jury {

/// Position of a sample among those that are split, 0..n-1.
using SampleIndex = std::uint32_t;

/// Disjoint sample positions to train on and to test on, each ascending, neither empty.
struct Split {
  std::vector<SampleIndex> train;  ///< with repeats where a bootstrap draws it
  std::vector<SampleIndex> test;
};

/// All a splitter may see. The spans are read during make_splitter only.
struct SplitInput {
  std::size_t n = 0;                              ///< number of samples, below 2^32
  std::span<const std::int32_t> labels = {};      ///< (n) class of each sample, or empty: no classes
  std::span<const std::int32_t> groups = {};      ///< (n) group of each sample, or empty: no groups
  std::span<const double> times = {};             ///< (n) only their order has a meaning; or empty: that of the samples
  std::span<const double> values = {};            ///< (n) number to predict of each sample, or empty: none, or several
  std::span<const std::int32_t> fold = {};        ///< (n) predefined fold of each sample, -1: never tested; or empty
  std::span<const Split> given = {};              ///< predefined splits, or empty
  std::span<const std::string> class_names = {};  ///< for messages, or empty: classes are numbered
  std::int32_t outer = TaskKey::kNone;            ///< outer fold the samples were left by
};

/// Cuts n samples into train and test sets, fold by fold.
///
/// A split is a pure function of (options, input, seed, repeat, fold): any rank recomputes it from
/// the task's key, so no index crosses the network and a resumed study sees the folds it saw before.
/// Trials share their splits: random numbers come from stream_key(seed, Purpose::split, {outer, repeat}).
class Splitter {
 public:
  virtual ~Splitter() = default;
  /// Number of folds in each repeat, at least 1.
  virtual std::size_t num_folds() const noexcept = 0;
  /// Number of repeats where the splits fix it, as cv.repeats counts them; 0: any number.
  virtual std::size_t fixed_repeats() const noexcept { return 0; }
  /// Size of the part to train on, to within one: what estimates of cost need. O(1) or as split().
  virtual std::size_t num_train(std::size_t repeat, std::size_t fold) const { return split(repeat, fold).train.size(); }
  /// Train and test positions of one fold. Expects fold < num_folds(), and repeat < fixed_repeats() where there are
  /// such. O(n).
  virtual Split split(std::size_t repeat, std::size_t fold) const = 0;
};

/// One line of the family's table.
struct SplitterEntry {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Splitter> (*make)(const CvOptions&, const SplitInput&, std::uint64_t seed);
};

/// Every splitter there is; search/split/README.md says how to add one.
std::span<const SplitterEntry> splitters() noexcept;

/// The name that stands behind options.method: itself, or what "auto" means for this input.
std::string_view method_of(const CvOptions& options, const SplitInput& input) noexcept;

/// The chosen splitter. Expects labels, groups, times, values and folds of n elements or none.
///
/// Throws ConfigError when there is no such method, when there are repeats but nothing random to
/// repeat, and when the samples do not suffice: more folds than samples or groups, a class rarer than the
/// folds, no classes to stratify by, no groups, a fraction that leaves no sample to train or to test on.
std::unique_ptr<Splitter> make_splitter(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

/// What the splitters share: the key of the random numbers of one repeat.
std::uint64_t split_key(std::uint64_t seed, std::int32_t outer, std::size_t repeat) noexcept;

/// What the splitters share: `test` (any order, distinct) and its complement in [0, n), sorted.
Split split_of(std::size_t n, std::vector<SampleIndex> test);

}  // namespace jury
