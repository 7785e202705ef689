#include "search/study/member_predictions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "search/study/truth_of.hpp"

namespace jury {
namespace {

MemberPredictions unpredicted(const StudyPlan& plan, std::string source, std::uint32_t first, std::uint32_t end) {
  MemberPredictions all{.source = std::move(source),
                        .repeat = TaskKey::kNone,
                        .rows = std::vector<std::uint32_t>(end - first),
                        .num_members = static_cast<std::size_t>(plan.num_members()),
                        .values = {}};
  std::iota(all.rows.begin(), all.rows.end(), first);
  all.values.assign(all.num_members * all.rows.size() * prediction_width(plan),
                    std::numeric_limits<float>::quiet_NaN());
  return all;
}

// Copies a fit's predictions for `rows` (ascending) to a member's place. all.rows is a run of rows.
void place(MemberPredictions& all, std::size_t member, std::span<const std::uint32_t> rows,
           std::span<const float> predictions) {
  if (rows.empty() || predictions.size() % rows.size() != 0) return;
  const std::size_t outputs = predictions.size() / rows.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = rows[i] - all.rows.front();
    std::copy_n(predictions.begin() + static_cast<std::ptrdiff_t>(i * outputs), outputs,
                all.values.begin() + static_cast<std::ptrdiff_t>((member * all.rows.size() + row) * outputs));
  }
}

}  // namespace

MemberPredictions collect_oof(const StudyPlan& plan, const Fits& fits, std::int32_t repeat) {
  auto all = unpredicted(plan, "oof", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  all.repeat = repeat;
  for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold) {
    const auto rows = plan.valid_rows(repeat, fold);
    for (std::int32_t m = 0; m < plan.num_members(); ++m) {
      const auto fit = fits.find({.repeat = repeat, .fold = fold, .member = m});
      if (fit != fits.end()) place(all, static_cast<std::size_t>(m), rows, fit->second.result.valid);
    }
  }
  return all;
}

MemberPredictions collect_oob(const StudyPlan& plan, const Fits& fits) {
  auto all = unpredicted(plan, "oob", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  for (std::int32_t m = 0; m < plan.num_members(); ++m) {
    const TaskKey key{.member = m};
    const auto fit = fits.find(key);
    if (fit != fits.end()) place(all, static_cast<std::size_t>(m), plan.rows(key).oob, fit->second.result.oob);
  }
  return all;
}

MemberPredictions collect_test(const StudyPlan& plan, const Fits& fits, std::int32_t replicate) {
  auto all = unpredicted(plan, "test", static_cast<std::uint32_t>(plan.dataset().num_train()),
                         static_cast<std::uint32_t>(plan.dataset().rows()));
  for (std::int32_t m = 0; m < plan.num_members(); ++m) {
    const auto fit = fits.find({.replicate = replicate, .member = m});
    if (fit != fits.end()) place(all, static_cast<std::size_t>(m), all.rows, fit->second.result.test);
  }
  return all;
}

}  // namespace jury
