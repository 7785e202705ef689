// A disk in memory that knows what a power cut leaves of files and folders.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// A file or a folder: what programs see of it (the cache), what is on the platters, and the changes
/// between the two in the order in which they were made.
///
/// The model is as unfriendly as POSIX allows. Without a sync each change reaches the platters or not, in
/// any combination and whatever came before or after it; a write is torn at sectors. A sync of a file says
/// nothing of its name. Renames are atomic. After a failed sync some bytes are given up for good although
/// the cache still shows them, as Linux does (Rebello et al. 2020, "Can applications recover from fsync
/// failures?"); names are not, since a file system that cannot write its log stops altogether.
class FakeNode {
 public:
  using Names = std::map<std::string, std::shared_ptr<FakeNode>>;
  static constexpr std::size_t kSectorBytes = 64;  // smaller than a disk's, so that small files tear as well

  explicit FakeNode(bool is_folder, std::uint64_t number) : is_folder_(is_folder), number_(number) {}

  bool is_folder() const noexcept { return is_folder_; }
  std::uint64_t number() const noexcept { return number_; }
  const Bytes& content() const noexcept { return content_; }
  const Names& names() const noexcept { return names_; }

  void write(std::uint64_t offset, std::span<const std::byte> bytes) {
    change({.offset = offset, .bytes = Bytes(bytes.begin(), bytes.end())});
  }
  void truncate(std::uint64_t size) { change({.offset = size, .cuts = true}); }
  /// Gives nodes their names, or takes names away (null), all of them at once.
  void name(std::vector<std::pair<std::string, std::shared_ptr<FakeNode>>> names) {
    change({.names = std::move(names)});
  }

  /// Everything that was changed is on the platters.
  void sync() {
    for (const Change& change : unsynced_) apply(change, disk_, disk_names_);
    unsynced_.clear();
  }
  /// A sync that failed: some of it is, and the rest never will be.
  void fail_sync(Rng& rng) {
    if (is_folder_) return;
    for (const Change& change : unsynced_)
      if (change.cuts || rng.below(2) == 0) apply(change, disk_, disk_names_);
    unsynced_.clear();
  }
  /// What is left when the power goes, here and in all folders below.
  void cut_power(Rng& rng) {
    for (const Change& change : unsynced_) apply_in_part(change, rng);
    unsynced_.clear();
    content_ = disk_;
    names_ = disk_names_;
    for (const auto& [name, node] : names_) node->cut_power(rng);
  }

 private:
  struct Change {
    std::uint64_t offset = 0;  // of the bytes, or the new size
    bool cuts = false;
    Bytes bytes = {};
    std::vector<std::pair<std::string, std::shared_ptr<FakeNode>>> names = {};
  };

  void change(Change change) {
    apply(change, content_, names_);
    unsynced_.push_back(std::move(change));
  }

  static void apply(const Change& change, Bytes& content, Names& names) {
    for (const auto& [name, node] : change.names) {
      names.erase(name);
      if (node) names.emplace(name, node);
    }
    if (change.cuts) content.resize(change.offset);
    if (change.bytes.empty()) return;
    content.resize(std::max<std::size_t>(content.size(), change.offset + change.bytes.size()));
    std::copy(change.bytes.begin(), change.bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(change.offset));
  }

  void apply_in_part(const Change& change, Rng& rng) {
    const std::uint64_t fate = rng.below(4);
    if (fate == 0) return;
    if (fate == 1 || change.bytes.empty()) return apply(change, disk_, disk_names_);
    // The size may have been noted without the bytes; sectors arrive or do not.
    if (fate == 2) disk_.resize(std::max<std::size_t>(disk_.size(), change.offset + change.bytes.size()));
    for (std::size_t begin = 0; begin < change.bytes.size();) {
      const std::size_t to_edge = kSectorBytes - (change.offset + begin) % kSectorBytes;
      const std::size_t size = std::min(to_edge, change.bytes.size() - begin);
      const auto part = std::span<const std::byte>(change.bytes).subspan(begin, size);
      if (rng.below(2) == 0)
        apply({.offset = change.offset + begin, .bytes = Bytes(part.begin(), part.end())}, disk_, disk_names_);
      begin += size;
    }
  }

  bool is_folder_;
  std::uint64_t number_;
  Bytes content_, disk_;
  Names names_, disk_names_;
  std::vector<Change> unsynced_;
};

}  // namespace jury
