#include "models/data/block.hpp"

namespace jury {

const char* name(TaskKind task) noexcept { return task == TaskKind::classification ? "classification" : "regression"; }

std::size_t count_features(const DataSchema& schema, FeatureKind kind) noexcept {
  std::size_t count = 0;
  for (const Feature& feature : schema.features) count += feature.kind == kind ? 1U : 0U;
  return count;
}

Bytes save_schema(const DataSchema& schema) {
  ByteWriter writer;
  writer.add(schema.task).add(std::uint64_t{schema.features.size()});
  for (const Feature& feature : schema.features)
    writer.add(std::string_view(feature.name))
        .add(feature.kind)
        .add(feature.index)
        .add(feature.num_missing)
        .add(feature.vocabulary);
  writer.add(schema.classes).add(schema.targets).add(schema.shape).add(schema.dropped).add(schema.warnings);
  writer.add(schema.columns).add(static_cast<std::uint8_t>(schema.named ? 1 : 0));
  return writer.take();
}

DataSchema load_schema(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  DataSchema schema;
  schema.task = reader.read<TaskKind>();
  const auto count = reader.read<std::uint64_t>();
  if (count > bytes.size()) throw DataError("dataset block is damaged (more features than bytes)");
  schema.features.resize(count);
  for (Feature& feature : schema.features) {
    feature.name = reader.text();
    feature.kind = reader.read<FeatureKind>();
    feature.index = reader.read<std::uint32_t>();
    feature.num_missing = reader.read<std::uint64_t>();
    feature.vocabulary = reader.texts();
  }
  schema.classes = reader.texts();
  schema.targets = reader.texts();
  schema.shape = reader.vector<std::int64_t>();
  schema.dropped = reader.texts();
  schema.warnings = reader.texts();
  schema.columns = reader.texts();
  schema.named = reader.read<std::uint8_t>() != 0;
  if (!reader.empty()) throw DataError("dataset block is damaged (bytes after the schema)");
  return schema;
}

}  // namespace jury
