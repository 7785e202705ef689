// An ONNX model under construction: constants, nodes, inputs and outputs.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tools/export/protobuf.hpp"

namespace jury {

/// Builds a model of the operator set 13 of ONNX (ai.onnx.ml: 2), for any reader since ONNX 1.8 (2020). A value is its
/// name in the graph. The same calls give the same bytes.
class OnnxGraph {
 public:
  using Value = std::string;
  using Dims = std::vector<std::int64_t>;
  enum class Type : std::uint8_t { real = 1, whole = 7, text = 8 };  // numbers of TensorProto.DataType

  using Setting = std::variant<std::int64_t, double, std::string, Dims, std::vector<float>, std::vector<std::string>>;
  using Settings = std::vector<std::pair<std::string, Setting>>;

  /// Declares an input or output of the model. An extent of kRows is the number of rows.
  static constexpr std::int64_t kRows = -1;
  Value input(const std::string& name, Type type, const Dims& dims);
  void output(const std::string& name, const Value& value, Type type, const Dims& dims);

  /// Constants, row-major. Expect as many values as `dims` say.
  Value reals(const Dims& dims, std::span<const float> values);
  Value wholes(const Dims& dims, const std::vector<std::int64_t>& values);
  Value texts(std::span<const std::string> values);
  Value real(float value) { return reals({}, std::span(&value, 1)); }

  /// Adds a node and gives its first output. That of TopK has a second one, places_of() it.
  Value node(std::string_view op, const std::vector<Value>& inputs, const Settings& settings = {});

  /// Those along the last axis from `from` to before `until`.
  Value columns(const Value& x, std::int64_t from, std::int64_t until);

  static Value places_of(const Value& sorted) { return sorted + "_places"; }

  /// Says what a value is that readers cannot tell from its operation.
  void declare(const Value& value, Type type, const Dims& dims);

  /// The whole model. `about` are its metadata. Throws DataError when it is above the 2 GiB of a protocol buffer.
  std::string model(const std::vector<std::pair<std::string, std::string>>& about) const;

 private:
  Value add_constant(Type type, const Dims& dims, const ProtoMessage& content);

  ProtoMessage graph_;
  std::map<std::pair<Dims, std::vector<std::int64_t>>, Value> wholes_;  // each is stored once
  std::size_t num_constants_ = 0, num_nodes_ = 0;
  bool uses_ml_ = false;
};

}  // namespace jury
