#include "runtime/store/hdf5_diff.hpp"

#include <gtest/gtest.h>

#include "runtime/store/hdf5_writer.hpp"
#include "runtime/store/sample_results.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using Fill = std::function<void(Hdf5Writer&)>;

// Path, index and text of every difference between two files, one string each.
std::vector<std::string> diff(const Fill& a, const Fill& b) {
  const Scratch scratch;
  write_hdf5_aside(scratch / "a.h5", a);
  write_hdf5_aside(scratch / "b.h5", b);
  std::vector<std::string> lines;
  for (const Hdf5Difference& difference : diff_results(Hdf5Reader(scratch / "a.h5"), Hdf5Reader(scratch / "b.h5")))
    lines.push_back(difference.path + (difference.index ? "[" + std::to_string(*difference.index) + "]: " : ": ") +
                    difference.text);
  return lines;
}

Fill column(const std::vector<double>& values) {
  return [values](Hdf5Writer& file) { file.group("t").array("x", values, {{"row", values.size()}}); };
}

using Lines = std::vector<std::string>;

TEST(DiffResults, AFileAgreesWithItself) { EXPECT_EQ(diff(fill_sample, fill_sample), Lines{}); }

TEST(DiffResults, TheFirstElementThatDiffersIsNamed) {
  EXPECT_EQ(diff(column({1, 2, 3}), column({1, 2.5, 4})), Lines{"/t/x[1]: 2 != 2.5"});
}

TEST(DiffResults, NanAgreesWithNanAndWithNothingElse) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(diff(column({nan}), column({-nan})), Lines{});
  EXPECT_EQ(diff(column({nan}), column({0})), Lines{"/t/x[0]: nan != 0"});
}

TEST(DiffResults, TheSignOfZeroCounts) { EXPECT_EQ(diff(column({0.0}), column({-0.0})), Lines{"/t/x[0]: 0 != -0"}); }

TEST(DiffResults, ShapesAndTypesAreCompared) {
  const Fill whole = [](Hdf5Writer& file) { file.group("t").array("x", std::vector<std::int32_t>{1}, {{"row", 1}}); };
  EXPECT_EQ(diff(column({1}), whole), Lines{"/t/x: float64 [1] != int32 [1]"});
  EXPECT_EQ(diff(column({1}), column({1, 2})).back(), "/t/x: float64 [1] != float64 [2]");
}

TEST(DiffResults, WhatOnlyOneHasIsNamed) {
  const Fill empty = [](Hdf5Writer& file) { file.group("t"); };
  EXPECT_EQ(diff(column({1}), empty), (Lines{"/t/row: only in the first", "/t/x: only in the first"}));
  EXPECT_EQ(diff(empty, column({1})), (Lines{"/t/row: only in the second", "/t/x: only in the second"}));
  const Fill text = [](Hdf5Writer& file) { file.root().text("t", "x"); };
  EXPECT_EQ(diff(text, empty), Lines{"/t: not of the same kind"});
}

TEST(DiffResults, TextsAndAttributesAreCompared) {
  const auto file_with = [](std::string text, std::int64_t seed) -> Fill {
    return [=](Hdf5Writer& file) {
      file.root().attribute("seed", seed);
      file.root().text("x", text);
    };
  };
  EXPECT_EQ(diff(file_with("a", 1), file_with("b", 2)), (Lines{"/@seed: 1 != 2", "/x[0]: 'a' != 'b'"}));
}

TEST(DiffResults, TimeAndPlaceDoNotCount) {
  const auto file_with = [](double seconds) -> Fill {
    return [=](Hdf5Writer& file) {
      for (const char* group : {"timing", "timing/tasks", "provenance"})
        file.group(group).array("x", std::vector<double>{seconds}, {{"row", 1}});
    };
  };
  EXPECT_EQ(diff(file_with(1), file_with(2)), Lines{});
  EXPECT_EQ(diff(file_with(1), [](Hdf5Writer&) {}), Lines{});
}

}  // namespace
}  // namespace jury
