// Several frames in one mail, each with the rank it is for or comes from.
//
//   bundle   crc32c u32 (of all that follows) | version u8 | frames
//   frame    rank i32 | length u16 | bytes
//
// Little-endian, no padding. Every frame fits into a bundle of its own, so none is ever cut here.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/mpi/mailbox.hpp"
#include "runtime/pool/channel.hpp"

namespace jury {

inline constexpr std::size_t kBundleHeaderBytes = 5;
inline constexpr std::size_t kAddressBytes = 6;
static_assert(kBundleHeaderBytes + kAddressBytes + kFrameBytes <= kMailBytes);

/// The frames of a mail; Frame::peer is a rank. Throws CommError when the mail is damaged.
std::vector<Frame> read_bundle(std::span<const std::byte> mail);

/// Sends frames to one rank in bundles, in the order they are given.
class Bundler {
 public:
  /// The peers of `ranks`, which must outlive this, are ranks.
  Bundler(Channel& ranks, int to) noexcept : ranks_(&ranks), to_(to) {}

  /// Keeps the frame, after sending what is kept when there is no room beside it. Expects frame.size() <= kFrameBytes.
  void add(int rank, std::span<const std::byte> frame);
  /// Sends what is kept.
  void flush();
  bool empty() const noexcept { return body_.bytes().empty(); }

 private:
  Channel* ranks_;
  int to_;
  ByteWriter body_;  // without checksum and version
};

}  // namespace jury
