// log.txt of a run: what happened when, appended by every session.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace jury {

/// Lines "2026-01-31T12:00:00.123Z info rank 0 on node1: text", flushed one by one. Who is named is whom a line is
/// about: the rank that did a task, or was lost; else the one that writes. A log that cannot be written never ends a
/// run.
class RunLog {
 public:
  /// What also goes to standard error.
  enum class Echo { silent, warnings, all };
  RunLog(const std::string& path, const std::string& who, Echo echo);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  void info(std::string_view text);
  void warning(std::string_view text);
  /// The same of another rank: "rank 3 on node7".
  void info_of(std::string_view who, std::string_view text);
  void warning_of(std::string_view who, std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jury
