#include "models/nn/training_state.hpp"

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::uint32_t kStateVersion = 1;

void save_curve(ByteWriter& writer, const std::vector<EpochRecord>& curve) {
  writer.add(std::uint64_t{curve.size()});
  for (const EpochRecord& epoch : curve)
    writer.add(epoch.train_loss).add(epoch.lr).add(epoch.valid_loss).add(epoch.valid_scores);
}

std::vector<EpochRecord> load_curve(ByteReader& reader) {
  std::vector<EpochRecord> curve;
  for (auto left = reader.read<std::uint64_t>(); left > 0; --left) {
    EpochRecord epoch;
    epoch.train_loss = reader.read<double>();
    epoch.lr = reader.read<double>();
    epoch.valid_loss = reader.read<double>();
    epoch.valid_scores = reader.vector<double>();
    curve.push_back(std::move(epoch));
  }
  return curve;
}

}  // namespace

Bytes TrainingState::save() const {
  ByteWriter writer;
  writer.add(kStateVersion);
  save_block(writer, params);
  optimizer->save(writer);
  writer.add(shuffle.key()).add(shuffle.position());
  writer.add(static_cast<std::uint8_t>(stopping ? 1 : 0));
  if (stopping) stopping->save(writer);
  writer.add(best);
  writer.add(static_cast<std::uint8_t>(average ? 1 : 0));
  if (average) average->save(writer);
  writer.add(epochs).add(steps).add(static_cast<std::uint8_t>(ended ? 1 : 0));
  save_curve(writer, curve);
  return writer.take();
}

void TrainingState::load(std::span<const std::byte> bytes) {
  const auto expect = [](bool same) {
    if (!same) throw DataError("the checkpoint is of another training");
  };
  ByteReader reader(bytes);
  expect(reader.read<std::uint32_t>() == kStateVersion);
  load_block(reader, params);
  optimizer->load(reader);
  const auto key = reader.read<std::uint64_t>();
  expect(key == shuffle.key());
  shuffle = Rng(key, reader.read<std::uint64_t>());
  expect((reader.read<std::uint8_t>() != 0) == stopping.has_value());
  if (stopping) stopping->load(reader);
  best = reader.vector<float>();
  expect((reader.read<std::uint8_t>() != 0) == average.has_value());
  if (average) average->load(reader);
  epochs = reader.read<std::int32_t>();
  steps = reader.read<std::int64_t>();
  ended = reader.read<std::uint8_t>() != 0;
  curve = load_curve(reader);
  expect(reader.empty());
}

}  // namespace jury
