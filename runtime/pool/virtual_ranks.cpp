#include "runtime/pool/virtual_ranks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "runtime/base/rng.hpp"
#include "runtime/pool/backoff.hpp"
#include "runtime/pool/bundle.hpp"
#include "runtime/pool/gateway.hpp"
#include "runtime/pool/relay.hpp"
#include "runtime/pool/virtual_thread.hpp"
#include "runtime/pool/worker.hpp"

namespace jury {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

/// A process: a relay on its main thread, a worker on the other.
struct VirtualRanks::Rank {
  /// The rank's end of the ways to other ranks.
  class Ways final : public Channel {
   public:
    Ways(VirtualRanks& ranks, int number) noexcept : ranks_(ranks), number_(number) {}
    int num_peers() const override { return ranks_.options_.count + 1; }
    void send(int rank, Bytes bytes) override {
      const bool is_up = rank == 0 || ranks_.routes_.gateway_of(rank) != number_ + 1;
      ranks_.ship(is_up ? number_ : rank - 1, is_up ? VirtualRanksOptions::Way::up : VirtualRanksOptions::Way::down,
                  std::move(bytes));
    }
    std::optional<Frame> receive() override {
      if (inbox.empty()) return {};
      Frame frame = std::move(inbox.front());
      inbox.pop_front();
      return frame;
    }
    std::size_t num_waiting() const override { return 0; }
    bool can_lose_peers() const override { return true; }
    std::deque<Frame> inbox;

   private:
    VirtualRanks& ranks_;
    int number_;
  };

  Rank(VirtualRanks& ranks, int which)
      : ways(ranks, which),
        clock(ranks.event_now_),
        spoke(ways, ranks.is_gateway(which) ? 0 : ranks.routes_.gateway_of(which + 1)),
        thread_clock(ranks.event_now_),
        ends(LoopbackChannel::make_pair()),
        seat(ends.first, watch, thread_clock),
        worker(ends.second, watch,
               {.host = ranks.options_.host(which),
                .rank = which + 1,
                .batch_seconds = ranks.options_.batch_seconds,
                .clock = &thread_clock}),
        relay(up(ranks, which), seat,
              {.heartbeat_seconds = ranks.can_lose_peers() ? ranks.options_.heartbeat_seconds : kNever,
               .first_word_seconds = ranks.can_lose_peers() ? ranks.options_.first_word_seconds : kNever,
               .clock = &clock,
               .beside = [this] { return gateway.has_value() && gateway->turn(); }}) {}

  // To the coordinator.
  Channel& up(VirtualRanks& ranks, int which) {
    if (!ranks.is_gateway(which)) return spoke;
    return gateway.emplace(ways, ranks.routes_, which + 1,
                           GatewayOptions{.hold_seconds = ranks.options_.heartbeat_seconds, .clock = &clock});
  }

