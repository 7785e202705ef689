#include "search/study/fold_overlaps.hpp"

#include <algorithm>
#include <vector>

#include "models/data/describe.hpp"

namespace jury {
namespace {

// Rows tested in a fold that trains on a row of the same number.
class Overlaps {
 public:
  // `number_of`: of each training row, below num_numbers.
  Overlaps(std::vector<std::uint32_t> number_of, std::size_t num_numbers)
      : number_of_(std::move(number_of)), trained_(num_numbers), rows_(number_of_.size()) {}

  void look_at(const Split& split) {
    ++fold_;
    for (const std::uint32_t row : split.train) trained_[number_of_[row]] = fold_;
    for (const std::uint32_t row : split.test)
      if (trained_[number_of_[row]] == fold_) rows_[row] = 1;
  }
  std::size_t num_rows() const { return static_cast<std::size_t>(std::ranges::count(rows_, 1)); }
  std::size_t num_numbers() const {
    std::vector<char> numbers(trained_.size());
    for (std::size_t row = 0; row < rows_.size(); ++row)
      if (rows_[row] != 0) numbers[number_of_[row]] = 1;
    return static_cast<std::size_t>(std::ranges::count(numbers, 1));
  }

 private:
  std::vector<std::uint32_t> number_of_;
  std::vector<std::uint32_t> trained_;  // the latest fold that trained on each number
  std::vector<char> rows_;
  std::uint32_t fold_ = 0;
};

}  // namespace

FoldOverlaps count_overlaps(const StudyPlan& plan) {
  FoldOverlaps out;
  if (!plan.has_cv()) return out;
  const std::size_t n = plan.dataset().num_train();
  std::vector<std::uint32_t> first = first_copies(plan.dataset());
  first.resize(n);
  std::vector<std::uint32_t> group_of;
  for (const std::int32_t group : plan.dataset().group().first(plan.dataset().group().empty() ? 0 : n))
    group_of.push_back(static_cast<std::uint32_t>(group));
  bool any_copy = false;
  for (std::size_t row = 0; row < n; ++row) any_copy = any_copy || first[row] != row;
  if (!any_copy && group_of.empty()) return out;

  const std::size_t num_groups = group_of.empty() ? 0 : std::ranges::max(group_of) + std::size_t{1};
  const bool grouped = num_groups > 0;
  Overlaps copies(std::move(first), n), groups(std::move(group_of), num_groups);
  for (std::int32_t repeat = 0; repeat < plan.num_repeats(); ++repeat) {
    for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold) {
      const Split split = plan.split(repeat, fold);
      copies.look_at(split);
      if (grouped) groups.look_at(split);
    }
  }
  out.duplicate_rows = copies.num_rows();
  out.split_groups = grouped ? groups.num_numbers() : 0;
  return out;
}

}  // namespace jury
