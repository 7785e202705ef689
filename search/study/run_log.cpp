#include "search/study/run_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <cstdio>

namespace jury {

struct RunLog::Impl {
  std::shared_ptr<spdlog::logger> logger;
  Echo echo;
};

RunLog::RunLog(const std::string& path, const std::string& who, Echo echo) : impl_(std::make_unique<Impl>()) {
  impl_->echo = echo;
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(path);
    impl_->logger = std::make_shared<spdlog::logger>("run", std::move(sink));
    impl_->logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l " + who + ": %v", spdlog::pattern_time_type::utc);
    impl_->logger->flush_on(spdlog::level::info);
    impl_->logger->set_error_handler([](const std::string&) {});
  } catch (const spdlog::spdlog_ex&) {
    impl_->logger = nullptr;
  }
}

RunLog::~RunLog() = default;

void RunLog::info(std::string_view text) {
  if (impl_->logger) impl_->logger->info("{}", text);
  if (impl_->echo == Echo::all) std::fprintf(stderr, "jury: %.*s\n", static_cast<int>(text.size()), text.data());
}

void RunLog::warning(std::string_view text) {
  if (impl_->logger) impl_->logger->warn("{}", text);
  if (impl_->echo != Echo::silent) std::fprintf(stderr, "jury: %.*s\n", static_cast<int>(text.size()), text.data());
}

}  // namespace jury
