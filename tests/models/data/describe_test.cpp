#include "models/data/describe.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/data/files.hpp"
#include "models/data/load.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

TEST(Describe, SaysWhatIsInATable) {
  const Scratch folder;
  const Dataset data = load_text(folder, "t.csv", "a,k,z,y\n1,p,0,1.5\n1,p,0,2.5\n,q,0,3.5\n4,,0,4.5\n",
                                 {.test_slice = "3:", .target = {"y"}});
  const DataDescription about = describe(data);
  EXPECT_EQ(about.num_train, 3U);
  EXPECT_EQ(about.num_test, 1U);
  EXPECT_EQ(about.task, "regression");
  ASSERT_EQ(about.columns.size(), 3U);
  EXPECT_EQ(about.columns[0].kind, "numeric");
  EXPECT_EQ(about.columns[0].missing, 1U);
  EXPECT_EQ(about.columns[0].distinct, 2U);
  EXPECT_EQ(about.columns[0].min, 1);
  EXPECT_EQ(about.columns[0].max, 4);
  EXPECT_EQ(about.columns[0].mean, 2);
  EXPECT_EQ(about.columns[1].kind, "categorical");
  EXPECT_EQ(about.columns[1].missing, 1U);
  EXPECT_EQ(about.columns[1].distinct, 2U);
  EXPECT_TRUE(std::isnan(about.columns[1].mean));
  EXPECT_EQ(about.columns[2].kind, "target");
  EXPECT_EQ(about.columns[2].mean, 3);
  EXPECT_EQ(about.constant_columns, std::vector<std::string>{"z"});
  EXPECT_EQ(about.num_duplicates, 1U);
  EXPECT_EQ(about.data_hash, data.hash());
}

TEST(Describe, CountsTheClasses) {
  const Scratch folder;
  const DataDescription about =
      describe(load_text(folder, "t.csv", "a,y\n1,u\n2,v\n3,u\n4,u\n", {.test_slice = "2:3", .target = {"y"}}));
  ASSERT_EQ(about.classes.size(), 2U);
  EXPECT_EQ(about.classes[0].name, "u");
  EXPECT_EQ(about.classes[0].train, 2U);
  EXPECT_EQ(about.classes[0].test, 1U);
  EXPECT_EQ(about.classes[1].train, 1U);
}

TEST(Describe, NamesWhatIsLeftOutToo) {
  const Scratch folder;
  DataOptions options{.target = {"y"}, .ignore = {"n"}, .weight = "w"};
  options.train = folder.write("t.csv", "y,a,z,n,w\n1,5,7,x,1\n2,6,7,,2\n1,8,7,x,1\n");
  const RawTable table = read_training_file(options);
  const DataDescription about =
      describe(Dataset::own(load_dataset(options, 1)), describe_left_out(table, resolve_roles(table, options)));
  const auto column = [&](std::size_t i) { return about.columns[i].name + " " + about.columns[i].kind; };
  ASSERT_EQ(about.columns.size(), 5U);
  EXPECT_EQ(column(0), "a numeric");
  EXPECT_EQ(column(1), "y target");
  EXPECT_EQ(column(2), "z constant");
  EXPECT_EQ(column(3), "n ignored");
  EXPECT_EQ(column(4), "w weight");
  EXPECT_EQ(about.columns[1].distinct, 2U);
  EXPECT_EQ(about.columns[2].max, 7);
  EXPECT_EQ(about.columns[3].missing, 1U);
  EXPECT_EQ(about.columns[3].distinct, 1U);
}

TEST(FirstCopies, FindsRowsThatRepeatAnEarlierOne) {
  const Scratch folder;
  const Dataset data =
      load_text(folder, "t.csv", "a,k,y\n1,p,1.5\n2,p,1\n1,p,2\n1,q,3\n2,p,4\n1,p,5\n", {.target = {"y"}});
  EXPECT_EQ(first_copies(data), (std::vector<std::uint32_t>{0, 1, 0, 3, 1, 0}));
}

}  // namespace
}  // namespace jury
