// The latest records of a journal, while another process writes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/store/journal.hpp"

namespace jury {

/// Follows a journal without a lock and without writing: for looking on, never for deciding. What is damaged or not
/// whole yet is passed over; a journal that was replaced is begun anew.
class JournalTail {
 public:
  explicit JournalTail(std::string path, FileSystem& files = system_files()) : path_(std::move(path)), files_(files) {}

  /// Records that came since the last call; of the first call, those in the last MiB. A record whose frame is being
  /// written comes with a later call. Throws IoError when the journal cannot be read, DataError when it is none.
  std::vector<Record> take();
  /// Bytes of the journal at the last call.
  std::uint64_t size() const noexcept { return size_; }

 private:
  std::string path_;
  FileSystem& files_;
  std::uint64_t size_ = 0;
  std::uint64_t next_ = 0;  // where the next frame is to be
};

}  // namespace jury
