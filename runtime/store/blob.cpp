#include "runtime/store/blob.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {

BlobStore::BlobStore(std::string folder, FileSystem& files) : folder_(std::move(folder)), files_(&files) {}

std::string BlobStore::path(std::uint64_t hash) const { return folder_ + "/" + hex(hash); }

std::uint64_t BlobStore::put(std::span<const std::byte> bytes) const {
  const std::uint64_t hash = hash_bytes(bytes);
  if (files_->mkdir(folder_.c_str(), 0755) == 0) {
    sync_folder(folder_of(folder_), *files_);
  } else if (errno != EEXIST) {
    throw_errno("cannot create the folder", folder_);
  }
  struct stat about {};
  const bool there = ::lstat(path(hash).c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
                     static_cast<std::uint64_t>(about.st_size) == bytes.size() &&
                     hash_bytes(read_file(path(hash), bytes.size())) == hash;
  if (there) {
    sync_folder(folder_, *files_);  // whoever renamed it may not have come to this
  } else {
    replace_file(path(hash), bytes, *files_);
  }
  return hash;
}

Bytes BlobStore::get(std::uint64_t hash) const {
  Bytes bytes = read_file(path(hash), std::uint64_t{1} << 40);
  if (hash_bytes(bytes) != hash)
    throw DataError("'" + path(hash) + "' is damaged (its content does not have the hash it is named by)");
  return bytes;
}

Bytes BlobStore::get_part(std::uint64_t hash, std::uint64_t offset, std::size_t size) const {
  const File file = File::read_only(path(hash));
  Bytes bytes(size);
  if (file.read_at(offset, bytes) != size) throw DataError("'" + path(hash) + "' is damaged (it ends early)");
  return bytes;
}

void move_large_payload(Record& record, const BlobStore& blobs, std::size_t max_bytes) {
  if (record.payload.size() <= max_bytes) return;
  record.blob = blobs.put(record.payload);
  record.payload = Bytes();
}

Bytes payload_of(const Record& record, const BlobStore& blobs) {
  return record.blob ? blobs.get(*record.blob) : record.payload;
}

}  // namespace jury
