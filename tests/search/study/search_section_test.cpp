#include "search/study/search_section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "search/pruner/pruner.hpp"

namespace jury {
namespace {

TEST(SearchSection, ListsEveryPruner) {
  std::vector<std::string_view> choices;
  SearchSection section;
  SearchSection::fields(section, [&](std::string_view key, const auto&, const Field& field) {
    if (key == "pruner") choices = field.choices;
  });
  std::vector<std::string_view> names;
  for (const PrunerEntry& entry : pruners()) names.push_back(entry.name);
  names.push_back("pbt");  // a population is none of the table: its settings change
  EXPECT_EQ(choices, names);
}

}  // namespace
}  // namespace jury
