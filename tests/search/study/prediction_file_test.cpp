// What a file of predictions holds.
#include "search/study/prediction_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "models/data/npy_format.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/hdf5_reader.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

constexpr float kGap = std::numeric_limits<float>::quiet_NaN();

// Two members, three rows of two classes; nobody predicted the last row.
struct TwoClasses {
  StoredEnsemble ensemble;
  EnsemblePredictions predictions;
  TwoClasses() {
    ensemble.data.schema = {
        .task = TaskKind::classification, .features = {}, .classes = {"no", "yes, \"maybe\""}, .targets = {"y"}};
    for (const std::int32_t m : {0, 4}) ensemble.members.push_back({.key = {.member = m}, .model = member()});
    predictions = {
        .shape = {.outcome = Outcome::classes, .num_rows = 3, .num_outputs = 2},
        .combines = {"mean"},
        .combined = {{0.1F, 0.9F, 0.75F, 0.25F, kGap, kGap}},
        .mean = {0.1F, 0.9F, 0.75F, 0.25F, kGap, kGap},
        .deviation = {0, 0, 0.125F, 0.125F, kGap, kGap},
        .votes = {0, 2, 2, 0, 0, 0},
        .label = {1, 0, -1},
        .label_mean = {1, 0, -1},
        .label_vote = {1, 0, -1},
        .uncertainty = {.total = {0.5F, 0.25F, kGap}, .aleatoric = {0.5F, 0, kGap}, .epistemic = {0, 0.25F, kGap}}};
  }
  static TrainedMember member() {
    ByteWriter pipeline;  // of no features
    pipeline.add(std::uint64_t{0})
        .add(std::vector<std::uint32_t>{})
        .add(std::uint64_t{0})
        .add(std::uint64_t{0})
        .add(std::vector<std::string>{});
    ByteReader reader(pipeline.bytes());
    return {.network = {}, .weights = {}, .pipeline = Pipeline::load(reader), .targets = {}};
  }
  PredictionOutput output(Detail detail) const {
    return {.ensemble = ensemble, .predictions = predictions, .detail = detail};
  }
};

// A file of these predictions, so many times.
std::string written(const std::string& name, const PredictionOutput& output, int pieces = 1) {
  const std::string path = scratch() / name;
  PredictionWriter writer(path);
  for (int i = 0; i < pieces; ++i) writer.add(output);
  writer.finish();
  return read_text_file(path);
}

TEST(PredictionFile, CsvOfLabelsQuotesWhatNeedsIt) {
  EXPECT_EQ(written("a.csv", TwoClasses().output(Detail::answer)), "label\n\"yes, \"\"maybe\"\"\"\nno\n\"\"\n");
}

TEST(PredictionFile, CsvOfAllHasAColumnForEachClass) {
  EXPECT_EQ(written("a.csv", TwoClasses().output(Detail::all)),
            "label,label_mean,label_vote,p.no,\"p.yes, \"\"maybe\"\"\",std.no,\"std.yes, "
            "\"\"maybe\"\"\",votes.no,\"votes.yes, \"\"maybe\"\"\",entropy,mutual_information\n"
            "\"yes, \"\"maybe\"\"\",\"yes, \"\"maybe\"\"\",\"yes, \"\"maybe\"\"\",0.1,0.9,0,0,0,2,0.5,0\n"
            "no,no,no,0.75,0.25,0.125,0.125,2,0,0.25,0.25\n"
            ",,,,,,,0,0,,\n");
}

