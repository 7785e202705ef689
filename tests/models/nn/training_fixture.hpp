// What tests of whole trainings have in common.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "models/nn/predict.hpp"
#include "models/nn/session.hpp"
#include "models/nn/train.hpp"
#include "toy_data.hpp"

namespace jury {

constexpr TrainStreams kStreams{
    .init = 11, .shuffle = 12, .dropout = 13, .augment = 14, .noise = 15, .early_stopping = 16};

class Training : public testing::Test {
 protected:
  void SetUp() override { use_threads(1); }

  TrainResult fit(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set,
                  const TrainStreams& streams = kStreams) {
    return train(spec, options, set, streams, {plans_, stop_});
  }
  /// From `initial` weights.
  TrainResult fit_from(std::span<const float> initial, const NetworkSpec& spec, const TrainOptions& options,
                       const TrainingSet& set) {
    return train(spec, options, set, kStreams, {plans_, stop_, initial});
  }
  std::vector<float> predicted(const ToyData& data, const NetworkSpec& spec, const TrainResult& result) {
    std::vector<float> out(data.rows.size() * static_cast<std::size_t>(spec.outputs));
    predict({spec, result.weights, data.pipeline, data.target_scaler()}, data.dataset, data.rows, plans_, out);
    return out;
  }

  PlanCache plans_;
  StopFlag stop_;
};

}  // namespace jury
