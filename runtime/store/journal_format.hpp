// How a journal looks on disk (prose in README.md). Used by the journal's reader and writer only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "runtime/store/file.hpp"
#include "runtime/store/journal.hpp"

namespace jury::journal_format {

inline constexpr std::uint64_t kMagic = 0x4C4E524A5952554A;  // "JURYJRNL"
inline constexpr std::uint32_t kVersion = 4;
inline constexpr std::size_t kHeadPrefixBytes = 20;  // magic, version, size of the body, CRC
inline constexpr std::uint64_t kMaxHeadBytes = std::uint64_t{64} << 20;

inline constexpr std::uint32_t kFrameMark = 0x4D52464A;  // "JFRM"
inline constexpr std::size_t kFrameHeaderBytes = 36;
inline constexpr std::uint32_t kMaxFrameBytes = 1U << 20;  // payload

enum FrameKind : std::uint8_t { kSession = 1, kRecord = 2, kStopped = 3, kFinished = 4 };

/// A frame as it lies in the file. Sequence numbers count from 0 in each epoch. A commit is written
/// and synced as a whole before the next one begins.
struct Frame {
  std::uint8_t kind = 0;
  std::uint32_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t commit = 0;  ///< sequence number of the first frame of the same commit
  std::span<const std::byte> payload = {};

  std::uint64_t size_bytes() const noexcept { return kFrameHeaderBytes + payload.size(); }
};

Bytes head_to_bytes(const JournalHead& head);

/// Where every frame's CRC of this journal begins, so that frames of another one never pass.
std::uint32_t crc_seed(std::uint64_t identity) noexcept;

/// Appends the frame to `out`.
void add_frame(Bytes& out, const Frame& frame, std::uint32_t seed);

/// A journal on disk, read through a window that moves over it.
class JournalFile {
 public:
  /// Reads and checks the head. Throws DataError when the file is no journal or of another version.
  explicit JournalFile(const File& file);

  const JournalHead& head() const noexcept { return head_; }
  const std::string& path() const noexcept { return file_->path(); }
  std::uint64_t head_end() const noexcept { return head_end_; }
  std::uint64_t size() const noexcept { return size_; }

  /// The frame at an offset when it is whole and its CRC is right. Its payload is valid until the
  /// next call.
  std::optional<Frame> frame_at(std::uint64_t offset);

  /// Offset of the first good frame at or after `offset`.
  std::optional<std::uint64_t> find_frame(std::uint64_t offset);

 private:
  // The bytes at an offset, fewer at the end of the file.
  std::span<const std::byte> view(std::uint64_t offset, std::size_t count);

  const File* file_;
  std::uint64_t size_;
  JournalHead head_;
  std::uint64_t head_end_ = 0;
  std::uint32_t seed_ = 0;
  Bytes window_;
  std::uint64_t window_begin_ = 0;
};

}  // namespace jury::journal_format
