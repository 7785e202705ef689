// The readers of LIBSVM's and Proben1's text formats.
#include <gtest/gtest.h>

#include "models/data/files.hpp"
#include "models/data/reader.hpp"
#include "support/error_of.hpp"

namespace jury {
namespace {

using Numbers = std::vector<double>;

RawTable read(std::string_view text, RawTable (*reader)(const Bytes&, const ReadRequest&), ReadRequest request = {}) {
  request.path = "t";
  if (request.memory_limit_bytes == 0) request.memory_limit_bytes = std::uint64_t{1} << 30;
  const auto bytes = std::as_bytes(std::span(text));
  return reader(Bytes(bytes.begin(), bytes.end()), request);
}

std::string refusal(std::string_view text, RawTable (*reader)(const Bytes&, const ReadRequest&),
                    ReadRequest request = {}) {
  return error_of<DataError>([&] { read(text, reader, std::move(request)); });
}

TEST(Libsvm, WhatIsNotWrittenIsZero) {
  const RawTable table = read("+1 1:0.5 3:2 # a comment\n-1 2:1\n\n1\n", read_libsvm);
  ASSERT_EQ(table.columns.size(), 5U);  // indices 0 to 3, and the label
  EXPECT_EQ(table.columns[1].numbers, (Numbers{0.5, 0, 0}));
  EXPECT_EQ(table.columns[2].numbers, (Numbers{0, 1, 0}));
  EXPECT_EQ(table.columns[3].numbers, (Numbers{2, 0, 0}));
  EXPECT_EQ(table.columns[4].numbers, (Numbers{1, -1, 1}));
  EXPECT_EQ(table.targets, std::vector<std::string>{"y"});
}

TEST(Libsvm, QueriesBecomeAColumn) {
  const RawTable table = read("2 qid:7 1:1\n1 qid:8 1:2\n", read_libsvm);
  EXPECT_EQ(table.columns.back().name, "qid");
  EXPECT_EQ(table.columns.back().numbers, (Numbers{7, 8}));
}

TEST(Libsvm, ATestFileHasTheColumnsOfTheTrainingFile) {
  EXPECT_EQ(read("1 1:1\n", read_libsvm, {.num_columns = 9}).columns.size(), 10U);
}

TEST(Libsvm, RefusesBadTokensWithTheirLine) {
  EXPECT_EQ(refusal("1 1:1\nx 1:1\n", read_libsvm), "t:2: 'x' is no finite number");
  EXPECT_EQ(refusal("1 1\n", read_libsvm), "t:1: '1' is not index:value");
  EXPECT_EQ(refusal("1 a:1\n", read_libsvm), "t:1: 'a:1' has no whole number from 0 for its index");
  EXPECT_EQ(refusal("1 2:1 2:3\n", read_libsvm), "t:1: '2:3' is out of order (indices must ascend)");
  EXPECT_EQ(refusal("1 2:nan\n", read_libsvm), "t:1: '2:nan' is no finite number");
  EXPECT_EQ(refusal("1 qid:1 1:1\n1 1:1\n", read_libsvm), "t: only some rows have a qid");
  EXPECT_EQ(refusal("\n", read_libsvm), "t: has no rows");
}

TEST(Libsvm, AHostileIndexAllocatesNothing) {
  EXPECT_EQ(refusal("1 999999999:1\n", read_libsvm, {.memory_limit_bytes = 1 << 20}),
            "t: needs 7.5 GiB of memory (there are 1.0 MiB)");
}

const char* const kHead =
    "bool_in=0\nreal_in=2\nbool_out=2\nreal_out=0\ntraining_examples=2\nvalidation_examples=1\ntest_examples=1\n";

TEST(Dt, BringsItsOwnParts) {
  const RawTable table = read(std::string(kHead) + "0.1 0.2 1 0\n0.3 0.4 0 1\n0.5 0.6 1 0\n0.7 0.8 0 1\n", read_dt);
  EXPECT_EQ(table.num_rows, 4U);
  EXPECT_EQ(table.num_validation, 1U);
  EXPECT_EQ(table.num_test, 1U);
  EXPECT_TRUE(table.labelled);
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[1].numbers, (Numbers{0.2, 0.4, 0.6, 0.8}));
  EXPECT_EQ(table.columns[2].numbers, (Numbers{0, 1, 0, 1}));
}

TEST(Dt, OneOutputIsTwoClassesAndRealOutputsAreTargets) {
  const std::string tail = "training_examples=2\nvalidation_examples=0\ntest_examples=0\n1 0\n2 1\n";
  EXPECT_TRUE(read("bool_in=0\nreal_in=1\nbool_out=1\nreal_out=0\n" + tail, read_dt).labelled);
  const RawTable real = read("bool_in=1\nreal_in=0\nbool_out=0\nreal_out=1\n" + tail, read_dt);
  EXPECT_FALSE(real.labelled);
  EXPECT_EQ(real.columns[1].numbers, (Numbers{0, 1}));
}

TEST(Dt, RefusesWhatTheHeaderDoesNotDeclare) {
  const std::string head = kHead;
  EXPECT_EQ(refusal(head + "1 2 1 0\n", read_dt), "t: has 1 row (4 declared)");
  EXPECT_EQ(refusal(head + "1 2 1\n", read_dt), "t:8: has 3 cells (4 declared)");
  EXPECT_EQ(refusal(head + "1 x 1 0\n", read_dt), "t:8: 'x' is no finite number");
  EXPECT_EQ(refusal("bool_in=0\nreal=2\n", read_dt), "t:2: must be \"real_in=<number>\"");
  EXPECT_EQ(refusal("bool_in=-1\n", read_dt), "t:1: must be \"bool_in=<number>\"");
  EXPECT_EQ(refusal("bool_in=0\nreal_in=999999999\nbool_out=2\nreal_out=0\ntraining_examples=2\nvalidation_examples="
                    "1\ntest_examples=1\n",
                    read_dt),
            "t: declares more columns than the file has bytes");
}

}  // namespace
}  // namespace jury
