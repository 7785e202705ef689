#include "runtime/store/hdf5_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

#include "runtime/base/error.hpp"
#include "runtime/store/faulty_files.hpp"
#include "runtime/store/hdf5_reader.hpp"
#include "runtime/store/sample_results.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> paths_in(const Hdf5Reader& file, const std::string& group) {
  std::vector<std::string> paths;
  for (const Hdf5Entry& entry : file.list(group)) paths.push_back(entry.path);
  return paths;
}

class Hdf5WriterTest : public testing::Test {
 protected:
  // The sample file, written and opened.
  Hdf5Reader sample() const {
    write_hdf5_aside(scratch_ / "a.h5", fill_sample);
    return Hdf5Reader(scratch_ / "a.h5");
  }
  Scratch scratch_;
};

TEST_F(Hdf5WriterTest, ColumnsComeBackInTheirOrderWithTheirTypes) {
  const Hdf5Reader file = sample();
  EXPECT_THAT(paths_in(file, "/trials"),
              ElementsAre("/trials/row", "/trials/trial", "/trials/state", "/trials/value", "/trials/seconds",
                          "/trials/pruned", "/trials/param.train.lr", "/trials/epochs"));
  EXPECT_EQ(file.read("/trials/trial").type, ElementType::int32);
  EXPECT_THAT(as_doubles(file.read("/trials/trial")), ElementsAre(0, 1, 2));
  EXPECT_EQ(file.read("/trials/param.train.lr").type, ElementType::float32);
  EXPECT_THAT(file.read("/trials/state").texts, ElementsAre("complete", "diverged", ""));
  const Hdf5Array value = file.read("/trials/value");
  EXPECT_EQ(value.number(0), 0.5);
  EXPECT_TRUE(std::isnan(value.number(1)));
  EXPECT_EQ(value.number(2), -1e300);
}

TEST_F(Hdf5WriterTest, CellsReadAsPeopleWriteThem) {
  const Hdf5Reader file = sample();
  Hdf5Array pruned = file.read("/trials/pruned");
  pruned.attributes = file.attributes("/trials/pruned");
  EXPECT_EQ(pruned.cell(0), "true");
  EXPECT_EQ(pruned.cell(1), "false");
  EXPECT_EQ(file.read("/trials/value").cell(1), "");
  EXPECT_EQ(file.read("/trials/param.train.lr").cell(0), "0.001");
  EXPECT_EQ(file.read("/trials/epochs").cell(1), "1099511627776");
  EXPECT_EQ(file.read("/models/mlp/preprocess").cell(2), "255");
  EXPECT_EQ(file.read("/trials/state").cell(1), "diverged");
  EXPECT_THROW(as_doubles(file.read("/trials/state")), DataError);
}

TEST_F(Hdf5WriterTest, AttributesComeBack) {
  const Hdf5Reader file = sample();
  const Attributes root = file.attributes("/");
  EXPECT_EQ(*find_attribute(root, "format"), AttributeValue(std::string("jury-results")));
  EXPECT_EQ(*find_attribute(root, "seed"), AttributeValue(std::int64_t{20260101}));
  EXPECT_EQ(*find_attribute(root, "share"), AttributeValue(0.25));
  EXPECT_EQ(find_attribute(root, "none"), nullptr);
  EXPECT_EQ(*find_attribute(file.attributes("/trials/seconds"), "units"), AttributeValue(std::string("s")));
}

TEST_F(Hdf5WriterTest, ArraysKeepTheirShapeAndSharedDimensions) {
  const Hdf5Reader file = sample();
  EXPECT_THAT(paths_in(file, "/predictions/oof"),
              ElementsAre("/predictions/oof/class", "/predictions/oof/member", "/predictions/oof/row",
                          "/predictions/oof/proba", "/predictions/oof/votes", "/predictions/oof/truth"));
  const Hdf5Array proba = file.read("/predictions/oof/proba");
  EXPECT_THAT(proba.dims, ElementsAre(3, 4, 2));
  for (std::size_t i = 0; i < 24; ++i) EXPECT_EQ(proba.number(i), static_cast<double>(i) / 8);
}

TEST_F(Hdf5WriterTest, TextThatIsNoUtf8IsMadeReadable) {
  EXPECT_THAT(sample().read("/predictions/oof/class").texts, ElementsAre("Gr\xC3\xBC\xC3\x9F"
                                                                         "e",
                                                                         "caf\xEF\xBF\xBD"));
}

