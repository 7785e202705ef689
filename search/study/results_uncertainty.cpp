// /predictions/*: how unsure the ensemble is of each row, beside what it says.
#include "search/study/results_file.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The arrays of all repeats of a source, one after the other; empty where there are none.
std::vector<float> over_repeats(const StudyResults& results, std::string_view source,
                                std::vector<float> RowUncertainty::*part) {
  std::vector<float> all;
  for (std::size_t i = 0; i < results.predictions.size(); ++i) {
    const std::vector<float>& one = results.uncertainty[i].*part;
    if (results.predictions[i].source == source) all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

void write_uncertainty_of(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results,
                          const std::string& source) {
  const std::vector<float> epistemic = over_repeats(results, source, &RowUncertainty::epistemic);
  if (epistemic.empty()) return;
  const Hdf5Group group = file.group("predictions/" + source);
  std::size_t repeats = 0, rows = 0;
  for (const MemberPredictions& members : results.predictions) {
    if (members.source != source) continue;
    ++repeats;
    rows = members.rows.size();
  }
  std::vector<Dimension> dims = {{"repeat", repeats}, {"row", rows}};
  const std::vector<float> aleatoric = over_repeats(results, source, &RowUncertainty::aleatoric);
  if (outcome_of(plan.dataset()) == Outcome::classes) {
    group.array("entropy", over_repeats(results, source, &RowUncertainty::total), dims,
                {.help = "of the mean of the members, in nats: expected_entropy plus mutual_information"});
    group.array("expected_entropy", aleatoric, dims, {.help = "mean of the members' entropies (aleatoric)"});
    group.array("mutual_information", epistemic, dims, {.help = "how much the members disagree (epistemic)"});
  } else {
    dims.push_back({"target", num_outputs(plan.dataset())});
    group.array("aleatoric_variance", aleatoric, dims, {.help = "mean of the members' variances"});
    group.array("epistemic_variance", epistemic, dims, {.help = "variance of the members' means"});
  }
}

}  // namespace

void write_uncertainty(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  if (plan.experiment().output.predictions == "none") return;
  for (const char* source : {"oof", "oob", "test"}) write_uncertainty_of(file, plan, results, source);
  if (results.jackknife.empty()) return;
  const std::size_t outputs = num_outputs(plan.dataset());
  const Hdf5Group group = file.group("predictions/test");
  const std::vector<Dimension> dims = {{"repeat", 1},
                                       {"row", plan.test_rows().size()},
                                       {outcome_of(plan.dataset()) == Outcome::classes ? "class" : "target", outputs}};
  group.array(
      "jackknife_std", results.jackknife.jackknife, dims,
      {.help = "of the mean over training sets: jackknife after bootstrap, less what the number of members adds"});
  group.array("infinitesimal_jackknife_std", results.jackknife.infinitesimal, dims,
              {.help = "the same by the infinitesimal jackknife"});
}

}  // namespace jury
