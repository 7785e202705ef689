#include "search/study/member_predictions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// Rows first, first + 1, ..., end - 1 that no member has predicted yet.
MemberPredictions unpredicted(const StudyPlan& plan, std::string source, std::uint32_t first, std::uint32_t end) {
  MemberPredictions all{.source = std::move(source),
                        .repeat = TaskKey::kNone,
                        .rows = std::vector<std::uint32_t>(end - first),
                        .num_members = static_cast<std::size_t>(plan.num_members()),
                        .values = {},
                        .weights = {}};
  std::iota(all.rows.begin(), all.rows.end(), first);
  all.values.assign(all.num_members * all.rows.size() * prediction_width(plan),
                    std::numeric_limits<float>::quiet_NaN());
  all.weights.assign(all.num_members * all.rows.size(), 0.0);
  return all;
}

// Copies a fit's predictions for `rows` (ascending) to a member's place. all.rows is a run of rows.
void place(MemberPredictions& all, std::size_t member, std::span<const std::uint32_t> rows, const FitResult& fit,
           std::span<const float> predictions) {
  if (rows.empty() || predictions.size() % rows.size() != 0) return;
  const std::size_t outputs = predictions.size() / rows.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = rows[i] - all.rows.front();
    std::copy_n(predictions.begin() + static_cast<std::ptrdiff_t>(i * outputs), outputs,
                all.values.begin() + static_cast<std::ptrdiff_t>((member * all.rows.size() + row) * outputs));
    all.weights[member * all.rows.size() + row] = fit.weight;
  }
}

using Part = std::vector<float> FitResult::*;

// Places what the members of a jury predicted; gives the number of the last one that is there, from 1.
std::size_t place_jury(MemberPredictions& all, const Fits& fits, TaskKey jury, std::span<const std::uint32_t> rows, Part part) {
  std::size_t last = 0;
  for (std::size_t m = 0; m < all.num_members; ++m) {
    jury.member = static_cast<std::int32_t>(m);
    const auto fit = fits.find(jury);
    if (fit == fits.end()) continue;
    place(all, m, rows, fit->second.result, fit->second.result.*part);
    last = m + 1;
  }
  return last;
}

// Where nobody knows beforehand how many members there will be, those that never were are not missing.
void trim(MemberPredictions& all, const StudyPlan& plan, std::size_t last) {
  const EnsembleOptions& ensemble = plan.experiment().ensemble;
  if (!is_auto(ensemble) && !traits_of(ensemble).is_sequential) return;
  all.values.resize(all.values.size() / all.num_members * last);
  all.weights.resize(all.rows.size() * last);
  all.num_members = last;
}

}  // namespace

MemberPredictions collect_oof(const StudyPlan& plan, const Fits& fits, std::int32_t repeat) {
  auto all = unpredicted(plan, "oof", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  all.repeat = repeat;
  std::size_t last = 0;
  for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold)
    last = std::max(last, place_jury(all, fits, {.repeat = repeat, .fold = fold}, plan.valid_rows(repeat, fold), &FitResult::valid));
  trim(all, plan, last);
  return all;
}

MemberPredictions collect_oob(const StudyPlan& plan, const Fits& fits) {
  auto all = unpredicted(plan, "oob", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  std::size_t last = 0;
  for (std::int32_t m = 0; m < plan.num_members(); ++m) {
    const TaskKey key{.member = m};
    const auto fit = fits.find(key);
    if (fit == fits.end()) continue;
    place(all, static_cast<std::size_t>(m), plan.rows(key).oob, fit->second.result, fit->second.result.oob);
    last = static_cast<std::size_t>(m) + 1;
  }
  trim(all, plan, last);
  return all;
}

MemberPredictions collect_test(const StudyPlan& plan, const Fits& fits, const TaskKey& predictor) {
  auto all = unpredicted(plan, "test", static_cast<std::uint32_t>(plan.dataset().num_train()),
                         static_cast<std::uint32_t>(plan.dataset().rows()));
  trim(all, plan, place_jury(all, fits, predictor, all.rows, &FitResult::test));
  return all;
}

}  // namespace jury
