#include "search/study/run_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdio>
#include <span>

#include "runtime/store/file.hpp"

namespace jury {
namespace {

// spdlog's own files follow symbolic links.
class LogFile final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit LogFile(const std::string& path) : file_(exists(path) ? File::append(path) : File::create(path)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    file_.write_all(std::as_bytes(std::span(line.data(), line.size())));
  }
  void flush_() override {}

  File file_;
};

std::string sentence(std::string_view who, std::string_view text) { return std::string(who) + " " + std::string(text); }

}  // namespace

struct RunLog::Impl {
  std::shared_ptr<spdlog::logger> logger;
  std::string who;
  Echo echo;
};

RunLog::RunLog(const std::string& path, const std::string& who, Echo echo) : impl_(std::make_unique<Impl>()) {
  impl_->who = who;
  impl_->echo = echo;
  try {
    impl_->logger = std::make_shared<spdlog::logger>("run", std::make_shared<LogFile>(path));
    impl_->logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    impl_->logger->flush_on(spdlog::level::info);
    impl_->logger->set_error_handler([](const std::string&) {});
  } catch (const IoError& error) {  // the run goes on without
    if (echo != Echo::silent) std::fprintf(stderr, "jury: %s\n", error.what());
  }
}

RunLog::~RunLog() = default;

void RunLog::info(std::string_view text) {
  if (impl_->logger) impl_->logger->info("{}: {}", impl_->who, text);
  if (impl_->echo == Echo::all) std::fprintf(stderr, "jury: %.*s\n", static_cast<int>(text.size()), text.data());
}

void RunLog::warning(std::string_view text) {
  if (impl_->logger) impl_->logger->warn("{}: {}", impl_->who, text);
  if (impl_->echo != Echo::silent) std::fprintf(stderr, "jury: %.*s\n", static_cast<int>(text.size()), text.data());
}

void RunLog::info_of(std::string_view who, std::string_view text) {
  if (impl_->logger) impl_->logger->info("{}: {}", who, text);
  if (impl_->echo == Echo::all) std::fprintf(stderr, "jury: %s\n", sentence(who, text).c_str());
}

void RunLog::warning_of(std::string_view who, std::string_view text) {
  if (impl_->logger) impl_->logger->warn("{}: {}", who, text);
  if (impl_->echo != Echo::silent) std::fprintf(stderr, "jury: %s\n", sentence(who, text).c_str());
}

}  // namespace jury
