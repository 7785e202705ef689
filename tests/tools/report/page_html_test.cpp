#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/report/bundle.hpp"
#include "tools/report/html.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::Not;

ReportPage page_with(ReportBlock block) {
  ReportPage page{.title = "a <run>", .cards = {{"Best", "1", "of 2"}}};
  page.parts.push_back({.id = "part", .title = "A part", .blocks = {std::move(block)}});
  page.parts.push_back({.id = "nothing", .title = "Nothing"});
  return page;
}

TEST(ReportPageHtml, APartWithoutBlocksIsLeftOut) {
  const std::string html = to_html(page_with(ReportText{"said"}));
  EXPECT_THAT(html, HasSubstr("<section id=\"part\"><h2>A part</h2>\n<p>said</p>"));
  EXPECT_THAT(html, HasSubstr("<li><a href=\"#part\">A part</a></li>"));
  EXPECT_THAT(html, Not(HasSubstr("id=\"nothing\"")));
  EXPECT_THAT(html, HasSubstr("<title>a &lt;run&gt;</title>"));
}

TEST(ReportPageHtml, ColumnsOfNumbersAreSetApartAndEmptyOnesLeftOut) {
  const std::string html = to_html(page_with(
      ReportTable{.caption = "c", .header = {"name", "score", "empty"}, .rows = {{"x", "0.5", ""}, {"1", "", ""}}}));
  EXPECT_THAT(
      html,
      HasSubstr("<caption>c</caption><thead><tr><th class=\"short\">name</th><th class=\"n\">score</th></tr></thead>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"short\">x</td><td class=\"n\">0.5</td></tr>"));
  EXPECT_THAT(html, Not(HasSubstr(">empty<")));
}

TEST(ReportPageHtml, DataCannotEndTheirElement) {
  const ReportFigure figure{.id = "f", .caption = "c", .choices = {{"</script><!--", {{"kind", "lines"}}}}};
  const std::string html = to_html(page_with(figure));
  EXPECT_THAT(html, HasSubstr("\\u003c/script>\\u003c!--"));
  EXPECT_THAT(html, HasSubstr("<figure class=\"figure\" id=\"figure-f\" data-figure=\"f\">"));
}

TEST(ReportPageHtml, AFigureWithNothingToChooseIsLeftOut) {
  EXPECT_THAT(to_html(page_with(ReportFigure{.id = "f", .caption = "c", .choices = {}})), Not(HasSubstr("figure-f")));
}

TEST(ReportPageHtml, ThePolicyAllowsItsOwnScriptAlone) {
  const std::string html = to_html(page_with(ReportText{"x"}));
  EXPECT_THAT(html,
              HasSubstr("default-src &#39;none&#39;; script-src &#39;" + std::string(report_script_hash()) + "&#39;;"));
  EXPECT_THAT(std::string(report_script_hash()), testing::StartsWith("sha256-"));
  EXPECT_GT(report_script().size(), 100'000U);
  EXPECT_THAT(html, HasSubstr(std::string(report_style())));
}

}  // namespace
}  // namespace jury
