#include "runtime/pool/launch_status.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "runtime/mpi/comm.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

constexpr double kWriteEverySeconds = 1;
// Reading data may take long, and nobody speaks meanwhile.
constexpr double kLoadSeconds = 3600;
constexpr std::array kStages = {"started", "running", "ended"};

}  // namespace

std::optional<LaunchStatus> read_launch_status(const std::string& path) {
  std::string text;
  try {
    text = read_text_file(path, 4096);
  } catch (const Error&) {
    return {};
  }
  std::istringstream in(text);
  LaunchStatus status;
  std::string stage, end;
  int code = 0;
  in >> stage >> status.pid >> status.host >> status.beat >> status.promise_seconds >> status.records >> code >> end;
  const auto found = std::find(kStages.begin(), kStages.end(), stage);
  if (!in || end != "." || found == kStages.end()) return {};
  status.stage = static_cast<LaunchStage>(found - kStages.begin());
  status.code = static_cast<ExitCode>(code);
  return status;
}

LaunchReporter::LaunchReporter(std::string path, const Clock& clock) : path_(std::move(path)), clock_(clock) {
  status_.pid = ::getpid();
  status_.host = host_name();
  status_.promise_seconds = kLoadSeconds;
  write();
}

void LaunchReporter::running(std::uint64_t records, double promise_seconds) {
  if (status_.stage == LaunchStage::running && clock_.seconds() - written_ < kWriteEverySeconds) return;
  status_.stage = LaunchStage::running;
  status_.records = records;
  promise(promise_seconds);
}

void LaunchReporter::promise(double seconds) {
  status_.promise_seconds = seconds;
  write();
}

void LaunchReporter::ended(ExitCode code) {
  status_.stage = LaunchStage::ended;
  status_.code = code;
  write();
}

void LaunchReporter::write() {
  if (path_.empty()) return;
  ++status_.beat;
  written_ = clock_.seconds();
  std::ostringstream out;
  out << kStages[static_cast<std::size_t>(status_.stage)] << ' ' << status_.pid << ' ' << status_.host << ' '
      << status_.beat << ' ' << status_.promise_seconds << ' ' << status_.records << ' '
      << static_cast<int>(status_.code) << " .\n";
  replace_file(path_, out.str());
}

}  // namespace jury
