// Ranks in virtual time, in one thread: real relays, gateways and workers whose tasks only say how long they took.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/pool/channel.hpp"
#include "runtime/pool/evaluator.hpp"
#include "runtime/pool/message_costs.hpp"
#include "runtime/pool/rank_channels.hpp"
#include "runtime/pool/routes.hpp"

namespace jury {

/// All times in seconds.
struct VirtualRanksOptions {
  int count = 1;
  std::uint64_t seed = 0;  ///< of when each rank breathes
  std::function<std::string(int)> host = [](int) { return std::string("node0"); };
  /// What a rank makes of a task; Record::seconds says how long that takes it. What it throws is a failed record.
  std::function<Record(int, const TaskKey&)> evaluate = [](int, const TaskKey&) { return Record{}; };
  /// What making its evaluator throws ends a rank's work before it began.
  std::function<void(int)> prepare = [](int) {};

  MessageCosts costs = {};
  double start_seconds = 0;  ///< the clock's
  double batch_seconds = 2e-3;
  double heartbeat_seconds = 1;
  double first_word_seconds = 3600;
  /// The coordinator's loop does not sleep for longer, even if nothing can happen sooner.
  double longest_sleep_seconds = 0.1;

  /// By which way the coordinator reaches the ranks 1 to count; none: straight.
  std::optional<Routes> routes = {};
  enum class Way { up, down };  ///< between a rank and the coordinator or, where it has one, its gateway
  struct Delivery {
    double seconds = 0;  ///< on the way; no frame overtakes another of its rank and way
    Bytes bytes;
  };
  /// What becomes of a frame, or of a mail of several between the coordinator and a gateway; none: it arrives as it is
  /// after costs.latency_seconds.
  std::function<std::vector<Delivery>(int, Way, const Bytes&)> carry = {};
};

/// A coordinator's channel to ranks that do not exist. Its peer i is rank i + 1. Everything happens in receive(): what
/// the ranks did until now, in the order of time. The clock moves by what the coordinator's calls cost and by its
/// sleeps, so that equal options give equal histories.
class VirtualRanks final : public Channel {
 public:
  explicit VirtualRanks(VirtualRanksOptions options);
  ~VirtualRanks() override;
  VirtualRanks(const VirtualRanks&) = delete;
  VirtualRanks& operator=(const VirtualRanks&) = delete;

  int num_peers() const override { return options_.count; }
  void send(int peer, Bytes bytes) override { hub_.send(peer, std::move(bytes)); }
  void push() override { hub_.push(); }
  std::optional<Frame> receive() override { return hub_.receive(); }
  std::size_t num_waiting() const override { return hub_.num_waiting(); }
  bool can_lose_peers() const override { return options_.heartbeat_seconds > 0; }

  /// The coordinator's.
  Clock& clock() noexcept { return clock_; }
  /// It does something for so long.
  void work(double seconds);
  double busy_seconds() const noexcept { return busy_seconds_; }

  /// Does something when it is time.
  void at(double seconds, std::function<void()> event);
  /// The rank is gone from now on, with what it was doing.
  void kill(int rank);
  /// It does nothing until then, and then goes on as if nothing had been.
  void pause(int rank, double until_seconds);
  /// Neither killed nor gone by itself.
  bool is_alive(int rank) const;
  int num_alive() const noexcept { return num_alive_; }
  /// Why a rank left by itself: its error, or "stop".
  const std::string& farewell(int rank) const;
  double gone_seconds(int rank) const;  ///< when it was killed or left; infinity while it lives
  /// Lets the ranks live on without a coordinator until all have left, at most for so long.
  void outlive(double seconds);

  std::uint64_t num_frames_up() const noexcept { return num_up_; }
  std::uint64_t num_frames_down() const noexcept { return num_down_; }

 private:
  enum class Kind : std::uint8_t { up, down, wake, beat, call };
  struct Event {
    double seconds = 0;
    std::uint64_t number = 0;
    Kind kind = Kind::call;
    int rank = 0;
    Bytes bytes = {};
  };
  static bool later(const Event& a, const Event& b) noexcept {
    return a.seconds != b.seconds ? a.seconds > b.seconds : a.number > b.number;
  }
  struct Rank;
  class Loop final : public Clock {
   public:
    explicit Loop(VirtualRanks& ranks) noexcept : ranks_(ranks) {}
    double seconds() const override { return ranks_.now_; }
    void sleep(double seconds) override { ranks_.sleep(seconds); }

   private:
    VirtualRanks& ranks_;
  };

  /// The coordinator's end of the ways to ranks: its peers are ranks. Each frame of a mail is charged as if it had come
  /// alone.
  class Ways final : public Channel {
   public:
    explicit Ways(VirtualRanks& ranks) noexcept : ranks_(ranks) {}
    int num_peers() const override { return ranks_.options_.count + 1; }
    void send(int rank, Bytes bytes) override;
    std::optional<Frame> receive() override;
    std::size_t num_waiting() const override { return 0; }
    bool can_lose_peers() const override { return true; }

   private:
    VirtualRanks& ranks_;
  };

  bool is_gateway(int rank) const { return routes_.is_gateway(rank + 1); }
  std::size_t frames_in(int rank, const Bytes& bytes) const;
  void plan(double seconds, Kind kind, int rank, Bytes bytes = {});
  void settle(double until);
  void happen(Event& event);
  double next_event_seconds() const;
  void live(int rank);
  void work_on(Rank& rank, int number);
  void leave(int rank, const std::string& why);
  void ship(int rank, VirtualRanksOptions::Way way, Bytes bytes);
  void sleep(double seconds);

  VirtualRanksOptions options_;
  Routes routes_;
  Loop clock_{*this};
  Ways ways_{*this};
  HubChannel hub_;
  double now_;        // the coordinator's
  double event_now_;  // the ranks', never later
  double busy_seconds_ = 0;
  bool heard_ = false;                                    // the last look found a frame
  std::vector<Event> events_;                             // a heap, the earliest first
  std::map<std::uint64_t, std::function<void()>> calls_;  // of events, by their number
  std::uint64_t next_event_ = 0;
  std::deque<Frame> inbox_;
  std::deque<Rank> ranks_;
  int num_alive_ = 0;
  std::uint64_t num_up_ = 0;
  std::uint64_t num_down_ = 0;
};

}  // namespace jury
