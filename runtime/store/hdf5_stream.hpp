// What passes between a reading child and its parent: a question is a length and that many bytes, its answer messages
// of a kind, a length and that many bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/store/hdf5_diff.hpp"
#include "runtime/store/hdf5_reader.hpp"

namespace jury::hdf5_stream {

enum class Message : std::uint8_t {
  data_error = 1,  ///< text; ends the answer
  io_error,        ///< text; ends the answer
  entry,           ///< path, kind
  attributes,      ///< of the group that was asked for
  array,           ///< path, type, dims, attributes; then its elements
  numbers,         ///< the next elements, raw
  texts,           ///< the next elements
  difference,      ///< path, index, text
  done,            ///< the answer is complete
};

inline constexpr std::size_t kPrefixBytes = sizeof(std::uint8_t) + sizeof(std::uint64_t);
/// No question is longer.
inline constexpr std::size_t kMostQuestionBytes = std::size_t{1} << 20;
/// No message is longer, but for one with a single long text.
inline constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

Bytes to_bytes(const Attributes& attributes);
Attributes attributes_from(ByteReader& in);

/// The head of an array, without its elements.
Bytes to_bytes(const Hdf5Array& array);
Hdf5Array array_from(ByteReader& in);

Bytes to_bytes(const Hdf5Difference& difference);
Hdf5Difference difference_from(ByteReader& in);

}  // namespace jury::hdf5_stream
