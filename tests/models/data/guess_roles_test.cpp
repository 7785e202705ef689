#include "models/data/guess_roles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/data/load.hpp"
#include "runtime/base/error.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using ColumnNames = std::vector<std::string>;

DataOptions guessed(const std::string& text, DataOptions options = {}) {
  const Scratch folder;
  options.train = folder.write("t.csv", text);
  guess_roles(read_training_file(options), options);
  return options;
}

TEST(GuessRoles, TheTargetIsTheColumnWithSuchANameElseTheLast) {
  EXPECT_EQ(guessed("Y,a,b\n1,2.5,3\n2,3.5,4\n").target.items(), ColumnNames{"Y"});
  EXPECT_EQ(guessed("c,a,b\n1,2.5,3\n2,3.5,4\n").target.items(), ColumnNames{"b"});
  EXPECT_EQ(guessed("1,2.5,3\n2,3.5,4\n").target.items(), ColumnNames{"last"});
  EXPECT_EQ(guessed("y,a,b\n1,2.5,3\n2,3.5,4\n", {.target = {"a"}}).target.items(), ColumnNames{"a"});
}

TEST(GuessRoles, ColumnsThatNameRowsAreIgnored) {
  EXPECT_EQ(guessed("id,a,y\n1,7,0.5\n2,7,1.5\n3,8,2.5\n").ignore, ColumnNames{"id"});
  EXPECT_EQ(guessed("id,a,y\n1,7,0.5\n1,7,1.5\n3,8,2.5\n").ignore, ColumnNames{});
}

TEST(GuessRoles, SamplesWithoutLabelsHaveNothingToPredict) {
  DataOptions options;
  EXPECT_THAT([&] { guess_roles({.source = "images"}, options); },
              testing::ThrowsMessage<DataError>(testing::HasSubstr("images: has no labels")));
}

}  // namespace
}  // namespace jury
