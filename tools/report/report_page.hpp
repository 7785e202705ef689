// What a report is made of, before it is HTML.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

namespace jury {

using Json = nlohmann::ordered_json;

/// One number at the head of the page: what it is, the number, and what to know about it.
struct ReportCard {
  std::string label;
  std::string value;
  std::string note = {};
};

struct ReportText {
  std::string text;
};

/// Text cells by row; every row as long as the header. A column without a cell is left out, and one
/// of numbers alone is set in figures.
struct ReportTable {
  enum class Role : std::uint8_t {
    always,
    without_scripts,  ///< a figure says the same where scripts run
  };
  std::string caption = {};
  std::vector<std::string> header = {};
  std::vector<std::vector<std::string>> rows = {};
  Role role = Role::always;
};

/// Text as it was written, folded away until it is asked for.
struct ReportSource {
  enum class Folding : std::uint8_t { folded, open };
  std::string title;
  std::string text;
  Folding folding = Folding::folded;
};

/// One of the pictures a reader can choose among.
struct ReportChoice {
  std::string label;
  Json chart;
};

/// A picture that scripts draw. `svg` is what is seen, and printed, without them; "" where a table says it.
struct ReportFigure {
  std::string id;  ///< unique on the page
  std::string caption;
  std::vector<ReportChoice> choices;
  std::string svg = {};
};

using ReportBlock = std::variant<ReportText, ReportTable, ReportSource, ReportFigure>;

/// A section of the page. One without blocks is left out.
struct ReportPart {
  std::string id;
  std::string title;
  std::string lead = {};  ///< how to read it, in a sentence or two
  std::vector<ReportBlock> blocks = {};
};

struct ReportPage {
  std::string title;
  std::string subtitle = {};
  std::vector<std::string> warnings = {};
  std::vector<ReportCard> cards = {};
  std::vector<ReportPart> parts = {};
  Json trials = nullptr;  ///< columns of the trials table, which figures and the table share
};

/// How much of a run is embedded. Everything above is thinned out in a fixed way, never at random.
struct ReportLimits {
  std::size_t trials = 5000;           ///< lines of the trials table
  std::size_t cells = 90'000;          ///< of that table
  std::size_t columns = 40;            ///< of that table
  std::size_t points = 1000;           ///< of one cloud of points
  std::size_t line_points = 200;       ///< of one line
  std::size_t choices = 12;            ///< of one figure
  std::size_t table_rows = 40;         ///< of a table without scripts
  std::size_t matrix = 48;             ///< rows of a matrix
  std::size_t tasks = 2500;            ///< bars of the timeline
  std::size_t source_bytes = 100'000;  ///< of the experiment as written

  /// Half of all.
  ReportLimits halved() const noexcept;
};

}  // namespace jury
