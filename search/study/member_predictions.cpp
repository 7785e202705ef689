#include "search/study/member_predictions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "search/study/jury_weights.hpp"
#include "search/study/stacks.hpp"
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
  if (plan.is_stack()) all.stacked.assign(all.rows.size() * prediction_width(plan), std::numeric_limits<float>::quiet_NaN());
  return all;
}

// A member's predictions for `rows` (ascending), to its place. all.rows is a run of rows.
struct Placed {
  std::size_t member = 0;
  double weight = 1;
  std::span<const std::uint32_t> rows;
  std::span<const float> predictions;
};

void place(MemberPredictions& all, const Placed& placed) {
  if (placed.rows.empty() || placed.predictions.size() % placed.rows.size() != 0) return;
  const std::size_t outputs = placed.predictions.size() / placed.rows.size();
  for (std::size_t i = 0; i < placed.rows.size(); ++i) {
    const std::size_t cell = placed.member * all.rows.size() + placed.rows[i] - all.rows.front();
    std::copy_n(placed.predictions.begin() + static_cast<std::ptrdiff_t>(i * outputs), outputs,
                all.values.begin() + static_cast<std::ptrdiff_t>(cell * outputs));
    all.weights[cell] = placed.weight;
  }
}

using Part = std::vector<float> FitResult::*;

// Whether predictions are of rows that were trained on.
enum class Seen : std::uint8_t { no, yes };

// What the bases of a stack predict of some rows, and what it makes of that. Rows that it has seen must be said to be so.
void place_stack(MemberPredictions& all, const StudyPlan& plan, const Trained& trained, const PredictorPart& part, Seen seen = Seen::no) {
  const std::vector<std::vector<float>> bases = base_predictions(plan, trained.fits, part);
  for (std::size_t b = 0; b < bases.size(); ++b)
    place(all, {.member = b, .rows = part.rows, .predictions = bases[b]});
  const auto found = trained.stacks.find(part.predictor);
  if (found == trained.stacks.end()) return;
  const Fitted<Stack>& stack = found->second;
  if (seen == Seen::no) require_unseen(stack.saw(), plan.dataset().domain(), part.rows, "stack of " + to_string(part.predictor));
  const std::vector<float> joined = stack->join(combination_shape(plan, part.rows.size()), std::vector<Predictions>(bases.begin(), bases.end()));
  const std::size_t width = prediction_width(plan);
  for (std::size_t i = 0; i < part.rows.size(); ++i)
    std::copy_n(joined.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                all.stacked.begin() + static_cast<std::ptrdiff_t>((part.rows[i] - all.rows.front()) * width));
}

// What the members of a jury predicted of some rows; gives the number of members up to the last that is there.
template <class RowsOf>
std::size_t place_jury(MemberPredictions& all, const StudyPlan& plan, const Fits& fits, TaskKey jury, Part part, RowsOf&& rows_of) {
  const std::vector<double> weights = member_weights(plan, fits, jury);
  for (std::size_t m = 0; m < weights.size(); ++m) {
    jury.member = static_cast<std::int32_t>(m);
    const auto fit = fits.find(jury);
    if (fit == fits.end()) continue;
    const std::vector<std::uint32_t> rows = rows_of(jury);
    place(all, {.member = m, .weight = weights[m], .rows = rows, .predictions = fit->second.result.*part});
  }
  return weights.size();
}

// Where nobody knows beforehand how many members there will be, those that never were are not missing.
void trim(MemberPredictions& all, const StudyPlan& plan, std::size_t last) {
  const EnsembleOptions& ensemble = plan.experiment().ensemble;
  if (!is_auto(ensemble) && !traits_of(ensemble).is_sequential) return;
  all.values.resize(all.num_members > 0 ? all.values.size() / all.num_members * last : 0);
  all.weights.resize(all.rows.size() * last);
  all.num_members = last;
}

}  // namespace

MemberPredictions collect_oof(const StudyPlan& plan, const Trained& trained, std::int32_t repeat) {
  auto all = unpredicted(plan, "oof", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  all.repeat = repeat;
  std::size_t last = 0;
  for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold) {
    const std::vector<std::uint32_t> tested = plan.valid_rows(repeat, fold);
    const TaskKey predictor{.repeat = repeat, .fold = fold};
    if (plan.is_stack()) {
      place_stack(all, plan, trained, {.predictor = predictor, .rows = tested, .part = &FitResult::valid});
      continue;
    }
    last = std::max(last, place_jury(all, plan, trained.fits, predictor, &FitResult::valid, [&](const TaskKey&) { return tested; }));
  }
  trim(all, plan, last);
  return all;
}

MemberPredictions collect_oob(const StudyPlan& plan, const Trained& trained) {
  auto all = unpredicted(plan, "oob", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  trim(all, plan, place_jury(all, plan, trained.fits, {}, &FitResult::oob, [&](const TaskKey& key) { return plan.rows(key).oob; }));
  return all;
}

MemberPredictions collect_apparent(const StudyPlan& plan, const Trained& trained) {
  if (!plan.has_apparent()) return {};
  const TaskKey predictor = StudyPlan::apparent_predictor();
  auto all = unpredicted(plan, "apparent", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  if (plan.is_stack()) {
    place_stack(all, plan, trained, {.predictor = predictor, .rows = all.rows, .part = &FitResult::apparent}, Seen::yes);
    return all;
  }
  trim(all, plan, place_jury(all, plan, trained.fits, predictor, &FitResult::apparent, [&](const TaskKey&) { return all.rows; }));
  return all;
}

MemberPredictions collect_test(const StudyPlan& plan, const Trained& trained, const TaskKey& predictor) {
  auto all = unpredicted(plan, "test", static_cast<std::uint32_t>(plan.dataset().num_train()),
                         static_cast<std::uint32_t>(plan.dataset().rows()));
  if (plan.is_stack()) {
    place_stack(all, plan, trained, {.predictor = predictor, .rows = all.rows, .part = &FitResult::test});
    return all;
  }
  trim(all, plan, place_jury(all, plan, trained.fits, predictor, &FitResult::test, [&](const TaskKey&) { return all.rows; }));
  return all;
}

}  // namespace jury
