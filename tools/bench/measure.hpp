// Training steps and predictions against the bare products of their shapes, in turn in one run.
#pragma once

#include <optional>

#include "tools/bench/bench_net.hpp"

namespace jury {

struct MeasureOptions {
  int repeats = 11;       ///< pairs of measurements; medians are taken over them
  double seconds = 0.05;  ///< about how long each of them takes
};

/// Medians; those of the products are missing where BareProducts knows none.
struct Measurement {
  double seconds = 0;                                    ///< of one step, or of one ensemble's predictions
  double flops = 0;                                      ///< of its products, a multiply-add counted as two
  std::optional<double> product_seconds = std::nullopt;  ///< the same products alone
  std::optional<double> ratio = std::nullopt;            ///< of seconds to product_seconds, pair by pair
};

/// One step of train() with Adam: gather through the preprocessing, forward, loss, backward, update, and its share
/// of an epoch's shuffle. What a training costs once (first weights, binding its plans) is measured by one of a
/// single step, and taken off. Throws ConfigError as make_case() does. Expects use_threads() before.
Measurement measure_steps(const BenchNet& net, const MeasureOptions& options);

/// What measure_predict() asks, and of how many.
inline constexpr int kPredictRows = 10'000;
inline constexpr int kPredictMembers = 25;

/// predict() of kPredictRows rows by kPredictMembers networks of one shape, against the forward products of as
/// many blocks.
Measurement measure_predict(const BenchNet& net, const MeasureOptions& options);

}  // namespace jury
