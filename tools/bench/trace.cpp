#include "tools/bench/trace.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "models/nn/predict.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/store/file.hpp"
#include "tools/bench/npy_file.hpp"

namespace jury {
namespace {

// (steps, batch): the batches of train(), which shuffles the draws of each epoch from their order.
std::vector<std::int32_t> batches_of(const TraceRequest& request, std::uint64_t shuffle_key) {
  const std::size_t num_draws = request.bench.rows.size(), batch = batch_rows(request.train, num_draws);
  std::vector<std::int32_t> batches;
  Rng rng(shuffle_key);
  std::vector<std::uint32_t> draws(num_draws);
  const auto steps = static_cast<std::size_t>(request.train.max_steps);
  while (batches.size() < steps * batch) {
    std::iota(draws.begin(), draws.end(), 0U);
    shuffle(std::span(draws), rng);
    for (const std::uint32_t draw : draws) batches.push_back(static_cast<std::int32_t>(request.bench.rows[draw]));
    batches.resize((batches.size() + batch - 1) / batch * batch, -1);
  }
  batches.resize(steps * batch);
  return batches;
}

nlohmann::ordered_json describe(const TraceRequest& request, const Network& network) {
  const BenchCase& bench = request.bench;
  const ModelOptions& model = bench.net.model;
  const TrainOptions& train = request.train;
  auto tensors = nlohmann::ordered_json::array();
  for (const Tensor& tensor : network.tensors())
    tensors.push_back({{"name", tensor.name}, {"shape", tensor.shape}, {"offset", tensor.offset}});
  return {{"net", bench.net.name},
          {"model",
           {{"type", model.type},
            {"hidden", model.hidden},
            {"channels", model.channels},
            {"kernel", model.kernel},
            {"pool", model.pool},
            {"batch_norm", model.batch_norm},
            {"dropout2d", model.dropout2d}}},
          {"train",
           {{"optimizer", train.optimizer},
            {"lr", train.lr},
            {"momentum", train.momentum},
            {"weight_decay", train.weight_decay}}},
          {"num_train", bench.dataset.num_train()},
          {"input", bench.net.input},
          {"outputs", bench.net.outputs},
          {"tensors", tensors}};
}

}  // namespace

void write_trace(const TraceRequest& request) {
  const BenchCase& bench = request.bench;
  const TrainStreams streams{.init = stream_key(request.seed, Purpose::init, {}),
                             .shuffle = stream_key(request.seed, Purpose::shuffle, {}),
                             .dropout = stream_key(request.seed, Purpose::dropout, {})};
  PlanCache plans;
  const TrainResult trained = train(bench.spec, request.train, bench.training_set(), streams, {plans, StopFlag()});
  if (trained.steps != request.train.max_steps || trained.status != TrainStatus::completed)
    throw Error("the training ended before its last step (choose a smaller learning rate)");

  std::vector<std::uint32_t> all(bench.dataset.rows());
  std::iota(all.begin(), all.end(), 0U);
  const std::size_t width = bench.pipeline.width(), outputs = static_cast<std::size_t>(bench.spec.outputs);
  std::vector<float> inputs(all.size() * width), predicted(all.size() * outputs);
  bench.pipeline.gather(bench.dataset, all, inputs.data());
  predict({.spec = bench.spec, .weights = trained.weights, .pipeline = bench.pipeline}, bench.dataset, all, plans,
          predicted);

  const Network network(bench.spec);
  const std::vector<float> first = network.initial_weights(streams.init);
  const auto steps = static_cast<std::size_t>(trained.steps);
  std::filesystem::create_directories(request.directory);
  const auto path = [&](const char* file) { return request.directory + "/" + file; };
  write_npy(path("inputs.npy"), inputs, {all.size(), width});
  write_npy(path("labels.npy"), bench.dataset.labels(), {all.size()});
  write_npy(path("batches.npy"), batches_of(request, streams.shuffle),
            {steps, batch_rows(request.train, bench.rows.size())});
  write_npy(path("weights_first.npy"), first, {first.size()});
  write_npy(path("weights_last.npy"), trained.weights, {trained.weights.size()});
  write_npy(path("outputs.npy"), predicted, {all.size(), outputs});
  replace_file(path("trace.json"), describe(request, network).dump(2) + "\n");
}

}  // namespace jury
