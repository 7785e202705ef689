// Large byte blocks as files named by their content: weights, checkpoints, large predictions.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "runtime/base/bytes.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/record.hpp"

namespace jury {

/// The folder "blobs" of a run directory: each file is named by the XXH3 hash of its content, 16 hex
/// digits. Any process may put and get at any time; nothing is ever changed in place.
class BlobStore {
 public:
  /// The folder is made at the first put().
  explicit BlobStore(std::string folder, FileSystem& files = system_files());

  /// Stores a block, on disk before it returns, and names it. Storing the same again costs a read.
  /// Throws IoError.
  std::uint64_t put(std::span<const std::byte> bytes) const;

  /// The block of this hash. Throws IoError when it is not there, DataError when it is damaged.
  Bytes get(std::uint64_t hash) const;

  /// `size` bytes of the block from `offset` on, unchecked: their hash tells whether they are what was there. Throws
  /// IoError, and DataError when the block ends before them.
  Bytes get_part(std::uint64_t hash, std::uint64_t offset, std::size_t size) const;

  std::string path(std::uint64_t hash) const;

 private:
  std::string folder_;
  FileSystem* files_;
  std::shared_ptr<std::atomic<bool>> is_settled_;  // the folder's own name is on disk; of all copies
};

/// Moves a payload of more than `max_bytes` to the store and leaves its hash in the record.
void move_large_payload(Record& record, const BlobStore& blobs, std::size_t max_bytes = std::size_t{64} << 10);

/// The payload, wherever it is. Throws like BlobStore::get().
Bytes payload_of(const Record& record, const BlobStore& blobs);

}  // namespace jury
