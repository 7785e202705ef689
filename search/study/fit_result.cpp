#include "search/study/fit_result.hpp"

#include <functional>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

constexpr std::uint32_t kFitVersion = 4;

void write(ByteWriter& writer, const FitResult& r) {
  writer.add(r.num_train).add(r.num_valid).add(r.num_params).add(r.num_steps);
  writer.add(r.num_epochs)
      .add(r.best_epoch)
      .add(r.weight)
      .add(r.round_error)
      .add(r.held_out_loss)
      .add(r.oob_score)
      .add(r.oob_rows)
      .add(std::string_view(r.outcome));
  writer.add(static_cast<std::uint8_t>(r.is_last ? 1 : 0));
  writer.add(r.curve_loss).add(r.curve_lr).add(r.curve_valid_loss);
  writer.add(r.curve_valid_scores).add(std::uint64_t{r.curve_metrics.size()});
  for (const std::string& name : r.curve_metrics) writer.add(std::string_view(name));
  writer.add(r.train_scores);
  writer.add(r.valid)
      .add(r.oob)
      .add(r.test)
      .add(r.apparent)
      .add(r.weights)
      .add(r.latest)
      .add(r.network)
      .add(r.preprocess);
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

// `take` gets each fit, and where its result begins and ends.
using TakeFit = std::function<void(FitOutcome fit, std::size_t begin, std::size_t end)>;

Bytes read_task(std::span<const std::byte> bytes, const TakeFit& take) {
  ByteReader reader(bytes);
  if (reader.read<std::uint32_t>() != kFitVersion) throw DataError("a fit's record is of another version of jury");
  const auto place = [&] { return bytes.size() - reader.num_left(); };
  for (auto left = reader.read<std::uint64_t>(); left > 0; --left) {
    FitOutcome fit;
    fit.state = reader.read<TaskState>();
    fit.message = reader.text();
    const std::size_t begin = place();
    fit.result = read_fit(reader);
    take(std::move(fit), begin, place());
  }
  Bytes continuation = reader.vector<std::byte>();
  if (!reader.empty()) throw DataError("a fit's record has bytes too many (damaged or of another version)");
  return continuation;
}

}  // namespace

FitResult FitOutcome::whole() const {
  if (!stored) return result;
  const Bytes bytes = stored->blobs.get_part(stored->block, stored->offset, stored->size);
  if (hash_bytes(bytes) != stored->hash)
    throw DataError("'" + stored->blobs.path(stored->block) + "' is damaged (it has changed while it was used)");
  ByteReader reader(bytes);
  return read_fit(reader);
}

std::vector<float> FitOutcome::array(FitArray which) const {
  return stored ? std::move(whole().*which) : result.*which;
}

FitResult without_arrays(FitResult result) {
  // Swapped out: an assignment would keep the memory.
  for (const FitArray array : {&FitResult::valid, &FitResult::oob, &FitResult::test, &FitResult::apparent,
                               &FitResult::weights, &FitResult::latest})
    std::vector<float>().swap(result.*array);
  for (Bytes FitResult::*const bytes : {&FitResult::network, &FitResult::preprocess}) Bytes().swap(result.*bytes);
  return result;
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
  TaskResult result;
  result.continuation =
      read_task(bytes, [&](FitOutcome fit, std::size_t, std::size_t) { result.fits.push_back(std::move(fit)); });
  return result;
}

TaskResult read_stored_task_result(const BlobStore& blobs, std::uint64_t block) {
  const Bytes bytes = blobs.get(block);
  TaskResult result;
  result.continuation = read_task(bytes, [&](FitOutcome fit, std::size_t begin, std::size_t end) {
    const bool has_model = !fit.result.network.empty();
    fit.result = without_arrays(std::move(fit.result));
    fit.stored = StoredFit{.blobs = blobs,
                           .block = block,
                           .offset = begin,
                           .size = end - begin,
                           .hash = hash_bytes(std::span(bytes).subspan(begin, end - begin)),
                           .has_model = has_model};
    result.fits.push_back(std::move(fit));
  });
  return result;
}

}  // namespace jury
