// /calibration and /conformal: fitted maps and thresholds, and what was promised and met.
#include <algorithm>

#include "search/study/results_file.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

void write_curves(const Hdf5Group& group, const Calibrator& calibrator) {
  const std::size_t num_curves = std::max(calibrator.sigmoids.size(), calibrator.isotonics.size());
  // With two classes the only curve is that of class 1.
  const std::int32_t first = num_curves == 1 ? 1 : 0;
  std::vector<std::int32_t> classes, knot_classes;
  std::vector<double> slope, offset, score, probability;
  for (std::size_t i = 0; i < calibrator.sigmoids.size(); ++i) {
    classes.push_back(first + static_cast<std::int32_t>(i));
    slope.push_back(calibrator.sigmoids[i].slope);
    offset.push_back(calibrator.sigmoids[i].offset);
  }
  for (std::size_t i = 0; i < calibrator.isotonics.size(); ++i) {
    const IsotonicCurve& curve = calibrator.isotonics[i];
    knot_classes.insert(knot_classes.end(), curve.scores.size(), first + static_cast<std::int32_t>(i));
    score.insert(score.end(), curve.scores.begin(), curve.scores.end());
    probability.insert(probability.end(), curve.probabilities.begin(), curve.probabilities.end());
  }
  if (!classes.empty())
    TableWriter(group.group("sigmoids"), "curve", classes.size())
        .column("class", classes)
        .column("slope", slope)
        .column("offset", offset);
  if (!knot_classes.empty())
    TableWriter(group.group("isotonic"), "knot", knot_classes.size())
        .column("class", knot_classes)
        .column("score", score)
        .column("probability", probability);
}

void write_calibrator(const Hdf5Group& group, const Calibrator& calibrator) {
  ByteWriter writer;
  calibrator.save(writer);
  std::vector<std::uint8_t> bytes;
  for (const std::byte byte : writer.take()) bytes.push_back(std::to_integer<std::uint8_t>(byte));
  group.array("calibrator", bytes, {{"byte", bytes.size()}});
  if (calibrator.method == Calibration::temperature) group.attribute("temperature", calibrator.temperature);
  write_curves(group, calibrator);
}

void write_reliability(const Hdf5Group& group, const std::vector<StudyReliability>& lines) {
  std::vector<std::string> source, predictor;
  std::vector<std::int32_t> repeat;
  std::vector<std::int64_t> count;
  std::vector<double> low, high, weight, confidence, accuracy;
  for (const StudyReliability& line : lines) {
    for (const CalibrationBin& bin : line.bins) {
      source.push_back(line.source);
      repeat.push_back(line.repeat);
      predictor.push_back(line.predictor);
      low.push_back(bin.low);
      high.push_back(bin.high);
      count.push_back(static_cast<std::int64_t>(bin.count));
      weight.push_back(bin.weight);
      confidence.push_back(bin.mean_confidence);
      accuracy.push_back(bin.accuracy);
    }
  }
  TableWriter table(group, "row", low.size());
  table.column("source", source).column("repeat", repeat).column("predictor", predictor);
  table.column("low", low).column("high", high).column("count", count).column("weight", weight);
  table.column("mean_confidence", confidence, {.help = "weighted mean of the largest probability"})
      .column("accuracy", accuracy);
}

void write_coverage(const Hdf5Group& group, const StudyConformal& conformal) {
  const Coverage& met = conformal.coverage;
  TableWriter(group.group("coverage"), "row", 1)
      .column("source", std::vector<std::string>{"test"})
      .column("coverage_asked", std::vector<double>{conformal.coverage_asked})
      .column("count", std::vector<std::int64_t>{static_cast<std::int64_t>(met.count)})
      .column("coverage", std::vector<double>{met.coverage}, {.help = "share of intervals or sets that hold the truth"})
      .column("mean_size", std::vector<double>{met.mean_size}, {.help = "mean width, or number of classes"});
}

}  // namespace

void write_calibration(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  const StudyCalibration& study = results.calibration;
  if (!study.calibrator) return;
  const Hdf5Group group = file.group("calibration");
  group.attribute("method", plan.experiment().final.calibrate);
  group.attribute("source", study.source);
  group.attribute("num_rows", static_cast<std::int64_t>(study.num_rows));
  write_calibrator(group, **study.calibrator);
  if (!study.reliability.empty()) write_reliability(group.group("reliability"), study.reliability);
}

void write_conformal(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  const StudyConformal& study = results.conformal;
  if (study.choice.method == "none") return;
  const Hdf5Group group = file.group("conformal");
  const bool proven = study.choice.method == "jackknife_plus";
  group.attribute("method", study.choice.method);
  group.attribute("score", name(study.choice.score));
  group.attribute("predictor", study.predictor);
  group.attribute("source", study.source);
  group.attribute("coverage", study.coverage_asked);
  group.attribute("guarantee", study.guarantee);
  group.attribute("guarantee_is", proven ? "proven" : "approximate");
  const std::size_t outputs = num_outputs(plan.dataset());
  const bool classes = outcome_of(plan.dataset()) == Outcome::classes;
  if (!study.thresholds.empty())
    group.array("threshold", study.thresholds,
                classes ? std::vector<Dimension>{} : std::vector<Dimension>{{"target", outputs}},
                {.help = "largest score of a truth that an interval or set holds"});
  if (!study.residuals.empty())
    group.array("residual", study.residuals, {{"training_row", study.residuals.size() / outputs}, {"target", outputs}},
                {.help = "of the mean of the members without the row; NaN: all have it"});
  write_coverage(group, study);
  if (plan.experiment().output.predictions == "none" || (study.sets.empty() && study.intervals.empty())) return;
  const Hdf5Group test = group.group("test");
  const Dimension row{"row", plan.test_rows().size()};
  test.array("row_id", plan.test_rows(), {row}, {.help = "row of the dataset; training rows come first"});
  if (!study.sets.empty())
    return test.array("set", study.sets, {row, {"class", outputs}},
                      {.help = "1: in the set, 0: not, -1: not predicted"});
  std::vector<double> low, high;
  for (const Interval& interval : study.intervals) {
    low.push_back(interval.low);
    high.push_back(interval.high);
  }
  test.array("low", low, {row, {"target", outputs}});
  test.array("high", high, {row, {"target", outputs}});
}

}  // namespace jury
