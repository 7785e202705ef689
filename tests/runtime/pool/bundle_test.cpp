#include "runtime/pool/bundle.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "fake_ranks.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

constexpr std::size_t kRoom = kMailBytes - kBundleHeaderBytes;  // for frames with their addresses

Bytes frame_of(std::size_t bytes, int filling) { return Bytes(bytes, static_cast<std::byte>(filling)); }

/// The frames of these sizes, bundled by rank 0 for rank 1: what arrives, mail by mail.
std::vector<std::vector<Frame>> bundled(const std::vector<std::size_t>& sizes) {
  FakeRanks ranks(2);
  Bundler bundler(ranks.at(0), 1);
  for (std::size_t i = 0; i < sizes.size(); ++i)
    bundler.add(static_cast<int>(i), frame_of(sizes[i], static_cast<int>(i)));
  bundler.flush();
  EXPECT_TRUE(bundler.empty());
  std::vector<std::vector<Frame>> mails;
  while (const auto mail = ranks.at(1).receive()) mails.push_back(read_bundle(mail->bytes));
  return mails;
}

/// How many frames each mail has.
std::vector<std::size_t> counts(const std::vector<std::size_t>& sizes) {
  std::vector<std::size_t> counts;
  for (const auto& mail : bundled(sizes)) counts.push_back(mail.size());
  return counts;
}

TEST(Bundle, TheLargestFrameFitsAlone) {
  EXPECT_EQ(counts({kFrameBytes}), (std::vector<std::size_t>{1}));
  EXPECT_EQ(counts({kFrameBytes, kFrameBytes}), (std::vector<std::size_t>{1, 1}));
}

TEST(Bundle, FramesShareAMailToItsLastByteAndNotBeyond) {
  const std::size_t half = 1000;
  const std::size_t rest = kRoom - 2 * kAddressBytes - half;
  EXPECT_EQ(counts({half, rest}), (std::vector<std::size_t>{2}));
  EXPECT_EQ(counts({half, rest + 1}), (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(counts({half, rest - kAddressBytes, 0}), (std::vector<std::size_t>{3}));
  EXPECT_EQ(counts({half, rest - kAddressBytes + 1, 0}), (std::vector<std::size_t>{2, 1}));
}

TEST(Bundle, FramesOfAnySizesArriveWholeAndInOrder) {
  Rng rng(7);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<std::size_t> sizes(1 + rng.below(40));
    const std::uint64_t largest = rng.below(2) == 0 ? kFrameBytes : 100;
    for (std::size_t& size : sizes) size = rng.below(largest + 1);
    int next = 0;
    for (const auto& mail : bundled(sizes))
      for (const Frame& frame : mail) {
        EXPECT_EQ(frame.peer, next);
        EXPECT_EQ(frame.bytes, frame_of(sizes[static_cast<std::size_t>(next)], next));
        ++next;
      }
    EXPECT_EQ(next, static_cast<int>(sizes.size()));
  }
}

TEST(Bundle, NothingKeptIsNothingSent) { EXPECT_TRUE(counts({}).empty()); }

Bytes sound_mail() {
  FakeRanks ranks(2);
  Bundler bundler(ranks.at(0), 1);
  bundler.add(3, frame_of(20, 1));
  bundler.add(4, frame_of(30, 2));
  bundler.flush();
  return ranks.at(1).receive()->bytes;
}

TEST(Bundle, EveryFlippedBitIsFound) {
  const Bytes sound = sound_mail();
  for (std::size_t bit = 0; bit < 8 * sound.size(); ++bit) {
    Bytes damaged = sound;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_THROW(read_bundle(damaged), CommError) << bit;
  }
}

TEST(Bundle, WhatIsCutOrTooLongIsRefused) {
  const Bytes sound = sound_mail();
  for (std::size_t size = 0; size < sound.size(); ++size)
    EXPECT_THROW(read_bundle(std::span(sound).first(size)), CommError);
  EXPECT_THROW(read_bundle(Bytes(kMailBytes + 1)), CommError);
}

/// A mail with a right checksum, whatever it says.
Bytes forged(std::uint8_t version, std::int32_t rank, std::uint16_t length, std::size_t actual) {
  const Bytes body = ByteWriter().add(version).add(rank).add(length).raw(Bytes(actual)).take();
  return ByteWriter().add(crc32c(body)).raw(body).take();
}

TEST(Bundle, AForgedOneIsRefused) {
  EXPECT_EQ(read_bundle(forged(1, 2, 10, 10)).size(), 1U);
  EXPECT_THROW(read_bundle(forged(2, 2, 10, 10)), CommError);
  EXPECT_THROW(read_bundle(forged(1, -1, 10, 10)), CommError);
  EXPECT_THROW(read_bundle(forged(1, 2, 11, 10)), CommError);
  EXPECT_THROW(read_bundle(forged(1, 2, 9, 10)), CommError);
  EXPECT_THROW(read_bundle(forged(1, 2, kFrameBytes + 1, kFrameBytes + 1)), CommError);
}

}  // namespace
}  // namespace jury
