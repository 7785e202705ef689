// One line that says how far a run is.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace jury {

enum class ProgressStyle {
  none,
  bar,    ///< one redrawn line
  plain,  ///< a line every 30 s
  json,   ///< an object a line every 2 s
};

/// auto, bar, plain, json or none. auto: bar on a terminal, else plain. Throws ConfigError.
ProgressStyle progress_style(std::string_view name);

/// Whether a person watches this process's standard output or error. Under mpirun every rank has a
/// pseudo-terminal on standard output, so there the launcher's is looked at.
bool is_watched();

struct ProgressState {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t total = 0;
  double work_done = 0;           ///< share of the expected work, in [0, 1]
  double seconds = 0;             ///< since the start
  std::string_view unit = "fit";  ///< what is counted, in the singular
};

/// Draws to standard error, rank 0 only.
class Progress {
 public:
  Progress(ProgressStyle style, std::string name, std::FILE* out = stderr) noexcept
      : style_(style), name_(std::move(name)), out_(out) {}
  /// Draws when it is due.
  void update(const ProgressState& state);
  /// Draws the last state, and ends a redrawn line.
  void finish(const ProgressState& state);

 private:
  void draw(const ProgressState& state);

  ProgressStyle style_;
  std::string name_;
  std::FILE* out_;
  double last_ = 0;
  bool drawn_ = false;
};

/// "digits: 63 of 150 fits (42 %), 2 failed, 12.3 s, 17.0 s left".
std::string progress_text(std::string_view name, const ProgressState& state);

}  // namespace jury
