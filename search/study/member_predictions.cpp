#include "search/study/member_predictions.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "runtime/base/error.hpp"
#include "search/study/jury_weights.hpp"
#include "search/study/stacks.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// Rows first, first + 1, ..., end - 1 that no member has predicted yet.
MemberPredictions unpredicted(const StudyPlan& plan, std::string source, std::uint32_t first, std::uint32_t end) {
  MemberPredictions all{.source = std::move(source),
                        .rows = std::vector<std::uint32_t>(end - first),
                        .width = prediction_width(plan),
                        .num_members = static_cast<std::size_t>(plan.num_members()),
                        .parts = std::vector<std::vector<MemberPart>>(static_cast<std::size_t>(plan.num_members()))};
  std::iota(all.rows.begin(), all.rows.end(), first);
  if (plan.is_stack()) all.stacked.assign(all.rows.size() * all.width, std::numeric_limits<float>::quiet_NaN());
  return all;
}

// `rows` (ascending) among those of `all`; nothing: they are all of them.
std::shared_ptr<const std::vector<bool>> which_of(const MemberPredictions& all, std::span<const std::uint32_t> rows) {
  if (rows.size() == all.rows.size()) return nullptr;
  auto which = std::make_shared<std::vector<bool>>(all.rows.size());
  for (const std::uint32_t row : rows) (*which)[row - all.rows.front()] = true;
  return which;
}

// Whether predictions are of rows that were trained on.
enum class Seen : std::uint8_t { no, yes };

// What the bases of a stack predict of some rows, and what it makes of that. Rows that it has seen must be said to be
// so.
void place_stack(MemberPredictions& all, const StudyPlan& plan, const Trained& trained, const PredictorPart& part,
                 Seen seen = Seen::no) {
  const std::vector<std::vector<float>> bases = base_predictions(plan, trained.fits, part);
  for (std::size_t b = 0; b < bases.size(); ++b)
    all.parts[b].push_back({.which = which_of(all, part.rows), .fit = {.result = {.test = bases[b]}}});
  const auto found = trained.stacks.find(part.predictor);
  if (found == trained.stacks.end()) return;
  const Fitted<Stack>& stack = found->second;
  if (seen == Seen::no)
    require_unseen(stack.saw(), plan.dataset().domain(), part.rows, "stack of " + to_string(part.predictor));
  const std::vector<float> joined =
      stack->join(combination_shape(plan, part.rows.size()), std::vector<Predictions>(bases.begin(), bases.end()));
  const std::size_t width = prediction_width(plan);
  for (std::size_t i = 0; i < part.rows.size(); ++i)
    std::copy_n(joined.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                all.stacked.begin() + static_cast<std::ptrdiff_t>((part.rows[i] - all.rows.front()) * width));
}

// What is needed of a fit to give one of its arrays.
FitOutcome with_array(const FitOutcome& fit, FitArray array) {
  FitOutcome part{.state = fit.state, .stored = fit.stored};
  if (!fit.stored) part.result.*array = fit.result.*array;
  return part;
}

// What the members of a jury predicted of the same rows, or each of its own; gives the number of members up to the last
// that is there.
using WhichOf = std::function<std::shared_ptr<const std::vector<bool>>(const TaskKey&)>;

std::size_t place_jury(MemberPredictions& all, const StudyPlan& plan, const Fits& fits, TaskKey jury, FitArray array,
                       const WhichOf& which) {
  const std::vector<double> weights = member_weights(plan, fits, jury);
  for (std::size_t m = 0; m < weights.size(); ++m) {
    jury.member = static_cast<std::int32_t>(m);
    const auto fit = fits.find(jury);
    if (fit == fits.end()) continue;
    all.parts[m].push_back(
        {.which = which(jury), .weight = weights[m], .fit = with_array(fit->second, array), .array = array});
  }
  return weights.size();
}

