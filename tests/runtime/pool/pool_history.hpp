// A pool in virtual time whose ranks, network and disk fail, all from a seed, and what must hold all the while.
//
// What may happen to frames. MPI keeps the order between two ranks and loses nothing while both live, so an honest
// network can be late, or fall silent for good (a node, a switch or a process is gone). Those cost time and tasks, and
// the run completes as long as half of the ranks are left. A network that loses, doubles, swaps or damages single
// frames of a living stream is broken: heartbeats that say what was sent find it out, and the run ends with a
// CommError.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "fakes.hpp"
#include "faulty_way.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/pool/bundle.hpp"
#include "runtime/pool/coordinator.hpp"
#include "runtime/pool/virtual_ranks.hpp"

namespace jury {

class PoolHistory {
 public:
  explicit PoolHistory(std::uint64_t seed) : rng_(stream_key(seed, Purpose::noise, {1})), seed_(seed) {
    num_ranks_ = 1 + static_cast<int>(rng_.below(7));
    num_tasks_ = 1 + static_cast<std::int32_t>(rng_.below(12));
    num_lists_ = 1 + static_cast<std::int32_t>(rng_.below(2));
    payload_bytes_ = rng_.below(8) == 0 ? kFrameBytes + 500 : 16;
    ways_.resize(2 * static_cast<std::size_t>(num_ranks_));
    routes_ = drawn_routes();
    pool_.losses = rng_.below(4) == 0 ? PoolOptions::Losses::end_the_run : PoolOptions::Losses::cost_their_tasks;
    pool_.report_silence_seconds = 2;
    pool_.lost_seconds = 4;
    pool_.coordinator_silence_seconds = 8;
    pool_.quiet_seconds = 20;
    pool_.drain_seconds = 5;
    for (std::uint64_t faults = rng_.below(4); faults > 0; --faults) add_fault();
  }

  /// Lives through it; what went wrong, if anything.
  std::optional<std::string> wrong() {
    try {
      const std::string what = live();
      if (what.empty()) return std::nullopt;
      return fmt::format("seed {}: {} (ended with {}; {})", seed_, what, end_, story_);
    } catch (const std::exception& error) {
      return fmt::format("seed {}: {} ({})", seed_, error.what(), story_);
    }
  }

  /// "completed", "stopped", "CommError", ...
  const std::string& end() const noexcept { return end_; }

 private:
  using Way = VirtualRanksOptions::Way;
  static constexpr double kStart = 1000;
  static constexpr double kLongest = 400;  // of any history

  struct Hang : std::runtime_error {
    Hang() : std::runtime_error("hangs") {}
  };

  // Half of the pools are straight.
  Routes drawn_routes() const {
    Rng rng(stream_key(seed_, Purpose::noise, {4}));
    if (rng.below(2) == 0) return Routes(num_ranks_ + 1);
    const int ranks_of_node = 1 + static_cast<int>(rng.below(4));
    std::vector<int> nodes;
    for (int rank = 0; rank <= num_ranks_; ++rank) nodes.push_back(rank / ranks_of_node);
    return Routes(nodes, static_cast<int>(rng.below(3)));
  }

  // Others are cut off with their gateway.
  void hit(int rank) {
    hit_.insert(rank);
    for (int behind = 1; behind <= num_ranks_; ++behind)
      if (routes_.gateway_of(behind) == rank + 1) hit_.insert(behind - 1);
  }

  // How many are lost with one rank at most.
  std::size_t largest_group() const {
    int largest = 1;
    for (int rank = 1; rank <= num_ranks_; ++rank)
      if (routes_.is_gateway(rank)) largest = std::max(largest, routes_.num_behind(rank));
    return static_cast<std::size_t>(largest);
  }

  bool holds_cancel(int rank, const Bytes& mail) const {
    if (!routes_.is_gateway(rank + 1)) return frame_kind(mail) == MessageKind::cancel;
    return std::ranges::any_of(read_bundle(mail),
                               [](const Frame& frame) { return frame_kind(frame.bytes) == MessageKind::cancel; });
  }

