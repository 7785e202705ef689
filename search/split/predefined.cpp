#include "search/split/predefined.hpp"

#include <algorithm>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {

Predefined::Predefined(const CvOptions& options, const SplitInput& input, std::uint64_t /*seed*/)
    : fold_(input.fold.begin(), input.fold.end()), given_(input.given.begin(), input.given.end()) {
  JURY_EXPECTS(fold_.empty() || given_.empty());
  for (const Split& split : given_) JURY_EXPECTS(!split.train.empty() && !split.test.empty());
  if (fold_.empty() && given_.empty())
    throw ConfigError(
        "cv.method = \"predefined\" has no splits (the data come without) name a column in cv.column, or "
        "files in cv.test_index");
  if (options.repeats > 1)
    throw ConfigError("cv.repeats = " + std::to_string(options.repeats) +
                      " would repeat the same folds (predefined splits are not random) set cv.repeats = 1");
  if (fold_.empty()) return;
  for (const std::int32_t fold : fold_) folds_ = std::max(folds_, static_cast<std::size_t>(fold + 1));
  if (folds_ == 0)
    throw ConfigError("cv.column = \"" + options.column + "\" names no fold (all " +
                      counted(fold_.size(), "training row") + " have no value or -1, which is never tested)");
  num_tested_.resize(folds_);
  for (const std::int32_t fold : fold_)
    if (fold >= 0) ++num_tested_[static_cast<std::size_t>(fold)];
  if (num_tested_.front() == fold_.size())
    throw ConfigError("cv.column = \"" + options.column + "\" has one value in all " +
                      counted(fold_.size(), "training row") + " (none is left to train on)");
}

std::size_t Predefined::num_train(std::size_t repeat, std::size_t fold) const {
  return given_.empty() ? fold_.size() - num_tested_[fold] : given_[repeat].train.size();
}

Split Predefined::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold < num_folds());
  JURY_EXPECTS(repeat < fixed_repeats());
  if (!given_.empty()) return given_[repeat];
  Split split;
  for (std::size_t i = 0; i < fold_.size(); ++i)
    (fold_[i] == static_cast<std::int32_t>(fold) ? split.test : split.train).push_back(static_cast<SampleIndex>(i));
  return split;
}

}  // namespace jury
