#include "search/study/study_data_value.hpp"

#include <algorithm>

#include "models/ensemble/data_oob.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

StudyDataValue find_data_value(const StudyPlan& plan, const std::vector<MemberPredictions>& predictions) {
  const auto members = std::ranges::find(predictions, "oob", &MemberPredictions::source);
  if (members == predictions.end()) return {};
  const TruthOf owner(plan, members->rows);
  DataOob oob(owner.truth());
  for (std::size_t m = 0; m < members->num_members; ++m) oob.add(members->member(m));
  StudyDataValue out{
      .rows = members->rows, .values = oob.values(), .counts = {oob.counts().begin(), oob.counts().end()}};
  out.suspects = least_valuable(out.values, kNumSuspects);
  return out;
}

}  // namespace jury
