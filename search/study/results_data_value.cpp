// /data_value: what each training row is worth, and which are suspect.
#include <algorithm>

#include "search/study/results_file.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// What the row is called and what members that did not see it call it; of a single target its numbers.
void add_opinions(TableWriter& table, const StudyPlan& plan, const StudyResults& results) {
  const StudyDataValue& found = results.data_value;
  const TruthOf truth(plan, found.rows);
  const auto oob = std::ranges::find(results.juries, "oob", &JuryScores::source);
  if (outcome_of(plan.dataset()) == Outcome::classes) {
    const std::vector<std::string>& names = plan.dataset().schema().classes;
    std::vector<std::string> label, predicted;
    for (const std::uint32_t at : found.suspects) {
      label.push_back(names[static_cast<std::size_t>(truth.labels()[at])]);
      predicted.push_back(names[static_cast<std::size_t>(oob->label_vote[at])]);
    }
    table.column("label", label).column("predicted", predicted, {.help = "by most members that did not see it"});
  } else if (num_outputs(plan.dataset()) == 1) {
    std::vector<double> target, mean;
    for (const std::uint32_t at : found.suspects) {
      target.push_back(truth.values()[at]);
      mean.push_back(static_cast<double>(oob->mean[at * prediction_width(plan)]));
    }
    table.column("target", target).column("mean", mean, {.help = "of the members that did not see it"});
  }
}

}  // namespace

void write_data_value(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  const StudyDataValue& found = results.data_value;
  if (found.empty()) return;
  const Hdf5Group group = file.group("data_value");
  TableWriter(group, "row", found.rows.size())
      .column("row_id", found.rows, {.help = "row of the dataset"})
      .column("value", found.values,
              {.help = "share of the members that did not see the row and are right about it; of values "
                       "minus their mean squared error"})
      .column("members", found.counts, {.help = "that did not see it"});
  std::vector<std::uint32_t> rows;
  std::vector<double> values;
  std::vector<std::int32_t> members;
  for (const std::uint32_t at : found.suspects) {
    rows.push_back(found.rows[at]);
    values.push_back(found.values[at]);
    members.push_back(found.counts[at]);
  }
  TableWriter table(group.group("suspects"), "row", rows.size());
  table.column("row_id", rows).column("value", values).column("members", members);
  add_opinions(table, plan, results);
}

}  // namespace jury
