#include "runtime/store/journal_tail.hpp"

#include <algorithm>

#include "runtime/store/journal_format.hpp"

namespace jury {
namespace {

using namespace journal_format;

constexpr std::uint64_t kLookBackBytes = std::uint64_t{1} << 20;

}  // namespace

std::vector<Record> JournalTail::take() {
  const File disk = File::read_only(path_, files_);
  if (disk.size() == size_ && next_ > 0) return {};
  JournalFile file(disk);
  if (file.size() < next_) next_ = 0;
  size_ = file.size();
  if (next_ == 0) next_ = std::max(file.head_end(), size_ - std::min(size_, kLookBackBytes));
  std::vector<Record> records;
  for (auto at = file.find_frame(next_); at; at = file.find_frame(next_)) {
    const Frame frame = *file.frame_at(*at);
    next_ = *at + frame.size_bytes();
    if (frame.kind != kRecord) continue;
    try {
      records.push_back(record_from_bytes(frame.payload));
    } catch (const DataError&) {  // 'jury resume --check' says what it is
    }
  }
  return records;
}

}  // namespace jury
