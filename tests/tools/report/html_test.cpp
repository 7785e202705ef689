#include "tools/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

TEST(ReportHtml, WhatWouldBeMarkupIsEscaped) {
  EXPECT_EQ(escape_html("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(ReportHtml, ControlCharactersAreBlanksAndLinesStay) {
  EXPECT_EQ(escape_html(std::string_view("a\x01\x7f\n\tb", 6)), "a  \n\tb");
}

TEST(ReportHtml, WhatIsNoUtf8IsReplaced) {
  EXPECT_EQ(escape_html("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(escape_html("\xC3\xA9"), "\xC3\xA9");
}

TEST(ReportHtml, TextIsCutBetweenCharacters) {
  EXPECT_EQ(cut_text("abc", 3), "abc");
  EXPECT_EQ(cut_text("abcd", 3), "abc...");
  EXPECT_EQ(cut_text("a\xC3\xA9z", 2), "a...");
}

TEST(ReportHtml, NumbersAreBrief) {
  EXPECT_EQ(brief(0.123456), "0.1235");
  EXPECT_EQ(brief(-0.0), "0");
  EXPECT_EQ(brief(kNaN), "");
  EXPECT_EQ(brief(0.0226, 2), "0.023");
}

TEST(ReportHtml, JsonNumbersHaveFiveDigitsAndWholeOnesNoPoint) {
  EXPECT_EQ(brief_json(std::vector{0.12345678, 3.0, -1e-9, 1234567.0, kNaN, kInfinity}).dump(),
            "[0.12346,3,-1e-09,1234600,null,null]");
}

TEST(ReportHtml, HalvedLimitsNeverReachNothing) {
  ReportLimits limits;
  EXPECT_EQ(limits.halved().trials, limits.trials / 2);
  for (int i = 0; i < 20; ++i) limits = limits.halved();
  EXPECT_GE(limits.trials, 2U);
  EXPECT_GE(limits.choices, 1U);
}

}  // namespace
}  // namespace jury
