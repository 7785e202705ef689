// Event files of TensorBoard.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/export/protobuf.hpp"

namespace jury {

/// Records of tensorflow.Event, each between its length and checksums as a TFRecord
/// (https://www.tensorflow.org/tutorials/load_data/tfrecord; messages as in tensorflow/core/util/event.proto and
/// framework/summary.proto).
class EventFile {
 public:
  /// Begins with the version record, of this Unix time.
  explicit EventFile(double seconds);

  /// A point of a curve.
  void scalar(double seconds, std::int64_t step, const std::string& tag, double value);
  /// A summary without a value, that a plugin reads.
  void plugin(double seconds, const std::string& tag, const std::string& plugin, const ProtoMessage& content);

  const std::string& bytes() const noexcept { return bytes_; }

 private:
  void add(const ProtoMessage& event);

  std::string bytes_;
};

}  // namespace jury
