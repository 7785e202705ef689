#include "runtime/base/rng.hpp"

#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p0)};
    k[0] += 0x9E3779B9U;
    k[1] += 0xBB67AE85U;
  }
  return c;
}

std::uint64_t stream_key(std::uint64_t seed, Purpose purpose, std::initializer_list<std::int64_t> ids) noexcept {
  Hasher hasher;
  hasher.add(seed);
  hasher.add(static_cast<std::uint64_t>(purpose));
  for (const std::int64_t id : ids) hasher.add(static_cast<std::uint64_t>(id));
  return hasher.digest();
}

void Rng::refill() noexcept {
  const std::uint64_t block = position_ >> 2;
  block_ = philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, 0},
                  {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)});
  filled_ = true;
}

std::uint64_t Rng::below(std::uint64_t bound) noexcept {
  JURY_EXPECTS(bound > 0);
  const std::uint64_t reject = (0 - bound) % bound;
  for (;;) {
    if (const std::uint64_t x = bits64(); x >= reject) return x % bound;
  }
}

double Rng::normal() noexcept {
  const double u = 1.0 - uniform();  // in (0, 1]
  const double angle = 2.0 * std::numbers::pi * uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(angle);
}

std::vector<std::uint32_t> permutation(std::size_t n, Rng& rng) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  shuffle(std::span(order), rng);
  return order;
}

}  // namespace jury