TEST(PredictionFile, MembersAreNamedByTheirNumbers) {
  const TwoClasses two;
  PredictionOutput output = two.output(Detail::answer);
  output.members = {{1, 0, 0, 1, kGap, kGap}, {0.5F, 0.5F, 0.25F, 0.75F, kGap, kGap}};
  output.member_labels = {{0, 1, -1}, {0, 1, -1}};
  const auto columns = prediction_columns(output);
  ASSERT_EQ(columns.size(), 7U);
  EXPECT_EQ(columns[1].name, "m0.label");
  EXPECT_EQ(columns[2].name, "m0.p.no");
  EXPECT_EQ(columns[4].name, "m4.label");
  EXPECT_EQ(columns[6].name, "m4.p.yes, \"maybe\"");
  EXPECT_EQ(columns[6].reals[columns[6].stride], 0.75F);
  EXPECT_THAT(written("a.csv", output),
              testing::HasSubstr("no,\"yes, \"\"maybe\"\"\",0,1,\"yes, \"\"maybe\"\"\",0.25,0.75\n,,,,,,\n"));
}

TEST(PredictionFile, TheMembersOfAStackAreItsBases) {
  TwoClasses two;
  two.ensemble.stack.emplace();
  two.ensemble.experiment.bases.resize(2);
  PredictionOutput output = two.output(Detail::answer);
  output.members = {{1, 0, 0, 1, kGap, kGap}, {0.5F, 0.5F, 0.25F, 0.75F, kGap, kGap}};
  output.member_labels = {{0, 1, -1}, {0, 1, -1}};
  EXPECT_EQ(prediction_columns(output)[2].name, "b0.p.no");
  EXPECT_EQ(prediction_columns(output)[5].name, "b1.p.no");
}

TEST(PredictionFile, ValuesHaveTheirVariancesApart) {
  TwoClasses two;
  two.ensemble.data.schema = {.task = TaskKind::regression, .features = {}, .targets = {"u", "v"}};
  two.predictions = {
      .shape = {.outcome = Outcome::values, .num_rows = 1, .num_outputs = 2, .kind = ValueKind::means_and_variances},
      .combines = {"median"},
      .combined = {{1, 2, 30, 40}},
      .mean = {1.5F, 2.5F, 30, 40},
      .deviation = {0.25F, 0.5F},
      .uncertainty = {.total = {30, 40}, .aleatoric = {29, 38}, .epistemic = {1, 2}}};
  EXPECT_EQ(written("a.csv", two.output(Detail::answer)), "value.u,value.v\n1,2\n");
  EXPECT_EQ(written("a.csv", two.output(Detail::all)),
            "value.u,value.v,mean.u,mean.v,std.u,std.v,variance.u,variance.v,aleatoric.u,aleatoric.v,epistemic.u,"
            "epistemic.v\n1,2,1.5,2.5,0.25,0.5,30,40,29,38,1,2\n");
}

TEST(PredictionFile, SetsAndCalibratedProbabilitiesStandWhereTheyAreLookedFor) {
  TwoClasses two;
  two.predictions.calibrated = {0.25F, 0.75F, 0.5F, 0.5F, kGap, kGap};
  two.predictions.sets = {0, 1, 1, 1, -1, -1};
  two.ensemble.calibration.conformal.emplace().choice.method = "split";
  EXPECT_EQ(written("a.csv", two.output(Detail::answer)),
            "label,set.no,\"set.yes, \"\"maybe\"\"\"\n\"yes, \"\"maybe\"\"\",0,1\nno,1,1\n,,\n");
  const auto columns = prediction_columns(two.output(Detail::all));
  EXPECT_EQ(columns[5].name, "p.no");
  EXPECT_EQ(columns[5].reals[0], 0.25F);
  const std::string path = scratch() / "sets.h5";
  written("sets.h5", two.output(Detail::all));
  const Hdf5Reader file(path);
  EXPECT_EQ(file.read("/set").cell(4), "-1");
  EXPECT_EQ(file.read("/combined").cell(0), "0.1");
  EXPECT_EQ(file.read("/calibrated").cell(0), "0.25");
}

