#include "runtime/base/signals.hpp"

#include <array>
#include <csignal>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// A handler can reach nothing but globals; ScopedSignals owns them.
std::atomic<int> g_stops{0};
std::atomic<bool> g_hurry{false};
std::atomic<bool> g_write{false};
std::atomic<bool> g_installed{false};

constexpr std::array kSignals = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT};
std::array<struct sigaction, kSignals.size()> g_before;

void on_signal(int signal) {
  if (signal == SIGUSR2) {
    g_write.store(true);
    return;
  }
  if (signal == SIGTERM) g_hurry.store(true);
  if (g_stops.fetch_add(1) > 0 && signal != SIGUSR1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

ScopedSignals::ScopedSignals() {
  JURY_EXPECTS(!g_installed.exchange(true));
  g_stops = 0;
  g_hurry = false;
  g_write = false;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &g_before[i]);
}

ScopedSignals::~ScopedSignals() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &g_before[i], nullptr);
  g_installed = false;
}

bool ScopedSignals::stop_requested() const noexcept { return g_stops.load() > 0; }
bool ScopedSignals::in_a_hurry() const noexcept { return g_hurry.load(); }
bool ScopedSignals::take_write_request() noexcept { return g_write.exchange(false); }

}  // namespace jury
