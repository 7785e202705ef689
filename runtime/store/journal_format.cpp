#include "runtime/store/journal_format.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury::journal_format {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{4} << 20;
static_assert(kWindowBytes > 2 * (kFrameHeaderBytes + kMaxFrameBytes));

}  // namespace

Bytes head_to_bytes(const JournalHead& head) {
  ByteWriter body;
  body.add(head.identity).add(head.data_hash).add(std::string_view(head.isa)).add(std::string_view(head.experiment));
  ByteWriter out;
  out.add(kMagic).add(kVersion).add(static_cast<std::uint32_t>(body.bytes().size()));
  out.add(crc32c(body.bytes(), crc32c(out.bytes()))).raw(body.bytes());
  return out.take();
}

std::uint32_t crc_seed(std::uint64_t identity) noexcept { return crc32c(std::as_bytes(std::span(&identity, 1))); }

void add_frame(Bytes& out, const Frame& frame, std::uint32_t seed) {
  JURY_EXPECTS(frame.payload.size() <= kMaxFrameBytes);
  ByteWriter header;
  header.add(kFrameMark).add(static_cast<std::uint32_t>(frame.payload.size()));
  header.add(std::uint32_t{frame.kind}).add(frame.epoch).add(frame.sequence).add(frame.commit);
  header.add(crc32c(frame.payload, crc32c(header.bytes(), seed)));
  out.insert(out.end(), header.bytes().begin(), header.bytes().end());
  out.insert(out.end(), frame.payload.begin(), frame.payload.end());
}

JournalFile::JournalFile(const File& file) : file_(&file), size_(file.size()) {
  const auto foreign = [&](const std::string& why) {
    return DataError("'" + path() + "' is not a journal (" + why + ")");
  };
  const auto prefix = view(0, kHeadPrefixBytes);
  if (prefix.size() < kHeadPrefixBytes) throw foreign("it is too short");
  ByteReader in(prefix);
  if (in.read<std::uint64_t>() != kMagic) throw foreign("it begins with something else");
  const auto version = in.read<std::uint32_t>();
  if (version != kVersion)
    throw DataError("journal '" + path() + "' has format version " + std::to_string(version) + " (this program reads " +
                    std::to_string(kVersion) + ") use the jury that wrote it");
  const auto body_bytes = in.read<std::uint32_t>();
  const auto crc = in.read<std::uint32_t>();
  if (body_bytes > kMaxHeadBytes || body_bytes > size_ - kHeadPrefixBytes)
    throw DataError("the head of journal '" + path() + "' is damaged (it ends early)");
  Bytes bytes(kHeadPrefixBytes + body_bytes);
  bytes.resize(file.read_at(0, bytes));
  const auto whole = std::span<const std::byte>(bytes);
  if (whole.size() < kHeadPrefixBytes + body_bytes ||
      crc32c(whole.subspan(kHeadPrefixBytes), crc32c(whole.first(kHeadPrefixBytes - sizeof crc))) != crc)
    throw DataError("the head of journal '" + path() + "' is damaged (its checksum is wrong)");
  ByteReader body(whole.subspan(kHeadPrefixBytes));
  head_.identity = body.read<std::uint64_t>();
  head_.data_hash = body.read<std::uint64_t>();
  head_.isa = body.text();
  head_.experiment = body.text();
  head_end_ = whole.size();
  seed_ = crc_seed(head_.identity);
}

std::span<const std::byte> JournalFile::view(std::uint64_t offset, std::size_t count) {
  if (offset >= size_) return {};
  count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset));
  if (offset < window_begin_ || offset + count > window_begin_ + window_.size()) {
    window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindowBytes, size_ - offset)));
    window_.resize(file_->read_at(offset, window_));
    window_begin_ = offset;
  }
  const std::span<const std::byte> rest =
      std::span<const std::byte>(window_).subspan(static_cast<std::size_t>(offset - window_begin_));
  return rest.first(std::min(count, rest.size()));
}

std::optional<Frame> JournalFile::frame_at(std::uint64_t offset) {
  const auto header = view(offset, kFrameHeaderBytes);
  if (header.size() < kFrameHeaderBytes) return std::nullopt;
  ByteReader in(header);
  if (in.read<std::uint32_t>() != kFrameMark) return std::nullopt;
  const auto payload_bytes = in.read<std::uint32_t>();
  if (payload_bytes > kMaxFrameBytes) return std::nullopt;
  const auto whole = view(offset, kFrameHeaderBytes + payload_bytes);
  if (whole.size() < kFrameHeaderBytes + payload_bytes) return std::nullopt;

  Frame frame;
  ByteReader fields(whole.subspan(2 * sizeof(std::uint32_t)));
  frame.kind = static_cast<std::uint8_t>(fields.read<std::uint32_t>());
  frame.epoch = fields.read<std::uint32_t>();
  frame.sequence = fields.read<std::uint64_t>();
  frame.commit = fields.read<std::uint64_t>();
  const auto crc = fields.read<std::uint32_t>();
  frame.payload = whole.subspan(kFrameHeaderBytes);
  if (crc32c(frame.payload, crc32c(whole.first(kFrameHeaderBytes - sizeof crc), seed_)) != crc) return std::nullopt;
  return frame;
}

std::optional<std::uint64_t> JournalFile::find_frame(std::uint64_t offset) {
  const auto mark = std::as_bytes(std::span(&kFrameMark, 1));
  while (offset + kFrameHeaderBytes <= size_) {
    const auto bytes = view(offset, kWindowBytes / 2);
    const auto found = std::search(bytes.begin(), bytes.end(), mark.begin(), mark.end());
    if (found == bytes.end()) {
      if (bytes.size() < mark.size()) return std::nullopt;
      offset += bytes.size() - (mark.size() - 1);  // the mark may lie across the edge
      continue;
    }
    offset += static_cast<std::uint64_t>(found - bytes.begin());
    if (frame_at(offset)) return offset;
    ++offset;
  }
  return std::nullopt;
}

}  // namespace jury::journal_format
