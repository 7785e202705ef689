#include "tools/bench/bench_net.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/data/dataset_builder.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"

namespace jury {
std::span<const BenchNet> bench_nets() {
  static const std::vector<BenchNet> nets = {
      {.name = "13-50-2@32", .model = {.hidden = {50}}, .input = {13}, .outputs = 2, .batch = 32},
      {.name = "20-64-64-2@64", .model = {.hidden = {64, 64}}, .input = {20}, .outputs = 2, .batch = 64},
      {.name = "64-100-10@128",
       .model = {.hidden = {100}},
       .input = {64},
       .outputs = 10,
       .batch = 128,
       .storage = Storage::u8},
      {.name = "784-256-10@256",
       .model = {.hidden = {256}},
       .input = {784},
       .outputs = 10,
       .batch = 256,
       .storage = Storage::u8},
      {.name = "784-256-10@256-bf16",
       .model = {.hidden = {256}},
       .input = {784},
       .outputs = 10,
       .batch = 256,
       .storage = Storage::u8,
       .precision = "bf16"},
      {.name = "54-256-256-7@512", .model = {.hidden = {256, 256}}, .input = {54}, .outputs = 7, .batch = 512},
      {.name = "54-256-256-7@512-bf16",
       .model = {.hidden = {256, 256}},
       .input = {54},
       .outputs = 7,
       .batch = 512,
       .precision = "bf16"},
      {.name = "cnn-8@32",
       .model = {.type = "cnn", .hidden = {32}, .batch_norm = true, .channels = {8}},
       .input = {1, 8, 8},
       .outputs = 10,
       .batch = 32},
      {.name = "cnn@128",
       .model = {.type = "cnn", .hidden = {128}, .batch_norm = true, .channels = {32, 64}, .dropout2d = 0.25},
       .input = {1, 28, 28},
       .outputs = 10,
       .batch = 128,
       .storage = Storage::u8},
  };
  return nets;
}

std::vector<BenchNet> bench_nets_called(std::span<const std::string> names) {
  const auto all = bench_nets();
  if (names.empty()) return {all.begin(), all.end()};
  std::vector<BenchNet> chosen;
  for (const std::string& wanted : names) {
    const auto net = std::ranges::find(all, wanted, &BenchNet::name);
    if (net != all.end()) {
      chosen.push_back(*net);
      continue;
    }
    std::vector<std::string_view> known;
    for (const BenchNet& one : all) known.push_back(one.name);
    throw ConfigError(fmt::format("no network of the benchmarks is called '{}' (known: {}){}", wanted,
                                  fmt::join(known, ", "), nearest_suggestion(wanted, known)));
  }
  return chosen;
}

Dataset made_up_data(const BenchNet& net, std::size_t rows) {
  DataSchema schema;
  for (std::size_t i = 0; i < volume(net.input); ++i) schema.features.emplace_back().name = "x" + std::to_string(i);
  for (std::int32_t i = 0; i < net.outputs; ++i) schema.classes.push_back(std::to_string(i));
  schema.targets = {"y"};
  if (net.input.size() > 1) schema.shape = {net.input.begin(), net.input.end()};
  DatasetBuilder builder(schema, {.num_train = rows, .storage = net.storage});
  Rng rng(2);
  for (float& x : builder.numeric()) x = static_cast<float>(rng.normal());
  for (std::uint8_t& x : builder.bytes()) x = static_cast<std::uint8_t>(rng.below(256));
  for (std::int32_t& y : builder.labels()) y = static_cast<std::int32_t>(rng.below(schema.classes.size()));
  return Dataset::own(std::move(builder).finish());
}

BenchCase make_case(const BenchNet& net, const Dataset& dataset) {
  if (dataset.task() != TaskKind::classification || dataset.num_classes() != static_cast<std::size_t>(net.outputs))
    throw ConfigError(fmt::format("the network {} tells {} classes apart (the data has {})", net.name, net.outputs,
                                  dataset.num_classes()));
  const NetworkSpec spec = make_network(net.model, Inputs(net.input), {TaskKind::classification, net.outputs});
  std::vector<std::uint32_t> rows(dataset.num_train());
  std::iota(rows.begin(), rows.end(), 0U);
  const auto pipeline = fit_pipeline(dataset, default_steps(dataset), rows);
  if (pipeline->width() != volume(net.input))
    throw ConfigError(fmt::format("the network {} takes {} inputs (the data makes {})", net.name, volume(net.input),
                                  pipeline->width()));
  BenchCase bench{.net = net, .spec = spec, .dataset = dataset, .pipeline = *pipeline, .rows = std::move(rows)};
  check_training(spec, {.batch = net.batch, .precision = net.precision}, dataset);
  return bench;
}

}  // namespace jury