TEST(PredictionFile, IntervalsFollowTheValue) {
  TwoClasses two;
  two.ensemble.data.schema = {.task = TaskKind::regression, .features = {}, .targets = {"u", "v"}};
  two.predictions = {
      .shape = {.outcome = Outcome::values, .num_rows = 2, .num_outputs = 2, .kind = ValueKind::means_and_variances},
      .combines = {"mean"},
      .combined = {{1, 2, 30, 40, kGap, kGap, kGap, kGap}},
      .calibrated = {1, 2, 60, 80, kGap, kGap, kGap, kGap},
      .low = {0.5F, -std::numeric_limits<float>::infinity(), kGap, kGap},
      .high = {1.5F, std::numeric_limits<float>::infinity(), kGap, kGap}};
  EXPECT_EQ(written("a.csv", two.output(Detail::answer)),
            "value.u,value.v,low.u,low.v,high.u,high.v\n1,2,0.5,-inf,1.5,inf\n,,,,,\n");
}

TEST(PredictionFile, NpyIsAMatrixOfFloats) {
  const std::string text = written("a.npy", TwoClasses().output(Detail::all));
  ASSERT_EQ(text.substr(0, 8), std::string("\x93NUMPY\x01\0", 8));
  const std::size_t begin = text.find('\n') + 1;
  EXPECT_EQ(begin % 64, 0U);
  EXPECT_NE(text.find("'shape': (3, 11)"), std::string::npos);
  ASSERT_EQ(text.size(), begin + 3 * 11 * sizeof(float));
  float cells[33];
  std::memcpy(cells, text.data() + begin, sizeof(cells));
  EXPECT_EQ(cells[0], 1.0F);
  EXPECT_EQ(cells[3], 0.1F);
  EXPECT_EQ(cells[22], -1.0F);
  EXPECT_EQ(cells[8], 2.0F);
}

TEST(PredictionFile, Hdf5HoldsClassesByName) {
  const std::string path = scratch() / "predictions.h5";
  const TwoClasses two;
  PredictionOutput output = two.output(Detail::all);
  output.members = {{1, 0, 0, 1, kGap, kGap}, {0.5F, 0.5F, 0.25F, 0.75F, kGap, kGap}};
  written("predictions.h5", output);
  const Hdf5Reader file(path);
  EXPECT_EQ(file.read("/class").texts, two.ensemble.data.schema.classes);
  EXPECT_EQ(file.read("/label").cell(0), "1");
  EXPECT_EQ(file.read("/combined").dims, (std::vector<std::uint64_t>{3, 2}));
  EXPECT_EQ(file.read("/proba").dims, (std::vector<std::uint64_t>{2, 3, 2}));
  EXPECT_EQ(file.read("/member").cell(1), "4");
  EXPECT_EQ(file.read("/votes").cell(1), "2");
  EXPECT_EQ(file.read("/entropy").cell(0), "0.5");
  EXPECT_EQ(file.read("/mutual_information").cell(1), "0.25");
}

TEST(PredictionFile, PiecesMakeTheFileOfAllTheirRows) {
  const TwoClasses two;
  const PredictionOutput output = two.output(Detail::all);
  const std::string csv = written("a.csv", output), npy = written("a.npy", output);
  const std::string again = csv.substr(csv.find('\n') + 1), matrix = npy.substr(128);
  EXPECT_EQ(written("b.csv", output, 3), csv + again + again);
  EXPECT_EQ(written("b.npy", output, 3), npy_header("<f4", {9, 11}) + matrix + matrix + matrix);
}

TEST(PredictionFile, NothingIsLeftOfOneThatIsNotFinished) {
  const Scratch folder;
  PredictionWriter(folder / "a.csv").add(TwoClasses().output(Detail::all));
  EXPECT_EQ(folder.num_entries(), 0);
}

TEST(PredictionFile, TheEndingMustNameAFormat) {
  for (const char* path : {"a.csv", "b.npy", "c/d.h5"}) EXPECT_NO_THROW(require_prediction_format(path));
  for (const char* path : {"a.txt", "csv", "", "x.csv.gz"}) EXPECT_THROW(require_prediction_format(path), ConfigError);
}

}  // namespace
}  // namespace jury