// Where nobody knows beforehand how many members there will be, those that never were are not missing.
void trim(MemberPredictions& all, const StudyPlan& plan, std::size_t last) {
  const EnsembleOptions& ensemble = plan.experiment().ensemble;
  if (!is_auto(ensemble) && !traits_of(ensemble).is_sequential) return;
  all.parts.resize(last);
  all.num_members = last;
}

// Calls `take` with the places of the rows of a part.
template <class Take>
void for_each_row(const MemberPredictions& all, const MemberPart& part, Take&& take) {
  for (std::size_t at = 0; at < all.rows.size(); ++at)
    if (!part.which || (*part.which)[at]) take(at);
}

}  // namespace

std::size_t MemberPredictions::num_done() const noexcept {
  const auto last =
      std::find_if(parts.rbegin(), parts.rend(), [](const auto& of_member) { return !of_member.empty(); });
  return static_cast<std::size_t>(parts.rend() - last);
}

std::vector<float> MemberPredictions::member(std::size_t m) const {
  std::vector<float> values(rows.size() * width, std::numeric_limits<float>::quiet_NaN());
  for (const MemberPart& part : parts[m]) {
    const std::vector<float> predicted = part.fit.array(part.array);
    if (predicted.empty()) continue;
    auto next = predicted.begin();
    for_each_row(*this, part, [&](std::size_t at) {
      JURY_EXPECTS(static_cast<std::size_t>(predicted.end() - next) >= width);
      std::copy_n(next, width, values.begin() + static_cast<std::ptrdiff_t>(at * width));
      next += static_cast<std::ptrdiff_t>(width);
    });
    JURY_EXPECTS(next == predicted.end());
  }
  return values;
}

std::vector<double> MemberPredictions::weights_of(std::size_t m) const {
  std::vector<double> weights(rows.size());
  for (const MemberPart& part : parts[m]) for_each_row(*this, part, [&](std::size_t at) { weights[at] = part.weight; });
  return weights;
}

std::vector<float> MemberPredictions::all_members() const {
  std::vector<float> all;
  for (std::size_t m = 0; m < num_members; ++m) {
    const std::vector<float> one = member(m);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

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
    last = std::max(last, place_jury(all, plan, trained.fits, predictor, &FitResult::valid,
                                     [which = which_of(all, tested)](const TaskKey&) { return which; }));
  }
  trim(all, plan, last);
  return all;
}

MemberPredictions collect_oob(const StudyPlan& plan, const Trained& trained) {
  auto all = unpredicted(plan, "oob", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  trim(all, plan, place_jury(all, plan, trained.fits, {}, &FitResult::oob, [&](const TaskKey& key) {
         return which_of(all, plan.rows(key).oob);
       }));
  return all;
}

MemberPredictions collect_apparent(const StudyPlan& plan, const Trained& trained) {
  if (!plan.has_apparent()) return {};
  const TaskKey predictor = StudyPlan::apparent_predictor();
  auto all = unpredicted(plan, "apparent", 0, static_cast<std::uint32_t>(plan.dataset().num_train()));
  if (plan.is_stack()) {
    place_stack(all, plan, trained, {.predictor = predictor, .rows = all.rows, .part = &FitResult::apparent},
                Seen::yes);
    return all;
  }
  trim(all, plan,
       place_jury(all, plan, trained.fits, predictor, &FitResult::apparent, [](const TaskKey&) { return nullptr; }));
  return all;
}

MemberPredictions collect_test(const StudyPlan& plan, const Trained& trained, const TaskKey& predictor) {
  auto all = unpredicted(plan, "test", static_cast<std::uint32_t>(plan.dataset().num_train()),
                         static_cast<std::uint32_t>(plan.dataset().rows()));
  if (plan.is_stack()) {
    place_stack(all, plan, trained, {.predictor = predictor, .rows = all.rows, .part = &FitResult::test});
    return all;
  }
  trim(all, plan,
       place_jury(all, plan, trained.fits, predictor, &FitResult::test, [](const TaskKey&) { return nullptr; }));
  return all;
}

}  // namespace jury
