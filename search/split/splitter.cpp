#include "search/split/splitter.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"
#include "search/split/bootstrap_split.hpp"
#include "search/split/group_k_fold.hpp"
#include "search/split/holdout.hpp"
#include "search/split/k_fold.hpp"
#include "search/split/leave_out.hpp"
#include "search/split/predefined.hpp"
#include "search/split/shuffle_split.hpp"
#include "search/split/stratified_group_k_fold.hpp"
#include "search/split/stratified_k_fold.hpp"
#include "search/split/time_series.hpp"

namespace jury {
namespace {

template <class Concrete>
constexpr SplitterEntry entry(std::string_view name, std::string_view summary) {
  return {name, summary,
          [](const CvOptions& options, const SplitInput& input, std::uint64_t seed) -> std::unique_ptr<Splitter> {
            return std::make_unique<Concrete>(options, input, seed);
          }};
}

}  // namespace

std::span<const SplitterEntry> splitters() noexcept {
  static constexpr SplitterEntry table[] = {
      entry<Holdout>("holdout", "one part to train on, one to test on"),
      entry<KFold>("kfold", "every sample is tested once"),
      entry<StratifiedKFold>("stratified_kfold", "the same, and each fold keeps the share of the classes"),
      entry<GroupKFold>("group_kfold", "every sample is tested once, each group in one fold"),
      entry<StratifiedGroupKFold>("stratified_group_kfold",
                                  "the same, with the share of the classes as far as groups allow"),
      entry<LeaveOneOut>("leave_one_out", "each sample is a fold"),
      entry<LeavePOut>("leave_p_out", "each choice of p samples is tested"),
      entry<LeaveOneGroupOut>("leave_one_group_out", "each group is a fold"),
      entry<ShuffleSplit>("shuffle_split", "parts to test on drawn one by one"),
      entry<StratifiedShuffleSplit>("stratified_shuffle_split",
                                    "the same, and each part keeps the share of the classes"),
      entry<TimeSeries>("time_series", "trained on the past, tested on what comes next"),
      entry<Predefined>("predefined", "as a column of the data or files of row numbers say"),
      entry<BootstrapSplit>("bootstrap_632",
                            "trained on draws with replacement, tested on what they leave out; .632 of both errors"),
      entry<BootstrapSplit>("632plus", "the same, weighted by how much is overfitted"),
  };
  return table;
}

std::string_view method_of(const CvOptions& options, const SplitInput& input) noexcept {
  if (options.method != "auto") return options.method;
  if (options.is_predefined()) return "predefined";
  if (!input.groups.empty()) return input.labels.empty() ? "group_kfold" : "stratified_group_kfold";
  return input.labels.empty() ? "kfold" : "stratified_kfold";
}

std::unique_ptr<Splitter> make_splitter(const CvOptions& options, const SplitInput& input, std::uint64_t seed) {
  JURY_EXPECTS(input.n <= std::numeric_limits<SampleIndex>::max());
  JURY_EXPECTS(input.labels.empty() || input.labels.size() == input.n);
  JURY_EXPECTS(input.groups.empty() || input.groups.size() == input.n);
  JURY_EXPECTS(input.times.empty() || input.times.size() == input.n);
  JURY_EXPECTS(input.values.empty() || input.values.size() == input.n);
  JURY_EXPECTS(input.fold.empty() || input.fold.size() == input.n);
  if (options.repeats > 1 && !options.shuffle)
    throw ConfigError("cv.repeats = " + std::to_string(options.repeats) +
                      " would repeat the same folds (cv.shuffle is false) set cv.shuffle = true or cv.repeats = 1");
  const std::string_view name = method_of(options, input);
  std::vector<std::string_view> known;
  for (const SplitterEntry& line : splitters()) {
    if (line.name == name) return line.make(options, input, seed);
    known.push_back(line.name);
  }
  throw ConfigError("cv.method = \"" + options.method + "\" is unknown" + suggestion(name, known));
}

std::uint64_t split_key(std::uint64_t seed, std::int32_t outer, std::size_t repeat) noexcept {
  return stream_key(seed, Purpose::split, {outer, static_cast<std::int64_t>(repeat)});
}

Split split_of(std::size_t n, std::vector<SampleIndex> test) {
  JURY_EXPECTS(test.size() <= n);
  Split split{.train = {}, .test = std::move(test)};
  std::ranges::sort(split.test);
  split.train.reserve(n - split.test.size());
  auto next = split.test.begin();
  for (std::size_t i = 0; i < n; ++i) {
    if (next != split.test.end() && *next == i) {
      ++next;
    } else {
      split.train.push_back(static_cast<SampleIndex>(i));
    }
  }
  return split;
}

}  // namespace jury
