#include "search/split/split_checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {

void check_folds(const CvOptions& options, std::size_t n, std::string_view noun) {
  if (options.folds >= 2 && static_cast<std::size_t>(options.folds) <= n) return;
  throw ConfigError(
      fmt::format("cv.folds = {} does not fit {} (needs 2 <= folds <= {}s)", options.folds, counted(n, noun), noun));
}

void require_groups(std::string_view method, const SplitInput& input) {
  if (!input.groups.empty()) return;
  throw ConfigError(fmt::format(
      "cv.method = \"{}\" has no groups to keep whole (data.group is not given) name their column there", method));
}

void refuse_repeats(std::string_view method, const CvOptions& options) {
  if (options.repeats <= 1) return;
  throw ConfigError(fmt::format("cv.repeats = {} would repeat the same folds ({} is not random) set cv.repeats = 1",
                                options.repeats, method));
}

void require_shuffle(std::string_view method, const CvOptions& options) {
  if (options.shuffle) return;
  throw ConfigError(
      fmt::format("cv.shuffle = false would make all splits the same ({} draws each at random) leave it out", method));
}

std::size_t num_drawn_splits(const CvOptions& options) {
  constexpr std::size_t most = 1'000'000;
  const auto folds = static_cast<std::size_t>(options.folds), repeats = static_cast<std::size_t>(options.repeats);
  if (options.folds >= 1 && folds * repeats <= most) return folds * repeats;
  throw ConfigError(
      fmt::format("cv.folds = {} with cv.repeats = {} would be {} splits (needs 1 to {}) use other numbers",
                  options.folds, options.repeats, folds * repeats, most));
}

std::size_t num_tested(const CvOptions& options, std::size_t n, std::string_view noun) {
  const auto tested = static_cast<std::size_t>(std::llround(options.fraction * static_cast<double>(n)));
  if (tested > 0 && tested < n) return tested;
  throw ConfigError(fmt::format("cv.fraction = {} of {} leaves {} (both parts need at least one) use another fraction",
                                to_text(Config(options.fraction)), counted(n, noun),
                                tested == 0 ? "none to test on" : "none to train on"));
}

}  // namespace jury
