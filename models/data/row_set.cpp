#include "models/data/row_set.hpp"

#include <algorithm>

namespace jury {
namespace {

// Number of ones, without a header for it in row_set.hpp.
std::size_t ones(std::uint64_t word) noexcept { return static_cast<std::size_t>(__builtin_popcountll(word)); }

}  // namespace

RowSet::RowSet(std::uint64_t domain, std::span<const std::uint32_t> rows) : domain_(domain) {
  if (rows.empty()) return;
  words_.resize(*std::max_element(rows.begin(), rows.end()) / 64U + 1U);
  for (const std::uint32_t row : rows) words_[row / 64U] |= std::uint64_t{1} << (row % 64U);
}

bool RowSet::contains(std::uint64_t domain, std::uint32_t row) const noexcept {
  if (domain != domain_ || row / 64U >= words_.size()) return false;
  return (words_[row / 64U] >> (row % 64U) & 1U) != 0;
}

bool RowSet::intersects(const RowSet& other) const noexcept {
  if (domain_ != other.domain_) return false;
  const std::size_t common = std::min(words_.size(), other.words_.size());
  for (std::size_t i = 0; i < common; ++i)
    if ((words_[i] & other.words_[i]) != 0) return true;
  return false;
}

std::size_t RowSet::count() const noexcept {
  std::size_t total = 0;
  for (const std::uint64_t word : words_) total += ones(word);
  return total;
}

void RowSet::insert(std::uint32_t row) {
  if (row / 64U >= words_.size()) words_.resize(row / 64U + 1U);
  words_[row / 64U] |= std::uint64_t{1} << (row % 64U);
}

void RowSet::insert(const RowSet& other) {
  if (other.words_.empty()) return;
  if (words_.empty()) domain_ = other.domain_;
  JURY_EXPECTS(domain_ == other.domain_);
  words_.resize(std::max(words_.size(), other.words_.size()));
  for (std::size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
}

void RowSet::save(ByteWriter& writer) const { writer.add(domain_).add(words_); }

RowSet RowSet::load(ByteReader& reader) {
  RowSet set;
  set.domain_ = reader.read<std::uint64_t>();
  set.words_ = reader.vector<std::uint64_t>();
  while (!set.words_.empty() && set.words_.back() == 0) set.words_.pop_back();
  return set;
}

bool RowSet::operator==(const RowSet& other) const noexcept {
  return domain_ == other.domain_ && words_ == other.words_;
}

}  // namespace jury
