// The way of one rank's frames, up or down, and what may happen to them on it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/base/rng.hpp"
#include "runtime/pool/virtual_ranks.hpp"

namespace jury {

struct FaultyWay {
  static constexpr std::uint64_t kNone = ~0ULL;

  // An honest network: nothing arrives any more, or it arrives late.
  double silent_from = 1e9;
  double late_from = 1e9;
  double late_until = 0;
  // A broken one: what it does to single frames, by their number.
  std::uint64_t lost = kNone;
  std::uint64_t doubled = kNone;
  std::uint64_t swapped = kNone;
  std::uint64_t damaged = kNone;

  std::vector<VirtualRanksOptions::Delivery> carry(const Bytes& bytes, double now, Rng& rng) {
    const std::uint64_t number = count_++;
    if (now >= silent_from || number == lost) return {};
    const double seconds = (now >= late_from && now < late_until ? late_until - now : 0) + 2e-3 * rng.uniform();
    if (number == swapped) {
      held_ = bytes;
      return {};
    }
    std::vector<VirtualRanksOptions::Delivery> arrive{{seconds, bytes}};
    if (number == damaged) arrive[0].bytes[rng.below(bytes.size())] ^= std::byte{4};
    if (number == doubled) arrive.push_back({seconds, bytes});
    if (held_) arrive.push_back({seconds, *std::exchange(held_, std::nullopt)});
    return arrive;
  }

 private:
  std::uint64_t count_ = 0;
  std::optional<Bytes> held_ = {};  // comes after the next
};

}  // namespace jury
