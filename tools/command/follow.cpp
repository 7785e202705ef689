#include "tools/command/follow.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/comm.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/journal_tail.hpp"
#include "runtime/store/run_directory.hpp"
#include "search/study/run_status.hpp"
#include "search/study/summary.hpp"

namespace jury {
namespace {

constexpr double kLookSeconds = 1;
constexpr double kNapSeconds = 0.1;       // so that Ctrl-C is heard
constexpr double kGraceSeconds = 30;      // later than promised
constexpr double kRelaunchSeconds = 120;  // until jury launch has started a run again
constexpr std::size_t kLastRecords = 5;
constexpr std::size_t kLongestLine = 1000;
constexpr std::uint64_t kMostSummaryBytes = std::uint64_t{1} << 20;

bool is_terminal() {
  const char* name = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && name != nullptr && std::string_view(name) != "dumb" && *name != '\0';
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const auto columns = parse_number(std::getenv("COLUMNS") != nullptr ? std::getenv("COLUMNS") : "");
  return columns && *columns >= 20 && *columns < 1e4 ? static_cast<std::size_t>(*columns) : 80;
}

// What is written in a journal may be anything: no control characters, and no half letters at the end.
std::string fitting(std::string text, std::size_t width) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  if (text.size() <= width) return text;
  text.resize(width);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
  if (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0) text.pop_back();
  return text;
}

// "digits: 63 of 150 fits (42 %), 2 failed, 3.1 a second, 17.0 s left"
std::string progress_line(const RunStatus& status) {
  std::string text = fmt::format("{}: {} of {} {}s ({:.0f} %)", status.name, status.done, status.done + status.left,
                                 status.unit, 100 * status.share);
  if (status.failed > 0) text += fmt::format(", {} failed", status.failed);
  if (status.stage == RunStage::ended) return text;
  if (status.per_second() > 0) text += fmt::format(", {:.3g} a second", status.per_second());
  if (const auto left = status.seconds_left()) text += fmt::format(", {} left", format_duration(*left));
  return text;
}

std::string workers_line(const RunStatus& status) {
  if (status.stage == RunStage::writing) return "results are being written";
  return fmt::format("{}, {} under way, {} ready, {} in this session",
                     counted(static_cast<std::uint64_t>(std::max(0, status.workers)), "worker"),
                     counted(status.in_flight, "task"), status.ready, format_duration(status.seconds));
}

std::string search_line(const SearchProgress& search) {
  std::string text = fmt::format("{} of {} trials settled", search.settled, search.total);
  if (search.best_trial >= 0)
    text +=
        fmt::format(", best {} {} (trial {})", search.objective, short_number(search.best_value), search.best_trial);
  return text;
}

std::string record_line(const Record& record) {
  std::string text = fmt::format("  {}: {}", to_string(record.key), to_string(record.state));
  if (!record.host.empty())
    text += fmt::format(" in {}, rank {} on {}", format_duration(record.seconds), record.rank, record.host);
  if (!record.message.empty()) text += fmt::format(" ({})", record.message);
  return text;
}

// A block of lines that is drawn over itself, or a line at each change.
class View {
 public:
  void show(const RunStatus& status, const std::deque<Record>& last) {
    if (!redraws_) return print_change(status);
    std::vector<std::string> lines = {progress_line(status), workers_line(status)};
    if (status.search) lines.push_back(search_line(*status.search));
    for (const Record& record : last) lines.push_back(record_line(record));
    if (drawn_ > 0) fmt::print("\033[{}A\r\033[J", drawn_);
    const std::size_t width = terminal_width();
    for (const std::string& line : lines) fmt::print("{}\n", fitting(line, width - 1));
    drawn_ = lines.size();
    std::fflush(stdout);
  }