TEST_F(Hdf5WriterTest, LargeArraysAreCompressedAndComeBack) {
  const Hdf5Reader file = sample();
  const Hdf5Array weights = file.read("/models/mlp/weights_best");
  ASSERT_EQ(weights.size(), 200'000U);
  for (std::size_t i = 0; i < weights.size(); ++i) ASSERT_EQ(weights.number(i), std::sqrt(static_cast<double>(i)));
  EXPECT_LT(std::filesystem::file_size(scratch_ / "a.h5"), 1'500'000U);
}

TEST_F(Hdf5WriterTest, EmptyTablesAndScalarTextsComeBack) {
  const Hdf5Reader file = sample();
  EXPECT_THAT(file.read("/fits/value").dims, ElementsAre(0));
  EXPECT_TRUE(file.read("/fits/error").texts.empty());
  EXPECT_THAT(file.read("/config/resolved_json").dims, ElementsAre());
  EXPECT_THAT(file.read("/config/resolved_json").texts, ElementsAre("{\"seed\": 20260101}"));
}

TEST_F(Hdf5WriterTest, ADimensionHasANumberedIndexUnlessItIsLabelled) {
  const Hdf5Reader file = sample();
  const auto is_index = [&](const std::string& path) {
    Hdf5Array array = file.read(path);
    array.attributes = file.attributes(path);
    return array.is_dimension();
  };
  EXPECT_TRUE(is_index("/trials/row"));
  EXPECT_FALSE(is_index("/trials/trial"));
  EXPECT_FALSE(is_index("/ensemble/by_size/size"));
  EXPECT_THAT(as_doubles(file.read("/trials/row")), ElementsAre(0, 1, 2));
}

TEST_F(Hdf5WriterTest, TheSameContentIsTheSameBytes) {
  write_hdf5_aside(scratch_ / "a.h5", fill_sample);
  ::mallopt(M_PERTURB, 0x5A);  // memory that HDF5 leaves as it is now holds something else
  write_hdf5_aside(scratch_ / "b.h5", fill_sample);
  ::mallopt(M_PERTURB, 0);
  EXPECT_TRUE(read_file(scratch_ / "a.h5") == read_file(scratch_ / "b.h5"));
}

TEST_F(Hdf5WriterTest, AFailingFillLeavesTheOldFileAlone) {
  replace_file(scratch_ / "a.h5", "old");
  EXPECT_THROW(write_hdf5_aside(scratch_ / "a.h5", [](Hdf5Writer&) { throw DataError("no numbers"); }), DataError);
  EXPECT_EQ(read_text_file(scratch_ / "a.h5"), "old");
  EXPECT_EQ(scratch_.num_entries(), 1U);
}

TEST_F(Hdf5WriterTest, AFailureToPutItInPlaceIsAnIoError) {
  FaultyFiles counter;
  write_hdf5_aside(scratch_ / "a.h5", fill_sample, counter);
  for (int n = 0; n < counter.num_calls(); ++n) {
    FaultyFiles files(n);
    EXPECT_THROW(write_hdf5_aside(scratch_ / "a.h5", fill_sample, files), IoError) << n;
    EXPECT_EQ(scratch_.num_entries(), 1U);
    EXPECT_TRUE(Hdf5Reader(scratch_ / "a.h5").has("/trials/value"));
  }
}

// Writes onto ever larger full disks and then onto one with room; ends the process, with 0 when each
// full disk was an IoError that left the old file alone.
[[noreturn]] void write_onto_full_disks(const Scratch& scratch) {
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, SIG_IGN);
  int num_wrong = 0;
  for (const rlim_t limit : {100U, 5'000U, 100'000U, 900'000U}) {
    struct rlimit small = before;
    small.rlim_cur = limit;
    ::setrlimit(RLIMIT_FSIZE, &small);
    try {
      write_hdf5_aside(scratch / "a.h5", fill_sample);
      ++num_wrong;
    } catch (const IoError&) {
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    if (read_text_file(scratch / "a.h5") != "old" || scratch.num_entries() != 1) ++num_wrong;
  }
  write_hdf5_aside(scratch / "a.h5", fill_sample);
#ifdef __SANITIZE_ADDRESS__
  std::_Exit(num_wrong);  // HDF5 cannot free a file that it could not close
#else
  std::exit(num_wrong);
#endif
}

TEST(Hdf5WriterDeathTest, AFullDiskIsAnIoErrorAndTheProcessGoesOnAndEnds) {
  const Scratch scratch;
  replace_file(scratch / "a.h5", "old");
  EXPECT_EXIT(write_onto_full_disks(scratch), testing::ExitedWithCode(0), "");
  EXPECT_TRUE(Hdf5Reader(scratch / "a.h5").has("/trials/value"));
}

TEST_F(Hdf5WriterTest, AFolderThatIsNotThereIsAnIoError) {
  EXPECT_THROW(write_hdf5_aside(scratch_ / "no/a.h5", fill_sample), IoError);
  EXPECT_THROW(Hdf5Writer(scratch_ / "no/a.h5"), IoError);
}

TEST(Hdf5WriterDeathTest, DimensionsThatDoNotAgreeAreABugOfTheCaller) {
  const Scratch scratch;
  Hdf5Writer file(scratch / "a.h5");
  const Hdf5Group group = file.group("a");
  EXPECT_DEATH(group.array("x", std::vector<double>{1, 2}, {{"row", 3}}), "values.size");
  group.array("x", std::vector<double>{1, 2}, {{"row", 2}});
  EXPECT_DEATH(group.array("y", std::vector<double>{1, 2, 3}, {{"row", 3}}), "size == dim.size");
}

}  // namespace
}  // namespace jury
