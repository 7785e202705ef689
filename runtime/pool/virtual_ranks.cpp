#include "runtime/pool/virtual_ranks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "runtime/base/rng.hpp"
#include "runtime/pool/backoff.hpp"
#include "runtime/pool/relay.hpp"
#include "runtime/pool/virtual_thread.hpp"
#include "runtime/pool/worker.hpp"

namespace jury {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

/// A process: a relay on its main thread, a worker on the other.
struct VirtualRanks::Rank {
  /// The rank's end of the way to the coordinator.
  class Up final : public Channel {
   public:
    Up(VirtualRanks& ranks, int number) noexcept : ranks_(ranks), number_(number) {}
    int num_peers() const override { return 1; }
    void send(int, Bytes bytes) override { ranks_.ship(number_, VirtualRanksOptions::Way::up, std::move(bytes)); }
    std::optional<Frame> receive() override {
      if (inbox.empty()) return {};
      Frame frame{0, std::move(inbox.front())};
      inbox.pop_front();
      return frame;
    }
    std::size_t num_waiting() const override { return 0; }
    bool can_lose_peers() const override { return true; }
    std::deque<Bytes> inbox;

   private:
    VirtualRanks& ranks_;
    int number_;
  };

  Rank(VirtualRanks& ranks, int which)
      : up(ranks, which),
        clock(ranks.event_now_),
        thread_clock(ranks.event_now_),
        ends(LoopbackChannel::make_pair()),
        seat(ends.first, watch, thread_clock),
        worker(ends.second, watch,
               {.host = ranks.options_.host(which),
                .rank = which + 1,
                .batch_seconds = ranks.options_.batch_seconds,
                .clock = &thread_clock}),
        relay(up, seat,
              {.heartbeat_seconds = ranks.can_lose_peers() ? ranks.options_.heartbeat_seconds : kNever,
               .first_word_seconds = ranks.can_lose_peers() ? ranks.options_.first_word_seconds : kNever,
               .clock = &clock}) {}

