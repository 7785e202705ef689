// What is fuzzed: every reader of bytes that somebody else may have written.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// One reader. It must read any bytes or throw an Error, soon and in bounded memory.
struct FuzzTarget {
  std::string_view name;
  std::vector<Bytes> (*samples)();  ///< valid inputs, small
  void (*read)(const Bytes& input);
};

std::span<const FuzzTarget> data_targets();   ///< files of samples
std::span<const FuzzTarget> hdf5_targets();   ///< through the limited child, and what that child says
std::span<const FuzzTarget> study_targets();  ///< experiments, records' payloads, checkpoints, stored models
std::span<const FuzzTarget> store_targets();  ///< journal, records, messages

/// The results file of a small finished study.
std::vector<Bytes> fuzz_results_samples();

/// A sample with a few changes: bits, bytes, ranges copied, removed or repeated, parts of another sample, numbers
/// replaced by hostile ones, as text and in binary.
Bytes mutate(std::span<const Bytes> samples, Rng& rng);

inline Bytes fuzz_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}
inline std::string fuzz_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace jury
