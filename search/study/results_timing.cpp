// /timing of results.h5: what ran where and when, and how busy the ranks were.
#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "search/study/results_file.hpp"

namespace jury {
namespace {

constexpr std::size_t kSlices = 50;  // of each session

struct RankUse {
  std::uint64_t tasks = 0;
  double busy = 0;
  double offered = 0;  // of the sessions that it was in
  std::uint64_t peak_bytes = 0;
};

struct SessionUse {
  double seconds = 0;
  std::map<std::pair<std::int32_t, std::string>, bool> ranks = {};
  std::vector<const FitTiming*> tasks = {};
};

std::map<std::uint32_t, SessionUse> sessions_of(const std::vector<FitTiming>& timing) {
  std::map<std::uint32_t, SessionUse> sessions;
  for (const FitTiming& task : timing) {
    if (task.host.empty()) continue;  // given up: it ran nowhere to its end
    SessionUse& session = sessions[task.session];
    session.seconds = std::max(session.seconds, task.started_seconds + task.seconds);
    session.ranks[{task.rank, task.host}] = true;
    session.tasks.push_back(&task);
  }
  return sessions;
}

void write_tasks(Hdf5Writer& file, const std::vector<FitTiming>& timing) {
  std::vector<TaskKey> keys;
  std::vector<std::int32_t> ranks;
  std::vector<std::string> hosts;
  std::vector<double> started, seconds;
  std::vector<std::int64_t> peaks, sessions;
  for (const FitTiming& task : timing) {
    keys.push_back(task.key);
    ranks.push_back(task.rank);
    hosts.push_back(task.host);
    started.push_back(task.started_seconds);
    seconds.push_back(task.seconds);
    peaks.push_back(static_cast<std::int64_t>(task.peak_bytes));
    sessions.push_back(task.session);
  }
  TableWriter tasks(file.group("timing/tasks"), "row", keys.size());
  add_key_columns(tasks, keys);
  tasks.column("rank", ranks)
      .column("host", hosts)
      .column("session", sessions, {.help = "1 for the run's first, more for those that resumed it"})
      .column("started", started, {.units = "s", .help = "since the session began"})
      .column("duration", seconds, {.units = "s"})
      .column("peak_memory", peaks, {.units = "B", .help = "the most that its rank had had when it ended"});
}

// A rank is its number on its host; a merged run's parts have ranks of the same name, whose use cannot be told apart.
void write_ranks(Hdf5Writer& file, const std::map<std::uint32_t, SessionUse>& sessions,
                 const RunFacts::Coordinator& coordinator) {
  std::map<std::pair<std::int32_t, std::string>, RankUse> ranks;
  for (const auto& [number, session] : sessions) {
    for (const auto& [rank, there] : session.ranks) ranks[rank].offered += session.seconds;
    for (const FitTiming* task : session.tasks) {
      RankUse& use = ranks[{task->rank, task->host}];
      ++use.tasks;
      use.busy += task->seconds;
      use.peak_bytes = std::max(use.peak_bytes, task->peak_bytes);
    }
  }
  if (!coordinator.host.empty()) {
    RankUse& use = ranks[{0, coordinator.host}];
    use.peak_bytes = std::max(use.peak_bytes, coordinator.peak_bytes);
  }
  std::vector<std::int32_t> numbers;
  std::vector<std::string> hosts;
  std::vector<std::int64_t> tasks, peaks;
  std::vector<double> busy, utilisation;
  for (const auto& [rank, use] : ranks) {
    numbers.push_back(rank.first);
    hosts.push_back(rank.second);
    tasks.push_back(static_cast<std::int64_t>(use.tasks));
    busy.push_back(use.busy);
    const bool is_known = use.offered > 0 && use.busy <= use.offered;
    utilisation.push_back(is_known         ? use.busy / use.offered
                          : use.tasks == 0 ? 0
                                           : std::numeric_limits<double>::quiet_NaN());
    peaks.push_back(static_cast<std::int64_t>(use.peak_bytes));
  }
  TableWriter(file.group("timing/ranks"), "row", numbers.size())
      .column("rank", numbers)
      .column("host", hosts)
      .column("tasks", tasks)
      .column("busy", busy, {.units = "s", .help = "in tasks"})
      .column("utilisation", utilisation, {.help = "of the time from the start of its sessions to their last task"})
      .column("peak_memory", peaks,
              {.units = "B", .help = "the most it had in use (VmHWM), pages shared with other ranks included"});
}

void write_utilisation(Hdf5Writer& file, const std::map<std::uint32_t, SessionUse>& sessions) {
  std::vector<std::int64_t> numbers, ranks, waiting;
  std::vector<double> from, until, busy;
  for (const auto& [number, session] : sessions) {
    if (session.seconds <= 0) continue;
    const double width = session.seconds / static_cast<double>(kSlices);
    for (std::size_t slice = 0; slice < kSlices; ++slice) {
      numbers.push_back(number);
      ranks.push_back(static_cast<std::int64_t>(session.ranks.size()));
      from.push_back(width * static_cast<double>(slice));
      until.push_back(width * static_cast<double>(slice + 1));
    }
    const std::size_t first = busy.size();
    busy.resize(first + kSlices);
    waiting.resize(first + kSlices);
    for (const FitTiming* task : session.tasks) {
      const double begin = task->started_seconds, end = begin + task->seconds;
      const auto slice_of = [&](double at) {
        return std::min(kSlices - 1, static_cast<std::size_t>(std::max(0.0, at) / width));
      };
      for (std::size_t slice = slice_of(begin); slice <= slice_of(end); ++slice)
        busy[first + slice] +=
            std::max(0.0, std::min(end, until[first + slice]) - std::max(begin, from[first + slice])) / width;
      for (std::size_t slice = 0; slice < slice_of(begin); ++slice) ++waiting[first + slice];
    }
  }
  TableWriter(file.group("timing/utilisation"), "row", numbers.size())
      .column("session", numbers)
      .column("from", from, {.units = "s", .help = "since the session began"})
      .column("until", until, {.units = "s"})
      .column("ranks", ranks, {.help = "that did a task in this session"})
      .column("busy", busy, {.help = "tasks under way, on average"})
      .column("waiting", waiting, {.help = "the queue: tasks of this session that began later"});
}

}  // namespace

void write_timing(Hdf5Writer& file, const RunFacts& facts) {
  std::vector<FitTiming> timing = facts.timing;
  for (FitTiming& task : timing)
    if (task.session == 0) task.session = facts.session;
  const auto sessions = sessions_of(timing);
  write_tasks(file, timing);
  write_ranks(file, sessions, facts.coordinator);
  write_utilisation(file, sessions);
}

std::uint64_t peak_bytes_of(const std::vector<FitTiming>& timing) noexcept {
  std::uint64_t most = 0;
  for (const FitTiming& task : timing) most = std::max(most, task.peak_bytes);
  return most;
}

}  // namespace jury