  Up up;
  RankClock clock;
  RankClock thread_clock;
  TaskWatch watch;
  std::pair<LoopbackChannel, LoopbackChannel> ends;
  VirtualSeat seat;
  Worker worker;
  Relay relay;
  bool started = false;
  double gone_seconds = kNever;
  double paused_until = 0;
  std::array<double, 2> last_arrival = {0, 0};  // by way
  std::string farewell = {};
};

VirtualRanks::VirtualRanks(VirtualRanksOptions options)
    : options_(std::move(options)), now_(options_.start_seconds), event_now_(now_), num_alive_(options_.count) {
  JURY_EXPECTS(options_.count > 0);
  Rng rng(stream_key(options_.seed, Purpose::noise, {}));
  for (int rank = 0; rank < options_.count; ++rank) {
    ranks_.emplace_back(*this, rank);
    plan(now_, Kind::wake, rank);
    if (can_lose_peers()) plan(now_ + rng.uniform() * options_.heartbeat_seconds, Kind::beat, rank);
  }
}

VirtualRanks::~VirtualRanks() = default;

void VirtualRanks::send(int peer, Bytes bytes) {
  JURY_EXPECTS(peer >= 0 && peer < options_.count && bytes.size() <= kFrameBytes);
  work(options_.costs.send_seconds);
  ++num_down_;
  ship(peer, VirtualRanksOptions::Way::down, std::move(bytes));
}

std::optional<Frame> VirtualRanks::receive() {
  settle(now_);
  if (!inbox_.empty()) {
    heard_ = true;
    work(options_.costs.receive_seconds);
    ++num_up_;
    Frame frame = std::move(inbox_.front());
    inbox_.pop_front();
    return frame;
  }
  // The loop spins after traffic: all its looks in one.
  if (!std::exchange(heard_, false)) now_ = std::clamp(next_event_seconds(), now_, now_ + Backoff::kSpinSeconds);
  now_ += options_.costs.poll_seconds;
  return {};
}

void VirtualRanks::sleep(double seconds) {
  const double wake = std::min(next_event_seconds(), now_ + options_.longest_sleep_seconds);
  // As many sleeps as it takes.
  const double times = wake < kNever ? std::max(1.0, std::ceil((wake - now_) / seconds)) : 1;
  now_ += times * seconds;
}

void VirtualRanks::work(double seconds) {
  now_ += seconds;
  busy_seconds_ += seconds;
}

void VirtualRanks::at(double seconds, std::function<void()> event) {
  calls_.emplace(next_event_, std::move(event));
  plan(seconds, Kind::call, 0);
}

void VirtualRanks::plan(double seconds, Kind kind, int rank, Bytes bytes) {
  events_.push_back({std::max(seconds, event_now_), next_event_++, kind, rank, std::move(bytes)});
  std::push_heap(events_.begin(), events_.end(), later);
}

double VirtualRanks::next_event_seconds() const { return events_.empty() ? kNever : events_.front().seconds; }

void VirtualRanks::settle(double until) {
  while (next_event_seconds() <= until) {
    std::pop_heap(events_.begin(), events_.end(), later);
    Event event = std::move(events_.back());
    events_.pop_back();
    event_now_ = event.seconds;
    happen(event);
  }
  event_now_ = until;
}

void VirtualRanks::happen(Event& event) {
  if (event.kind == Kind::up) return inbox_.push_back({event.rank, std::move(event.bytes)});
  if (event.kind == Kind::call) return calls_.extract(event.number).mapped()();
  Rank& rank = ranks_[static_cast<std::size_t>(event.rank)];
  if (rank.gone_seconds < kNever) return;
  if (event_now_ < rank.paused_until && event.kind != Kind::down)
    return plan(rank.paused_until, event.kind, event.rank);
  if (event.kind == Kind::beat) plan(event_now_ + options_.heartbeat_seconds, Kind::beat, event.rank);
  if (event.kind == Kind::down) rank.up.inbox.push_back(std::move(event.bytes));
  if (event_now_ < rank.paused_until) return;  // it breathes when it goes on
  try {
    live(event.rank);
  } catch (const CommError& error) {
    leave(event.rank, error.what());
  }
}

// What a process does until it has to wait for something.
void VirtualRanks::live(int number) {
  Rank& rank = ranks_[static_cast<std::size_t>(number)];
  if (!std::exchange(rank.started, true))
    rank.worker.start([&] {
      options_.prepare(number);
      return std::make_unique<CallEvaluator>(
          [this, number](const TaskKey& key) { return options_.evaluate(number, key); }, rank.thread_clock);
    });
  do {
    rank.relay.turn();
    if (rank.relay.stopped()) return leave(number, "stop");
    if (rank.thread_clock.is_busy()) return;
  } while (rank.worker.turn() && !rank.thread_clock.is_busy());
  if (rank.thread_clock.is_busy()) plan(rank.thread_clock.busy_until, Kind::wake, number);
}

void VirtualRanks::leave(int number, const std::string& why) {
  kill(number);
  ranks_[static_cast<std::size_t>(number)].farewell = why;
}

void VirtualRanks::kill(int rank) {
  if (!is_alive(rank)) return;
  ranks_[static_cast<std::size_t>(rank)].gone_seconds = event_now_;
  --num_alive_;
}

void VirtualRanks::pause(int rank, double until_seconds) {
  ranks_[static_cast<std::size_t>(rank)].paused_until = until_seconds;
}

bool VirtualRanks::is_alive(int rank) const { return gone_seconds(rank) == kNever; }

const std::string& VirtualRanks::farewell(int rank) const { return ranks_[static_cast<std::size_t>(rank)].farewell; }

double VirtualRanks::gone_seconds(int rank) const { return ranks_[static_cast<std::size_t>(rank)].gone_seconds; }

void VirtualRanks::outlive(double seconds) {
  const double deadline = now_ + seconds;
  while (num_alive_ > 0 && next_event_seconds() <= deadline) settle(next_event_seconds());
  now_ = std::max(now_, event_now_);
}

void VirtualRanks::ship(int rank, VirtualRanksOptions::Way way, Bytes bytes) {
  const bool is_up = way == VirtualRanksOptions::Way::up;
  const Kind kind = is_up ? Kind::up : Kind::down;
  const double now = is_up ? event_now_ : now_;
  double& last = ranks_[static_cast<std::size_t>(rank)].last_arrival[is_up ? 0 : 1];
  if (!options_.carry)
    return plan(last = std::max(last, now + options_.costs.latency_seconds), kind, rank, std::move(bytes));
  for (VirtualRanksOptions::Delivery& delivery : options_.carry(rank, way, bytes))
    plan(last = std::max(last, now + delivery.seconds), kind, rank, std::move(delivery.bytes));
}

}  // namespace jury
