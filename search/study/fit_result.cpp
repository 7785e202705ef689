#include "search/study/fit_result.hpp"

namespace jury {
namespace {

constexpr std::uint32_t kFitVersion = 4;

void write(ByteWriter& writer, const FitResult& r) {
  writer.add(r.num_train).add(r.num_valid).add(r.num_params).add(r.num_steps);
  writer.add(r.num_epochs).add(r.best_epoch).add(r.weight).add(r.round_error).add(r.held_out_loss).add(r.oob_score).add(r.oob_rows).add(std::string_view(r.outcome));
  writer.add(static_cast<std::uint8_t>(r.is_last ? 1 : 0));
  writer.add(r.curve_loss).add(r.curve_lr).add(r.curve_valid_loss);
  writer.add(r.curve_valid_scores).add(std::uint64_t{r.curve_metrics.size()});
  for (const std::string& name : r.curve_metrics) writer.add(std::string_view(name));
  writer.add(r.train_scores);
  writer.add(r.valid).add(r.oob).add(r.test).add(r.apparent).add(r.weights).add(r.latest).add(r.network).add(r.preprocess);
  writer.add(r.offset).add(r.steps);
}

FitResult read_fit(ByteReader& reader) {
  FitResult r;
  r.num_train = reader.read<std::int64_t>();
  r.num_valid = reader.read<std::int64_t>();
  r.num_params = reader.read<std::int64_t>();
  r.num_steps = reader.read<std::int64_t>();
  r.num_epochs = reader.read<std::int32_t>();
  r.best_epoch = reader.read<std::int32_t>();
  r.weight = reader.read<double>();
  r.round_error = reader.read<double>();
  r.held_out_loss = reader.read<double>();
  r.oob_score = reader.read<double>();
  r.oob_rows = reader.read<std::int64_t>();
  r.outcome = reader.text();
  r.is_last = reader.read<std::uint8_t>() != 0;
  r.curve_loss = reader.vector<double>();
  r.curve_lr = reader.vector<double>();
  r.curve_valid_loss = reader.vector<double>();
  r.curve_valid_scores = reader.vector<double>();
  for (auto left = reader.read<std::uint64_t>(); left > 0; --left) r.curve_metrics.push_back(reader.text());
  r.train_scores = reader.vector<double>();
  r.valid = reader.vector<float>();
  r.oob = reader.vector<float>();
  r.test = reader.vector<float>();
  r.apparent = reader.vector<float>();
  r.weights = reader.vector<float>();
  r.latest = reader.vector<float>();
  r.network = reader.vector<std::byte>();
  r.preprocess = reader.vector<std::byte>();
  r.offset = reader.vector<double>();
  r.steps = reader.vector<double>();
  return r;
}

}  // namespace

FitResult without_arrays(const FitResult& result) {
  FitResult light = result;
  light.valid = light.oob = light.test = light.weights = light.latest = {};
  light.network = light.preprocess = {};
  return light;
}

Bytes to_bytes(const TaskResult& result) {
  ByteWriter writer;
  writer.add(kFitVersion).add(std::uint64_t{result.fits.size()});
  for (const FitOutcome& fit : result.fits) {
    writer.add(fit.state).add(std::string_view(fit.message));
    write(writer, fit.result);
  }
  writer.add(result.continuation);
  return writer.take();
}

TaskResult read_task_result(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  if (reader.read<std::uint32_t>() != kFitVersion) throw DataError("a fit's record is of another version of jury");
  TaskResult result;
  for (auto left = reader.read<std::uint64_t>(); left > 0; --left) {
    const auto state = reader.read<TaskState>();
    std::string message = reader.text();
    result.fits.push_back({state, std::move(message), read_fit(reader)});
  }
  result.continuation = reader.vector<std::byte>();
  if (!reader.empty()) throw DataError("a fit's record has bytes too many (damaged or of another version)");
  return result;
}

}  // namespace jury
