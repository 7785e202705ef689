#include "search/study/prediction_hdf5.hpp"

#include "runtime/base/hash.hpp"
#include "runtime/store/hdf5_writer.hpp"
#include "search/study/ensemble_voices.hpp"

namespace jury {
namespace {

// Columns [first, end) of rows of `width` numbers.
std::vector<float> part(const std::vector<float>& rows, std::size_t width, std::size_t first, std::size_t end) {
  std::vector<float> some;
  some.reserve(rows.size() / width * (end - first));
  for (std::size_t at = 0; at < rows.size(); at += width)
    some.insert(some.end(), rows.begin() + static_cast<std::ptrdiff_t>(at + first),
                rows.begin() + static_cast<std::ptrdiff_t>(at + end));
  return some;
}

void write_uncertainty(const Hdf5Group& root, const EnsemblePredictions& rows, const std::vector<Dimension>& dims) {
  const RowUncertainty& of = rows.uncertainty;
  if (rows.shape.outcome == Outcome::classes && !of.total.empty()) {
    root.array("entropy", of.total, {dims[0]},
               {.help = "of the mean of the members, in nats: expected_entropy plus mutual_information"});
    root.array("expected_entropy", of.aleatoric, {dims[0]}, {.help = "mean of the members' entropies (aleatoric)"});
    root.array("mutual_information", of.epistemic, {dims[0]}, {.help = "how much the members disagree (epistemic)"});
  }
  if (!rows.has_split_variance()) return;
  root.array("aleatoric_variance", of.aleatoric, dims, {.help = "mean of the members' variances"});
  root.array("epistemic_variance", of.epistemic, dims, {.help = "variance of the members' means"});
}

void write_conformal(const Hdf5Group& root, const PredictionOutput& output, const std::vector<Dimension>& dims) {
  const EnsemblePredictions& rows = output.predictions;
  if (rows.sets.empty() && rows.low.empty()) return;
  const StoredConformal& conformal = *output.ensemble.calibration.conformal;
  root.attribute("conformal", conformal.choice.method);
  root.attribute("coverage", conformal.coverage);
  if (!rows.sets.empty())
    return root.array("set", std::vector<std::int8_t>(rows.sets.begin(), rows.sets.end()), dims,
                      {.help = "1: in the set, 0: not, -1: not predicted"});
  root.array("low", rows.low, dims, {.help = "of the conformal interval, rounded outward"});
  root.array("high", rows.high, dims);
}

void write_calibrated(const Hdf5Group& root, const EnsemblePredictions& rows, const std::vector<Dimension>& dims) {
  const CombinationShape& shape = rows.shape;
  if (rows.calibrated.empty()) return;
  if (shape.outcome == Outcome::classes)
    return root.array("calibrated", rows.calibrated, dims, {.help = "combined, calibrated as in the run"});
  root.array("calibrated_variance", part(rows.calibrated, shape.width(), shape.num_outputs, shape.width()), dims,
             {.help = "as the reported way joins the members, calibrated as in the run"});
}

void write_members(const Hdf5Group& root, const PredictionOutput& output, const std::vector<Dimension>& dims) {
  if (output.members.empty()) return;
  const CombinationShape& shape = output.predictions.shape;
  std::vector<float> values, variances;
  std::vector<std::int32_t> labels;
  for (const auto& of_member : output.member_labels) labels.insert(labels.end(), of_member.begin(), of_member.end());
  for (std::size_t m = 0; m < output.members.size(); ++m) {
    const auto value = part(output.members[m], shape.width(), 0, shape.num_outputs);
    const auto variance = part(output.members[m], shape.width(), shape.num_outputs, shape.width());
    values.insert(values.end(), value.begin(), value.end());
    variances.insert(variances.end(), variance.begin(), variance.end());
  }
  const Dimension member{"member", output.members.size()};
  root.array("member", EnsembleVoices::numbers_of(output.ensemble), {member});
  const std::vector<Dimension> all = {member, dims[0], dims[1]};
  if (!labels.empty())
    root.array("member_label", labels, {member, dims[0]}, {.help = "what each member votes for; -1: not predicted"});
  root.array(shape.outcome == Outcome::classes ? "proba" : "value", values, all, {.help = "of each member"});
  if (!variances.empty()) root.array("variance", variances, all, {.help = "predicted by each member"});
}

}  // namespace

void write_predictions_hdf5(const std::string& path, const PredictionOutput& output) {
  const EnsemblePredictions& rows = output.predictions;
  const CombinationShape& shape = rows.shape;
  const DataSchema& schema = output.ensemble.data.schema;
  const bool labelled = shape.outcome == Outcome::classes;
  write_hdf5_aside(path, [&](Hdf5Writer& file) {
    const Hdf5Group root = file.root();
    root.attribute("format", "jury-predictions");
    root.attribute("format_version", std::int64_t{1});
    root.attribute("config_hash", hex(output.ensemble.identity));
    root.attribute("task", name(schema.task));
    root.attribute("combine", rows.combines.front());
    root.attribute("num_members", static_cast<std::int64_t>(EnsembleVoices::numbers_of(output.ensemble).size()));
    const std::vector<Dimension> dims = {{"row", shape.num_rows}, {labelled ? "class" : "target", shape.num_outputs}};
    root.texts(dims[1].name, labelled ? schema.classes : schema.targets, {dims[1]});
    const bool all = output.detail == Detail::all;
    if (labelled)
      root.array("label", rows.label, {dims[0]},
                 {.help = "of the calibrated prediction where there is one, else as the reported way joins the "
                          "members; -1: not predicted"});
    if (labelled && all) root.array("label_mean", rows.label_mean, {dims[0]});
    if (labelled && all) root.array("label_vote", rows.label_vote, {dims[0]});
    if (!labelled || all)
      root.array("combined", part(rows.combined.front(), shape.width(), 0, shape.num_outputs), dims,
                 {.help = "as the reported way joins the members"});
    write_conformal(root, output, dims);
    if (all) write_calibrated(root, rows, dims);
    if (all) root.array("mean", part(rows.mean, shape.width(), 0, shape.num_outputs), dims);
    if (all) root.array("std", rows.deviation, dims, {.help = "over members"});
    if (all && shape.width() > shape.num_outputs)
      root.array("mixture_variance", part(rows.mean, shape.width(), shape.num_outputs, shape.width()), dims,
                 {.help = "of the members' mixture: mean of their variances plus variance of their means"});
    if (all) write_uncertainty(root, rows, dims);
    if (labelled && all) root.array("votes", rows.votes, dims, {.help = "members whose most probable class this is"});
    write_members(root, output, dims);
  });
}

}  // namespace jury
