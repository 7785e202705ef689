// Measures what message_costs.hpp says. Run: mpiexec -n 2 test.runtime.pool.measure_costs FOLDER, on the file system of
// the runs.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>

#include "fakes.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/pool/dealer.hpp"
#include "runtime/pool/ledger.hpp"
#include "runtime/pool/mpi_channel.hpp"
#include "runtime/store/journal.hpp"

namespace jury {
namespace {

constexpr int kFrames = 10'000;
constexpr int kBurst = 50;
constexpr int kTasks = 100'000;
constexpr int kCommits = 200;
constexpr std::size_t kPayloadBytes = 256;

double now() { return system_clock().seconds(); }

/// Of this thread: other programs on the machine do not count.
double worked() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// The middle of five.
template <class Measure>
double median(const Measure& measure) {
  std::array<double, 5> seconds{};
  for (double& each : seconds) each = measure();
  std::ranges::sort(seconds);
  return seconds[2];
}

Bytes wait_for(MpiChannel& channel, int& num_polls) {
  for (;; ++num_polls)
    if (auto frame = channel.receive()) return std::move(frame->bytes);
}

Bytes wait_for(MpiChannel& channel) {
  int num_polls = 0;
  return wait_for(channel, num_polls);
}

double poll_seconds(MpiChannel& channel) {
  const double start = worked();
  for (int i = 0; i < kFrames; ++i) channel.receive();
  return (worked() - start) / kFrames;
}

/// Without the looks that found nothing.
double receive_seconds(const Comm& world, MpiChannel& channel, double poll) {
  if (world.rank() == 1) {
    Sender sender(channel, 0);
    for (int i = 0; i < kFrames; ++i) sender.send(heartbeat_message(1, 7));
    wait_for(channel);
    return 0;
  }
  int num_polls = 0;
  Assembler assembler;
  const double start = worked();
  for (int i = 0; i < kFrames; ++i) read_heartbeat(*assembler.add(wait_for(channel, num_polls)));
  const double seconds = (worked() - start - num_polls * poll) / kFrames;
  Sender(channel, 0).send(cancel_message());
  return seconds;
}

/// In bursts that the other side takes before the next.
double send_seconds(const Comm& world, MpiChannel& channel) {
  Sender sender(channel, 0);
  double seconds = 0;
  for (int burst = 0; burst < kFrames / kBurst; ++burst) {
    const double start = worked();
    for (int i = 0; i < kBurst; ++i)
      world.rank() == 1 ? static_cast<void>(wait_for(channel)) : sender.send(heartbeat_message(1, 7));
    seconds += worked() - start;
    world.rank() == 1 ? sender.send(cancel_message()) : static_cast<void>(wait_for(channel));
  }
  return seconds / kFrames;
}

double latency_seconds(const Comm& world, MpiChannel& channel) {
  Sender sender(channel, 0);
  double least = 1;
  for (int i = 0; i < kFrames; ++i) {
    const double start = now();
    if (world.rank() == 0) sender.send(heartbeat_message(1, 7));
    wait_for(channel);
    if (world.rank() == 1) sender.send(heartbeat_message(1, 7));
    least = std::min(least, (now() - start) / 2);
  }
  return least;
}

/// Dealing, taking and appending, without frames and without the disk.
double task_seconds(JournalWriter& journal) {
  std::vector<ReadyTask> tasks;
  for (std::int32_t i = 0; i < kTasks; ++i) tasks.push_back({task(i), 1e10 + i});
  const Bytes record = to_bytes(honest_record(task(0), kPayloadBytes));
  double seconds = 0;
  const double start = worked();
  Dealer dealer(2e-3);
  Ledger ledger(1000);
  for (std::size_t worker = 0; worker < 1000; ++worker) ledger.enter(worker);
  dealer.add(tasks);
  for (std::size_t i = 0; i < kTasks; ++i) {
    const std::vector<ReadyTask> batch = dealer.next_batch(1000);
    ledger.deal(i % 1000, batch);
    Record done = read_records(records_message({record})).front();
    done.key = batch.front().key;
    dealer.learn(ledger.take(done).cost, 1);
    journal.append(done);
    if (i % 1000 != 999) continue;
    const double before = worked();
    journal.commit();
    seconds -= worked() - before;
  }
  return (seconds + worked() - start) / kTasks;
}

/// Of a commit of so many records; and its bytes.
std::pair<double, double> commit_seconds(JournalWriter& journal, std::size_t records) {
  std::vector<double> seconds;
  const Record record = honest_record(task(0), kPayloadBytes);
  for (int i = 0; i < kCommits; ++i) {
    for (std::size_t n = 0; n < records; ++n) journal.append(record);
    const double start = now();
    journal.commit();
    seconds.push_back(now() - start);
  }
  std::ranges::sort(seconds);
  return {seconds[kCommits / 2], static_cast<double>(records * to_bytes(record).size())};
}

void measure(const MpiSession& session, const std::string& folder) {
  const Comm& world = session.world();
  MpiChannel channel(world);
  const double poll = median([&] { return poll_seconds(channel); });
  world.barrier();
  const double receive = median([&] { return receive_seconds(world, channel, poll); });
  const double send = median([&] { return send_seconds(world, channel); });
  const double latency = median([&] { return latency_seconds(world, channel); });
  if (world.rank() != 0) return;
  const std::string path = folder + "/measured-journal";
  JournalWriter journal = JournalWriter::create(path, {});
  const double task = median([&] { return task_seconds(journal); });
  const auto [small, small_bytes] = commit_seconds(journal, 1);
  const auto [large, large_bytes] = commit_seconds(journal, 1000);
  remove_tree(path);
  const double byte = std::max(0.0, (large - small) / (large_bytes - small_bytes));
  fmt::print("receive_seconds = {:.3g}\nsend_seconds = {:.3g}\npoll_seconds = {:.3g}\ntask_seconds = {:.3g}\n", receive,
             send, poll, task);
  fmt::print("commit_seconds = {:.3g}\ncommit_byte_seconds = {:.3g}\nlatency_seconds = {:.3g}\n", small, byte, latency);
}

}  // namespace
}  // namespace jury

int main(int argc, char** argv) {
  const jury::MpiSession session;
  jury::measure(session, argc > 1 ? argv[1] : ".");
  return 0;
}
