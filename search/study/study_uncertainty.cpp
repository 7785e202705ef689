#include "search/study/study_uncertainty.hpp"

#include <algorithm>
#include <cmath>

#include "models/ensemble/bag_table.hpp"
#include "models/ensemble/jackknife.hpp"
#include "models/ensemble/sampling.hpp"
#include "models/ensemble/uncertainty.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The formulas are for rows drawn with replacement, class by class as an approximation.
bool draws_rows_with_replacement(const StudyPlan& plan) {
  if (!plan.is_bagged()) return false;
  const BagScheme scheme = bag_options(plan.experiment().ensemble).scheme;
  return scheme == BagScheme::rows || scheme == BagScheme::balanced;
}

std::vector<std::uint32_t> draws_of_each_row(const StudyPlan& plan, const TaskKey& member) {
  std::vector<std::uint32_t> counts(plan.dataset().num_train());
  for (const std::uint32_t row : plan.rows(member).draws) ++counts[row];
  return counts;
}

}  // namespace

std::vector<RowUncertainty> find_uncertainty(const StudyPlan& plan, const std::vector<MemberPredictions>& predictions) {
  std::vector<RowUncertainty> out(predictions.size());
  if (plan.experiment().ensemble.method == "gradient_boosting") return out;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const MemberPredictions& members = predictions[i];
    const CombinationShape shape = combination_shape(plan, members.rows.size());
    if (shape.outcome == Outcome::values && shape.width() == shape.num_outputs) continue;
    Uncertainty uncertainty(shape);
    for (std::size_t m = 0; m < members.num_members; ++m) uncertainty.add(members.member(m));
    out[i] = {.total = uncertainty.total(), .aleatoric = uncertainty.aleatoric(), .epistemic = uncertainty.epistemic()};
  }
  return out;
}

JackknifeDeviations find_jackknife(const StudyPlan& plan, const Fits& fits,
                                   const std::vector<MemberPredictions>& predictions) {
  JackknifeDeviations out;
  const auto test = std::ranges::find(predictions, "test", &MemberPredictions::source);
  if (test == predictions.end() || !draws_rows_with_replacement(plan)) return out;
  const CombinationShape shape = combination_shape(plan, test->rows.size());
  const std::size_t train = plan.dataset().num_train();
  if (static_cast<double>(test->num_members * train) * static_cast<double>(shape.num_rows * shape.num_outputs) >
      kMostJackknifeWork)
    return out;
  BagTable table(train, shape);
  for (std::size_t m = 0; m < test->num_members; ++m) {
    const TaskKey key{.member = static_cast<std::int32_t>(m)};
    const auto fit = fits.find(key);
    if (fit == fits.end() || fit->second.state != TaskState::complete) continue;
    table.add(draws_of_each_row(plan, key), test->member(m));
  }
  if (table.num_members() == 0) return out;
  for (const JackknifeVariance& variance : jackknife_variances(table)) {
    out.jackknife.push_back(static_cast<float>(std::sqrt(variance.jackknife_corrected)));
    out.infinitesimal.push_back(static_cast<float>(std::sqrt(variance.infinitesimal_corrected)));
  }
  return out;
}

}  // namespace jury
