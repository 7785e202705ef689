// A training written down so that another program can repeat it.
#pragma once

#include <cstdint>
#include <string>

#include "tools/bench/bench_net.hpp"

namespace jury {

struct TraceRequest {
  BenchCase bench;
  TrainOptions train;      ///< batch and number of steps count, epochs do not
  std::uint64_t seed = 1;  ///< of first weights and shuffles
  std::string directory;   ///< is made
};

/// Trains by train() and writes what it did:
///
///   inputs.npy         (rows, width) float32: training rows, then test rows, as preprocessed
///   labels.npy         (rows) int32
///   batches.npy        (steps, batch) int32: rows of each step in order; -1 where a batch has fewer
///   weights_first.npy  (parameters) float32: canonical dense, see `tensors`
///   weights_last.npy   (parameters) float32: after the last step
///   outputs.npy        (rows, classes) float32: predict() with these
///   trace.json         net, model, train (what another program needs of their options), num_train, input (shape
///                      of a sample), outputs, tensors (name, shape and offset of each)
///
/// Throws ConfigError for options that do not suit, IoError when a file cannot be written, Error when the
/// training diverges. Expects use_threads() before.
void write_trace(const TraceRequest& request);

}  // namespace jury