  void add_fault() {
    static constexpr const char* kNames[] = {"death",  "pause", "silence", "lateness", "loss",  "doubling", "swap",
                                             "damage", "stop",  "disk",    "prepare",  "throw", "killer"};
    const auto kind = rng_.below(std::size(kNames));
    const int rank = static_cast<int>(rng_.below(static_cast<std::uint64_t>(num_ranks_)));
    const Way way = rng_.below(2) == 0 ? Way::up : Way::down;
    const double when = kStart + 5 * rng_.uniform() * rng_.uniform();
    const double seconds = 10 * rng_.uniform();
    const std::uint64_t frame = rng_.below(20);
    const auto which = static_cast<std::int32_t>(rng_.below(static_cast<std::uint64_t>(num_tasks_)));
    FaultyWay& frames = way_of(rank, way);
    switch (kind) {
      case 0:
        plans_.push_back({when, [this, rank] { ranks_->kill(rank); }});
        break;
      case 1:
        plans_.push_back({when, [this, rank, when, seconds] { ranks_->pause(rank, when + seconds); }});
        break;
      case 2:
        frames.silent_from = when;
        break;
      case 3:
        frames.late_from = when, frames.late_until = when + seconds;
        break;
      case 4:
        frames.lost = frame;
        break;
      case 5:
        frames.doubled = frame;
        break;
      case 6:
        frames.swapped = frame;
        break;
      case 7:
        frames.damaged = frame;
        break;
      case 8:
        stop_ = when;
        break;
      case 9:
        log_.fail_at_commit = static_cast<int>(rng_.below(6));
        break;
      case 10:
        unprepared_ = rank;
        break;
      case 11:
        throwing_ = which;
        break;
      default:
        killer_ = which;
        break;
    }
    if (kind < 4) hit(rank);
    if (kind >= 4 && kind <= 10) must_complete_ = false;
    story_ += fmt::format("{} of rank {} {} task {} frame {} at {:.2f} for {:.2f}; ", kNames[kind], rank,
                          way == Way::up ? "up" : "down", which, frame, when - kStart, seconds);
  }

  FaultyWay& way_of(int rank, Way way) { return ways_[2 * static_cast<std::size_t>(rank) + (way == Way::up ? 0 : 1)]; }

  std::vector<VirtualRanksOptions::Delivery> carry(int rank, Way way, const Bytes& bytes) {
    cancelled_ |= way == Way::down && holds_cancel(rank, bytes);
    return way_of(rank, way).carry(bytes, ranks_->clock().seconds(), delays_);
  }

  Record record_of(const TaskKey& key) const {
    return {.key = key,
            .payload =
                Bytes(payload_bytes_ + static_cast<std::size_t>(key.member), static_cast<std::byte>(7 * key.member))};
  }

  Record evaluate(int rank, const TaskKey& key) {
    if (key.member == throwing_) throw std::runtime_error("no such thing");
    Record record = record_of(key);
    Rng rng(stream_key(seed_, Purpose::noise, {2, key.member}));
    record.seconds = rng.below(8) == 0 ? 6 : 2 * rng.uniform() * rng.uniform();
    if (key.member == killer_) ranks_->kill(rank);
    return record;
  }

  std::string live() {
    VirtualRanks ranks({.count = num_ranks_,
                        .seed = seed_,
                        .evaluate = [this](int rank, const TaskKey& key) { return evaluate(rank, key); },
                        .prepare =
                            [this](int rank) {
                              if (rank == unprepared_) throw IoError("no room for a blob");
                            },
                        .start_seconds = kStart,
                        .first_word_seconds = pool_.quiet_seconds,
                        .routes = routes_,
                        .carry = [this](int rank, Way way, const Bytes& bytes) { return carry(rank, way, bytes); }});
    ranks_ = &ranks;
    pool_.clock = &ranks.clock();
    for (auto& [when, plan] : plans_) ranks.at(when, plan);
    ranks.at(kStart + kLongest, [] { throw Hang(); });
    Coordinator coordinator({&ranks}, pool_);
    coordinate(coordinator);
    ranks.outlive(2 * pool_.quiet_seconds);
    for (int rank = 0; rank < num_ranks_; ++rank)
      if (ranks.is_alive(rank)) return fmt::format("rank {} never leaves", rank);
    return untrue();
  }