  Ways ways;
  RankClock clock;
  SpokeChannel spoke;
  std::optional<Gateway> gateway;
  RankClock thread_clock;
  TaskWatch watch;
  std::pair<LoopbackChannel, LoopbackChannel> ends;
  VirtualSeat seat;
  Worker worker;
  Relay relay;
  bool started = false;
  double gone_seconds = kNever;
  double paused_until = 0;
  double next_look = 0;                         // of a gateway that holds something
  std::array<double, 2> last_arrival = {0, 0};  // by way
  std::string farewell = {};
};

VirtualRanks::VirtualRanks(VirtualRanksOptions options)
    : options_(std::move(options)),
      routes_(options_.routes.value_or(Routes(options_.count + 1))),
      hub_(ways_, routes_),
      now_(options_.start_seconds),
      event_now_(now_),
      num_alive_(options_.count) {
  JURY_EXPECTS(options_.count > 0 && routes_.size() == options_.count + 1);
  Rng rng(stream_key(options_.seed, Purpose::noise, {}));
  for (int rank = 0; rank < options_.count; ++rank) {
    ranks_.emplace_back(*this, rank);
    plan(now_, Kind::wake, rank);
    if (can_lose_peers()) plan(now_ + rng.uniform() * options_.heartbeat_seconds, Kind::beat, rank);
  }
}

VirtualRanks::~VirtualRanks() = default;

std::size_t VirtualRanks::frames_in(int rank, const Bytes& bytes) const {
  return routes_.is_gateway(rank) ? read_bundle(bytes).size() : 1;
}

void VirtualRanks::Ways::send(int rank, Bytes bytes) {
  JURY_EXPECTS(rank > 0 && rank <= ranks_.options_.count);
  ranks_.work(ranks_.options_.costs.send_seconds * static_cast<double>(ranks_.frames_in(rank, bytes)));
  ++ranks_.num_down_;
  ranks_.ship(rank - 1, VirtualRanksOptions::Way::down, std::move(bytes));
}

std::optional<Frame> VirtualRanks::Ways::receive() {
  VirtualRanks& all = ranks_;
  all.settle(all.now_);
  if (!all.inbox_.empty()) {
    all.heard_ = true;
    Frame frame = std::move(all.inbox_.front());
    all.inbox_.pop_front();
    all.work(all.options_.costs.receive_seconds * static_cast<double>(all.frames_in(frame.peer, frame.bytes)));
    ++all.num_up_;
    return frame;
  }
  // The loop spins after traffic: all its looks in one.
  if (!std::exchange(all.heard_, false))
    all.now_ = std::clamp(all.next_event_seconds(), all.now_, all.now_ + Backoff::kSpinSeconds);
  all.now_ += all.options_.costs.poll_seconds;
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
  if (event.kind == Kind::call) return calls_.extract(event.number).mapped()();
  // A frame goes to the coordinator, to the rank, or to its gateway.
  const int gateway = is_gateway(event.rank) ? 0 : routes_.gateway_of(event.rank + 1);
  if (event.kind == Kind::up && gateway == 0) return inbox_.push_back({event.rank + 1, std::move(event.bytes)});
  const int number = event.kind == Kind::up ? gateway - 1 : event.rank;
  Rank& rank = ranks_[static_cast<std::size_t>(number)];
  if (rank.gone_seconds < kNever) return;
  const bool is_mail = event.kind == Kind::up || event.kind == Kind::down;
  if (is_mail) rank.ways.inbox.push_back({event.kind == Kind::up ? event.rank + 1 : gateway, std::move(event.bytes)});
  // It breathes, and looks at its mail, when it goes on.
  if (event_now_ < rank.paused_until) return is_mail ? void() : plan(rank.paused_until, event.kind, number);
  if (event.kind == Kind::beat) plan(event_now_ + options_.heartbeat_seconds, Kind::beat, number);
  try {
    live(number);
  } catch (const CommError& error) {
    leave(number, error.what());
  }
}

// What a process does until it has to wait for something.
void VirtualRanks::live(int number) {
  Rank& rank = ranks_[static_cast<std::size_t>(number)];
  if (!rank.relay.stopped()) work_on(rank, number);
  if (rank.gateway) {
    rank.gateway->turn();
    // What it holds for company goes on when nothing else happens here.
    if (can_lose_peers() && rank.next_look <= event_now_)
      plan(rank.next_look = event_now_ + options_.heartbeat_seconds, Kind::wake, number);
  }
  if (rank.relay.stopped() && (!rank.gateway || rank.gateway->has_stopped_all())) leave(number, "stop");
}

void VirtualRanks::work_on(Rank& rank, int number) {
  if (!std::exchange(rank.started, true))
    rank.worker.start([&] {
      options_.prepare(number);
      return std::make_unique<CallEvaluator>(
          [this, number](const TaskKey& key) { return options_.evaluate(number, key); }, rank.thread_clock);
    });
  do {
    rank.relay.turn();
    if (rank.relay.stopped() || rank.thread_clock.is_busy()) return;
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
