// The page as HTML.
#include <fmt/format.h>

#include "runtime/base/text.hpp"
#include "tools/report/bundle.hpp"
#include "tools/report/html.hpp"

namespace jury {
namespace {

constexpr std::size_t kLongestCell = 200;
constexpr std::size_t kShortCell = 34;  // never broken into lines

bool is_number(const std::string& cell) { return cell.empty() || cell == "nan" || parse_number(cell).has_value(); }

std::vector<bool> numeric_columns(const ReportTable& table) {
  std::vector<bool> numeric(table.header.size(), !table.rows.empty());
  for (const auto& row : table.rows)
    for (std::size_t c = 0; c < numeric.size(); ++c) numeric[c] = numeric[c] && is_number(row[c]);
  return numeric;
}

std::vector<bool> filled_columns(const ReportTable& table) {
  std::vector<bool> filled(table.header.size(), false);
  for (const auto& row : table.rows)
    for (std::size_t c = 0; c < filled.size(); ++c) filled[c] = filled[c] || !row[c].empty();
  return filled;
}

std::string html_of(const ReportTable& table) {
  if (table.rows.empty()) return "";
  const std::vector<bool> numeric = numeric_columns(table), filled = filled_columns(table);
  const auto cell = [&](const char* tag, std::size_t c, const std::string& text) {
    const char* of = numeric[c] ? " class=\"n\"" : text.size() <= kShortCell ? " class=\"short\"" : "";
    return fmt::format("<{0}{1}>{2}</{0}>", tag, of, escape_html(cut_text(text, kLongestCell)));
  };
  std::string html =
      table.role == ReportTable::Role::without_scripts ? "<div class=\"table static\">" : "<div class=\"table\">";
  html += "<table>";
  if (!table.caption.empty()) html += "<caption>" + escape_html(table.caption) + "</caption>";
  html += "<thead><tr>";
  for (std::size_t c = 0; c < numeric.size(); ++c)
    if (filled[c]) html += cell("th", c, table.header[c]);
  html += "</tr></thead><tbody>";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t c = 0; c < numeric.size(); ++c)
      if (filled[c]) html += cell("td", c, row[c]);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string html_of(const ReportText& block) { return "<p>" + escape_html(block.text) + "</p>\n"; }

std::string html_of(const ReportSource& block) {
  return fmt::format("<details{}><summary>{}</summary><pre>{}</pre></details>\n",
                     block.folding == ReportSource::Folding::open ? " open" : "", escape_html(block.title),
                     escape_html(block.text));
}

std::string html_of(const ReportFigure& figure) {
  if (figure.choices.empty()) return "";
  return fmt::format(
      "<figure class=\"figure{}\" id=\"figure-{}\" data-figure=\"{}\"><div "
      "class=\"chart\"></div>{}<figcaption>{}</figcaption></figure>\n",
      figure.svg.empty() ? "" : " has-static", figure.id, figure.id,
      figure.svg.empty() ? "" : "<div class=\"static\">" + figure.svg + "</div>", escape_html(figure.caption));
}

std::string html_of(const ReportPart& part) {
  std::string html = fmt::format("<section id=\"{}\"><h2>{}</h2>\n", part.id, escape_html(part.title));
  if (!part.lead.empty()) html += "<p class=\"lead\">" + escape_html(part.lead) + "</p>\n";
  for (const ReportBlock& block : part.blocks) html += std::visit([](const auto& one) { return html_of(one); }, block);
  return html + "</section>\n";
}

std::string cards_html(const std::vector<ReportCard>& cards) {
  std::string html = "<div class=\"cards\">";
  for (const ReportCard& card : cards)
    html += fmt::format(
        "<div class=\"card\"><div class=\"label\">{}</div><div class=\"value\">{}</div><div "
        "class=\"note\">{}</div></div>\n",
        escape_html(card.label), escape_html(card.value), escape_html(card.note));
  return html + "</div>\n";
}

// A script of a type of its own is data, which no policy stops; "</script>" and "<!--" must not be in it.
std::string data_html(const ReportPage& page) {
  Json figures = Json::object();
  for (const ReportPart& part : page.parts)
    for (const ReportBlock& block : part.blocks)
      if (const auto* figure = std::get_if<ReportFigure>(&block)) {
        Json choices = Json::array();
        for (const ReportChoice& choice : figure->choices)
          choices.push_back({{"label", choice.label}, {"chart", choice.chart}});
        figures[figure->id] = {{"caption", figure->caption}, {"choices", std::move(choices)}};
      }
  const Json data = {{"figures", std::move(figures)}, {"trials", page.trials}};
  std::string text;
  for (const char c : data.dump(-1, ' ', false, Json::error_handler_t::replace))
    c == '<' ? text += "\\u003c" : text += c;
  return "<script type=\"application/json\" id=\"report-data\">" + text + "</script>\n";
}

std::string head_html(const ReportPage& page) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; script-src &#39;{}&#39;; "
      "style-src &#39;unsafe-inline&#39;; "
      "base-uri &#39;none&#39;; form-action &#39;none&#39;\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" "
      "content=\"light dark\">\n"
      "<meta name=\"generator\" content=\"jury report\">\n<title>{}</title>\n<style>{}</style>\n</head>\n",
      report_script_hash(), escape_html(page.title), report_style());
}

}  // namespace

std::string to_html(const ReportPage& page) {
  std::string html = head_html(page) + "<body>\n<header><h1>" + escape_html(page.title) +
                     "</h1>\n<p class=\"subtitle\">" + escape_html(page.subtitle) +
                     "</p>\n</header>\n<nav aria-label=\"Contents\"><ul>";
  for (const ReportPart& part : page.parts)
    if (!part.blocks.empty()) html += fmt::format("<li><a href=\"#{}\">{}</a></li>", part.id, escape_html(part.title));
  html += "</ul></nav>\n<main>\n";
  for (const std::string& warning : page.warnings)
    html += "<p class=\"warning\" role=\"note\">" + escape_html(warning) + "</p>\n";
  html += cards_html(page.cards);
  for (const ReportPart& part : page.parts)
    if (!part.blocks.empty()) html += html_of(part);
  html +=
      "</main>\n<footer><p>Written by jury report. Charts are drawn by Apache ECharts (Apache License 2.0), which is "
      "part of this file; nothing is "
      "loaded from anywhere.</p></footer>\n";
  return html + data_html(page) + "<script>" + std::string(report_script()) + "</script>\n</body>\n</html>\n";
}

}  // namespace jury