 private:
  void print_change(const RunStatus& status) {
    std::string state = fmt::format("{} {} {} {} {}", status.done, status.failed, status.left, status.workers,
                                    static_cast<int>(status.stage));
    if (status.search) state += fmt::format(" {}", status.search->settled);
    if (state == printed_) return;
    printed_ = std::move(state);
    std::string line = progress_line(status);
    if (status.stage != RunStage::ended) line += ", " + workers_line(status);
    if (status.search) line += ", " + search_line(*status.search);
    fmt::print("{}\n", fitting(line, kLongestLine));
    std::fflush(stdout);
  }

  bool redraws_ = is_terminal();
  std::size_t drawn_ = 0;
  std::string printed_;
};

// Whether the process that a status speaks of still lives, as far as files tell.
class Pulse {
 public:
  bool is_beating(const RunStatus& status, std::uint64_t journal_bytes, double now) {
    const std::string beat = fmt::format("{} {} {} {}", status.host, status.pid, status.beat, journal_bytes);
    if (beat != beat_) {
      beat_ = beat;
      heard_ = now;
    }
    const bool here = status.pid > 0 && status.host == host_name();
    if (here && ::kill(static_cast<pid_t>(status.pid), 0) != 0 && errno == ESRCH) return false;
    return now - heard_ <= status.promise_seconds + kGraceSeconds;
  }
  double heard() const noexcept { return heard_; }

 private:
  std::string beat_;
  double heard_ = 0;
};

ExitCode say_it_is_over(const std::string& directory, const std::optional<RunStatus>& status) {
  std::string how = "is no longer running";
  // 0 is of a session that trained nothing, or only a part.
  if (status && status->stage == RunStage::ended && status->exit_code.value_or(0) != 0)
    how = fmt::format("has stopped (exit code {})", *status->exit_code);
  fmt::print("{} {}; 'jury resume {}' continues it\n", directory, how, directory);
  return ExitCode::stopped;
}

// What summary.json says of the result; a file that is none says nothing.
void print_result(const RunDirectory& run) {
  try {
    const auto summary = nlohmann::json::parse(read_text_file(run.summary(), kMostSummaryBytes));
    if (summary.contains("metric") && summary.at("value").is_number()) {
      std::string line = fmt::format("{} ({}): {}", summary.at("metric").get<std::string>(),
                                     summary.value("source", ""), short_number(summary.at("value")));
      if (summary.contains("value_se") && summary["value_se"].is_number())
        line += fmt::format(" +- {}", short_number(summary["value_se"]));
      fmt::print("{}\n", fitting(std::move(line), kLongestLine));
    }
  } catch (const nlohmann::json::exception&) {
  } catch (const Error&) {
  }
  fmt::print("finished; 'jury show {}' shows the results\n", run.path());
}

}  // namespace

ExitCode follow_run(const std::string& directory) {
  const RunDirectory run = RunDirectory::existing(directory);
  ScopedSignals signals;
  Clock& clock = system_clock();
  JournalTail journal(run.journal());
  std::deque<Record> last;
  View view;
  Pulse pulse;
  for (;;) {
    // The mark of the end first: what was said before it is then there.
    const bool finished = is_finished_journal(run.journal());
    std::optional<RunStatus> status = read_run_status(run.progress());
    if (status && finished) status->stage = RunStage::ended;
    for (Record& record : journal.take()) last.push_back(std::move(record));
    while (last.size() > kLastRecords) last.pop_front();
    if (status) view.show(*status, last);
    if (finished) {
      print_result(run);
      return ExitCode::done;
    }
    const RunStatus known = status.value_or(RunStatus());
    const double now = clock.seconds();
    const bool beats = pulse.is_beating(known, journal.size(), now);
    const bool rests = known.stage == RunStage::ended || !beats;
    const bool comes_back =
        known.is_launched && now - pulse.heard() < kRelaunchSeconds && known.exit_code.value_or(1) == 1;
    if (rests && !comes_back) return say_it_is_over(directory, status);
    const double next = now + kLookSeconds;
    while (clock.seconds() < next && !signals.stop_requested()) clock.sleep(kNapSeconds);
    if (signals.stop_requested()) return ExitCode::done;
  }
}

}  // namespace jury