  // As run_pool() does.
  void coordinate(Coordinator& coordinator) {
    ExitCode code = ExitCode::failed;
    try {
      for (std::int32_t list = 0; list < num_lists_; ++list) {
        for (std::int32_t i = 0; i < num_tasks_; ++i) source_.released.push_back({task(list * num_tasks_ + i), 1e10});
        const PoolResult result = coordinator.run(source_, log_, events_);
        end_ = result.end == PoolEnd::completed ? "completed"
               : result.end == PoolEnd::stopped ? "stopped"
                                                : "short-handed";
        if (result.end != PoolEnd::completed) break;
        ++lists_done_;
        if (cancelled_) break;            // the stop came with the last record
        ranks_->work(delays_.uniform());  // it writes results
      }
      return coordinator.stop(ExitCode::done);
    } catch (const PeerError& error) {
      end_ = "PeerError", code = error.exit_code();
    } catch (const CommError& error) {
      end_ = "CommError", code = error.exit_code();
    } catch (const IoError& error) {
      end_ = "IoError", code = error.exit_code();
    }
    try {
      coordinator.stop(code);
    } catch (const CommError&) {  // the workers leave by their own deadline
    }
  }

  // What of the end is not as it must be; empty: nothing.
  std::string untrue() const {
    if (source_.num_too_early > 0) return "a record counted before it was on disk";
    const bool spared =
        2 * (hit_.size() + (killer_ >= 0 ? 3 * largest_group() : 0)) <= static_cast<std::size_t>(num_ranks_);
    const bool sturdy = pool_.losses == PoolOptions::Losses::cost_their_tasks && spared;
    if (must_complete_ && (sturdy || (hit_.empty() && killer_ < 0)) && lists_done_ < (cancelled_ ? 1 : num_lists_))
      return "did not complete";
    if (hit_.empty() && must_complete_ && killer_ < 0 && end_ != "completed") return "did not complete";
    for (const auto& [key, count] : source_.counts())
      if (count != 1) return fmt::format("{} counted {} times", to_string(key), count);
    for (const Record& record : source_.records) {
      const bool may_fail = record.key.member == throwing_ || record.key.member == killer_ || events_.lost.size() >= 3;
      if (may_fail ? record.state != TaskState::complete && record.state != TaskState::failed
                   : record.state != TaskState::complete)
        return to_string(record.key) + " has a state that is not its own";
      if (record.state == TaskState::complete && !same_result(record, record_of(record.key)))
        return to_string(record.key) + " has another result";
    }
    if (source_.records.size() < static_cast<std::size_t>(lists_done_ * num_tasks_))
      return "a completed list is not complete";
    return "";
  }

  Rng rng_;
  std::uint64_t seed_;
  Rng delays_{stream_key(seed_, Purpose::noise, {3})};
  int num_ranks_;
  Routes routes_{1};
  std::int32_t num_tasks_;
  std::int32_t num_lists_;  // one after the other
  std::size_t payload_bytes_;
  PoolOptions pool_;
  std::vector<FaultyWay> ways_;
  std::vector<std::pair<double, std::function<void()>>> plans_;
  double stop_ = 1e9;
  int unprepared_ = -1;
  std::int32_t throwing_ = -1;
  std::int32_t killer_ = -1;
  std::set<int> hit_;          // ranks that an honest network may have lost
  bool must_complete_ = true;  // where few enough are hit
  VirtualRanks* ranks_ = nullptr;
  FakeLog log_;
  ListSource source_{0, &log_};
  FakeEvents events_{[this] { return ranks_->clock().seconds() >= stop_; }};
  int lists_done_ = 0;
  bool cancelled_ = false;
  std::string end_ = "nothing";
  std::string story_;
};

/// The first of these seeds whose history went wrong, told; nothing when all went well. Counts how the others ended.
inline std::optional<std::string> first_broken_pool(std::uint64_t begin, std::uint64_t end,
                                                    std::map<std::string, int>& ends) {
  for (std::uint64_t seed = begin; seed < end; ++seed) {
    PoolHistory history(seed);
    if (const auto broken = history.wrong()) return broken;
    ++ends[history.end()];
  }
  return std::nullopt;
}

}  // namespace jury
