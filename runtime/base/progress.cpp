#include "runtime/base/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

double interval(ProgressStyle style) {
  if (style == ProgressStyle::bar) return 0.1;
  return style == ProgressStyle::json ? 2 : 30;
}

}  // namespace

ProgressStyle progress_style(std::string_view name) {
  if (name == "auto") return is_watched() ? ProgressStyle::bar : ProgressStyle::plain;
  if (name == "bar") return ProgressStyle::bar;
  if (name == "plain") return ProgressStyle::plain;
  if (name == "json") return ProgressStyle::json;
  if (name == "none") return ProgressStyle::none;
  throw ConfigError(fmt::format("'{}' is no way to show progress (known: auto, bar, plain, json, none)", name));
}

bool is_watched() {
  if (const char* terminal = std::getenv("TERM"); terminal != nullptr && std::string_view(terminal) == "dumb")
    return false;
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return isatty(STDERR_FILENO) == 1;
  std::error_code error;
  const auto target = std::filesystem::read_symlink(fmt::format("/proc/{}/fd/1", getppid()), error).string();
  return !error && (target.starts_with("/dev/pts/") || target.starts_with("/dev/tty"));
}

std::string progress_text(std::string_view name, const ProgressState& state) {
  std::string text =
      fmt::format("{}: {} of {} {}s ({:.0f} %)", name, state.done, state.total, state.unit, 100 * state.work_done);
  if (state.failed > 0) text += fmt::format(", {} failed", state.failed);
  text += ", " + format_duration(state.seconds);
  if (state.work_done > 0.01 && state.done < state.total)
    text += ", " + format_duration(state.seconds / state.work_done * (1 - state.work_done)) + " left";
  return text;
}

void Progress::update(const ProgressState& state) {
  if (style_ == ProgressStyle::none || state.seconds - last_ < interval(style_)) return;
  draw(state);
}

void Progress::finish(const ProgressState& state) {
  if (style_ == ProgressStyle::none) return;
  draw(state);
  if (style_ == ProgressStyle::bar && drawn_) std::fputs("\n", out_);
}

void Progress::draw(const ProgressState& state) {
  last_ = state.seconds;
  drawn_ = true;
  if (style_ == ProgressStyle::json) {
    fmt::print(out_,
               "{{\"event\": \"progress\", \"done\": {}, \"failed\": {}, \"total\": {}, \"work\": {:.4f}, \"seconds\": "
               "{:.3f}}}\n",
               state.done, state.failed, state.total, state.work_done, state.seconds);
  } else if (style_ == ProgressStyle::bar) {
    fmt::print(out_, "\r\033[K{}", progress_text(name_, state));
  } else {
    fmt::print(out_, "{}\n", progress_text(name_, state));
  }
  std::fflush(out_);
}

}  // namespace jury
