// Options structs as data: kinds, ranges, defaults and paths.
#include "runtime/base/field_info.hpp"

#include <gtest/gtest.h>

namespace jury {
namespace {

struct InnerFields {
  double rate = 0.5;
  std::vector<std::string> names = {"a"};

  static void fields(auto& self, auto&& visit) {
    visit("rate", self.rate, Field{.help = "a share", .low = 0, .high = 1});
    visit("names", self.names, Field{.help = "some", .choices = {"a", "b"}});
  }
};

struct OuterFields {
  std::int32_t count = 3;
  bool on = true;
  std::string word = "x";
  NumberOrWord members = NumberOrWord("auto");
  double wait = 0;
  Config free = {};
  InnerFields inner = {};
  std::optional<InnerFields> maybe = {};
  std::vector<InnerFields> several = {};

  static void fields(auto& self, auto&& visit) {
    visit("count", self.count, Field{.help = "how many", .low = 1, .high = 9});
    visit("on", self.on, Field{});
    visit("word", self.word, Field{.help = "a word", .choices = {"x", "y"}});
    visit("members", self.members, Field{.help = "how many", .low = 1, .choices = {"auto"}});
    visit("wait", self.wait, Field{.help = "how long", .low = 0, .unit = Unit::seconds});
    visit("free", self.free, Field{});
    visit("inner", self.inner, Field{});
    visit("maybe", self.maybe, Field{});
    visit("several", self.several, Field{});
  }
};

const FieldInfo& field_of(const std::vector<FieldInfo>& fields, std::string_view key) {
  for (const FieldInfo& field : fields)
    if (field.key == key) return field;
  throw ConfigError("no field " + std::string(key));
}

TEST(FieldInfos, KnowTheKindOfEveryType) {
  const auto fields = fields_of<OuterFields>();
  const std::pair<std::string_view, FieldKind> kinds[] = {
      {"count", FieldKind::whole},           {"on", FieldKind::boolean},  {"word", FieldKind::text},
      {"members", FieldKind::whole_or_word}, {"wait", FieldKind::number}, {"free", FieldKind::anything},
      {"inner", FieldKind::table},           {"maybe", FieldKind::table}, {"several", FieldKind::list}};
  ASSERT_EQ(fields.size(), std::size(kinds));
  for (const auto& [key, kind] : kinds) EXPECT_EQ(field_of(fields, key).kind, kind) << key;
  EXPECT_TRUE(field_of(fields, "maybe").is_optional);
  EXPECT_FALSE(field_of(fields, "inner").is_optional);
}

TEST(FieldInfos, HaveDefaultsRangesAndWhatIsInside) {
  OuterFields other;
  other.count = 7;
  const auto fields = fields_of(other);
  EXPECT_EQ(field_of(fields, "count").otherwise, Config(std::int64_t{7}));
  EXPECT_EQ(field_of(fields, "count").about.help, "how many");
  EXPECT_EQ(field_of(fields, "count").most, 2147483647.0);
  EXPECT_EQ(field_of(fields, "members").otherwise, Config(std::string("auto")));
  EXPECT_EQ(field_of(fields, "maybe").otherwise, Config(false));
  EXPECT_EQ(field_of(fields, "maybe").inside.size(), 2U);
  const FieldInfo& names = field_of(field_of(fields, "inner").inside, "names");
  EXPECT_EQ(names.kind, FieldKind::list);
  EXPECT_EQ(names.inside.front().kind, FieldKind::text);
  EXPECT_EQ(field_of(fields, "several").inside.front().inside.size(), 2U);
}

TEST(FieldInfos, LeavesHaveWholePaths) {
  const auto fields = fields_of<OuterFields>();
  std::string paths;
  for (const NamedField& leaf : leaves_of(fields, "top")) paths += leaf.path + " ";
  EXPECT_EQ(paths,
            "top.count top.on top.word top.members top.wait top.free top.inner.rate top.inner.names top.maybe.rate "
            "top.maybe.names top.several ");
}

TEST(FieldInfos, SayWhatTheyTake) {
  const auto fields = fields_of<OuterFields>();
  EXPECT_EQ(allowed_text(field_of(fields, "count")), "a whole number from 1 to 9");
  EXPECT_EQ(allowed_text(field_of(fields, "word")), "x or y");
  EXPECT_EQ(allowed_text(field_of(fields, "members")), "a whole number from 1, or auto");
  EXPECT_EQ(allowed_text(field_of(fields, "wait")), "seconds or a duration from 0");
  EXPECT_EQ(allowed_text(field_of(fields, "maybe")), "false, or a table");
  EXPECT_EQ(allowed_text(field_of(field_of(fields, "inner").inside, "names")), "a list: a or b");
}

}  // namespace
}  // namespace jury
