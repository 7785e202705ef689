#include "runtime/pool/bundle.hpp"

#include <cstdint>
#include <string>

#include "runtime/base/hash.hpp"

namespace jury {
namespace {

constexpr std::uint8_t kBundleVersion = 1;

[[noreturn]] void bad_bundle(const std::string& why) { throw CommError("damaged bundle from a peer (" + why + ")"); }

}  // namespace

std::vector<Frame> read_bundle(std::span<const std::byte> mail) {
  if (mail.size() < kBundleHeaderBytes || mail.size() > kMailBytes) bad_bundle(std::to_string(mail.size()) + " bytes");
  ByteReader reader(mail);
  if (reader.read<std::uint32_t>() != crc32c(mail.subspan(sizeof(std::uint32_t)))) bad_bundle("wrong checksum");
  if (const auto version = reader.read<std::uint8_t>(); version != kBundleVersion)
    bad_bundle("version " + std::to_string(version) + ", ours is " + std::to_string(kBundleVersion));
  std::vector<Frame> frames;
  try {
    while (!reader.empty()) {
      const auto rank = reader.read<std::int32_t>();
      const auto length = reader.read<std::uint16_t>();
      if (rank < 0 || length > kFrameBytes)
        bad_bundle("rank " + std::to_string(rank) + ", " + std::to_string(length) + " bytes");
      const auto bytes = reader.raw(length);
      frames.push_back({rank, Bytes(bytes.begin(), bytes.end())});
    }
  } catch (const DataError&) {
    bad_bundle("wrong length");
  }
  return frames;
}

void Bundler::add(int rank, std::span<const std::byte> frame) {
  JURY_EXPECTS(frame.size() <= kFrameBytes);
  if (kBundleHeaderBytes + body_.bytes().size() + kAddressBytes + frame.size() > kMailBytes) flush();
  body_.add(std::int32_t{rank}).add(static_cast<std::uint16_t>(frame.size())).raw(frame);
}

void Bundler::flush() {
  if (empty()) return;
  const Bytes checked = ByteWriter().add(kBundleVersion).raw(body_.take()).take();
  body_ = ByteWriter();
  ranks_->send(to_, ByteWriter().add(crc32c(checked)).raw(checked).take());
}

}  // namespace jury
