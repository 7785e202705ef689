// Random numbers that are the same on every rank, platform and standard library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

namespace jury {

/// One block of Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011): four words from a counter and a key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) noexcept;

/// What a stream is for. Each purpose is a source of variation of its own, so that one can be
/// varied while the others stand still. The numbers are part of the file format: never reuse one.
enum class Purpose : std::uint32_t {
  split = 1,            ///< folds, holdout
  test_split = 2,       ///< data.test_fraction
  bootstrap = 3,        ///< rows of a bag
  replicate = 4,        ///< training set of a bias-variance replicate
  generator_train = 5,  ///< a generator's training rows
  generator_test = 6,   ///< a generator's test rows
  init = 7,             ///< initial weights
  shuffle = 8,          ///< order of the rows within an epoch
  dropout = 9,
  augment = 10,
  noise = 11,
  early_stopping = 12,  ///< which in-bag rows are held out
  sampler = 13,
  interval = 14,     ///< bootstrap intervals of scores
  features = 15,     ///< the features a member sees
  rounds = 16,       ///< rows that a round of boosting draws
  passes = 17,       ///< dropout while predicting
  selection = 18,    ///< parts of a library that members are selected from
  calibration = 19,  ///< groups of out-of-bag rows that calibrators leave out
};

/// 64-bit key of an independent stream: hash of (seed, purpose, ids). Equal arguments give equal
/// streams; any difference gives an unrelated one.
std::uint64_t stream_key(std::uint64_t seed, Purpose purpose, std::initializer_list<std::int64_t> ids) noexcept;

/// A stream of random numbers: Philox4x32-10 in counter mode. Cheap to make, cheap to copy; state()
/// and the position are all there is to save, so a resumed training continues bit for bit.
class Rng {
 public:
  explicit Rng(std::uint64_t key, std::uint64_t position = 0) noexcept : key_(key), position_(position) {}

  /// 32 uniform bits.
  std::uint32_t operator()() noexcept {
    const auto lane = static_cast<std::size_t>(position_ & 3U);
    if (lane == 0 || !filled_) refill();
    ++position_;
    return block_[lane];
  }
  std::uint64_t bits64() noexcept {
    const std::uint64_t high = (*this)();
    return high << 32 | (*this)();
  }
  /// Uniform in [0, bound), without bias. Expects bound > 0.
  std::uint64_t below(std::uint64_t bound) noexcept;
  /// Uniform in [0, 1), 53 bits.
  double uniform() noexcept { return static_cast<double>(bits64() >> 11) * 0x1.0p-53; }
  /// Standard normal, Box and Muller 1958; two uniforms a number, nothing cached.
  double normal() noexcept;

  std::uint64_t key() const noexcept { return key_; }
  /// Number of 32-bit words drawn so far: Rng(key(), position()) continues this stream.
  std::uint64_t position() const noexcept { return position_; }

 private:
  void refill() noexcept;

  std::uint64_t key_;
  std::uint64_t position_;
  std::array<std::uint32_t, 4> block_{};
  bool filled_ = false;
};

/// Fisher-Yates; unlike std::shuffle, its result is part of our contract.
template <class T>
void shuffle(std::span<T> items, Rng& rng) noexcept {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[rng.below(i)]);
}

/// 0, 1, ..., n-1 in random order.
std::vector<std::uint32_t> permutation(std::size_t n, Rng& rng);

}  // namespace jury
