// /predictions: what members and ensemble said of each row, beside the truth.
#include "search/study/results_file.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// Concatenates one array of each of the juries that share a source: the repeats of "oof".
template <class T>
std::vector<T> over_repeats(const StudyResults& results, const std::string& source, std::vector<T> JuryScores::*array) {
  std::vector<T> all;
  for (const JuryScores& jury : results.juries)
    if (jury.source == source) all.insert(all.end(), (jury.*array).begin(), (jury.*array).end());
  return all;
}

// (member, repeat, row, output): the members' arrays, which are stored repeat by repeat, woven.
std::vector<float> members_by_repeat(const std::vector<const MemberPredictions*>& repeats) {
  std::vector<float> all;
  for (std::size_t m = 0; m < repeats.front()->num_members; ++m)
    for (const MemberPredictions* repeat : repeats) {
      const std::vector<float> one = repeat->member(m);
      all.insert(all.end(), one.begin(), one.end());
    }
  return all;
}

std::vector<Dimension> with(std::vector<Dimension> dims, const Dimension& last) {
  dims.push_back(last);
  return dims;
}

// The columns [begin, end) of rows of `width` numbers.
std::vector<float> columns(const std::vector<float>& rows, std::size_t width, std::size_t begin, std::size_t end) {
  if (begin == 0 && end == width) return rows;
  std::vector<float> some;
  some.reserve(rows.size() / width * (end - begin));
  for (auto row = rows.begin(); row != rows.end(); row += static_cast<std::ptrdiff_t>(width))
    some.insert(some.end(), row + static_cast<std::ptrdiff_t>(begin), row + static_cast<std::ptrdiff_t>(end));
  return some;
}

void write_truth(const Hdf5Group& group, const StudyPlan& plan, std::span<const std::uint32_t> rows, bool classes) {
  const TruthOf truth(plan, rows);
  const Dimension row{"row", rows.size()};
  group.array("row_id", rows, {row}, {.help = "row of the dataset; training rows come first"});
  if (classes) {
    group.array("truth", truth.labels(), {row});
  } else {
    group.array("truth", truth.values(), {row, {"target", num_outputs(plan.dataset())}});
  }
}

void write_predictions_of(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results,
                          const std::string& source) {
  std::vector<const MemberPredictions*> repeats;
  for (const MemberPredictions& members : results.predictions)
    if (members.source == source) repeats.push_back(&members);
  if (repeats.empty()) return;
  const Hdf5Group group = file.group("predictions/" + source);
  const bool classes = outcome_of(plan.dataset()) == Outcome::classes;
  const Dimension row{"row", repeats.front()->rows.size()};
  const std::size_t outputs = num_outputs(plan.dataset()), width = prediction_width(plan);
  const Dimension output{classes ? "class" : "target", outputs};
  std::vector<Dimension> by_row = {{"repeat", repeats.size()}, row};
  if (plan.experiment().output.predictions == "members") {
    const Dimension member{"member", repeats.front()->num_members};
    const std::vector<Dimension> dims = {member, by_row[0], row, output};
    const std::vector<float> all = members_by_repeat(repeats);
    group.array(classes ? "proba" : "value", columns(all, width, 0, outputs), dims,
                {.help = "NaN where a member did not predict a row"});
    if (width > outputs)
      group.array("variance", columns(all, width, outputs, width), dims, {.help = "predicted, of each target"});
  }
  const std::vector<float> mean = over_repeats(results, source, &JuryScores::mean);
  group.array("mean", columns(mean, width, 0, outputs), with(by_row, output));
  if (width > outputs)
    group.array("mixture_variance", columns(mean, width, outputs, width), with(by_row, output),
                {.help = "of the members' mixture: mean of their variances plus variance of their means"});
  group.array("combined", columns(over_repeats(results, source, &JuryScores::reported), width, 0, outputs),
              with(by_row, output), {.help = "as the reported way joins the members"});
  if (plan.experiment().final.calibrate != "none") {
    const std::vector<float> calibrated = over_repeats(results, source, &JuryScores::calibrated);
    group.array("calibrated", columns(calibrated, width, 0, outputs), with(by_row, output),
                {.help = "the reported combination by final.calibrate; out of fold and out of bag cross-fitted"});
    if (width > outputs)
      group.array("calibrated_variance", columns(calibrated, width, outputs, width), with(by_row, output));
  }
  group.array("std", over_repeats(results, source, &JuryScores::deviation), with(by_row, output));
  group.array("count", over_repeats(results, source, &JuryScores::counts), by_row,
              {.help = "members that predicted the row"});
  if (classes) {
    group.array("votes", over_repeats(results, source, &JuryScores::votes), with(by_row, output));
    group.array("label_mean", over_repeats(results, source, &JuryScores::label_mean), by_row);
    group.array("label_vote", over_repeats(results, source, &JuryScores::label_vote), by_row);
  }
  write_truth(group, plan, repeats.front()->rows, classes);
}

void write_replicates(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  const auto& values = results.bias_variance.replicate_predictions;
  if (values.empty()) return;
  const bool classes = outcome_of(plan.dataset()) == Outcome::classes;
  const Hdf5Group group = file.group("predictions/replicates");
  const std::size_t rows = plan.test_rows().size();
  const std::size_t outputs = num_outputs(plan.dataset()), width = prediction_width(plan);
  const std::vector<Dimension> dims = {{"replicate", values.size() / (2 * rows * width)},
                                       {"predictor", 2},
                                       {"row", rows},
                                       {classes ? "class" : "target", outputs}};
  group.texts("predictor_name", std::vector<std::string>{"single", "ensemble"}, {dims[1]});
  group.array(classes ? "proba" : "value", columns(values, width, 0, outputs), dims);
  if (width > outputs)
    group.array("variance", columns(values, width, outputs, width), dims,
                {.help = "predicted; of the ensemble, that of its members' mixture"});
  write_truth(group, plan, plan.test_rows(), classes);
}

}  // namespace

void write_predictions(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  if (plan.experiment().output.predictions == "none") return;
  for (const char* source : {"oof", "oob", "test"}) write_predictions_of(file, plan, results, source);
  write_replicates(file, plan, results);
}

}  // namespace jury
