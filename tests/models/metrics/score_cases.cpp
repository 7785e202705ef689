// Scores cases that scikit_learn_test.py writes: from standard input
//
//   classes|values|means_and_variances <rows> <outputs>     then a line a row: weight, truth (one class, or <outputs>
//   values),
//                                                           predictions
//
// again and again; to standard output a line "<name> <score>" for each score that applies, then an empty one.
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "models/metrics/scores.hpp"

int main() {
  using namespace jury;
  std::string what;
  for (std::size_t rows = 0, outputs = 0; std::cin >> what >> rows >> outputs;) {
    Truth truth{.outcome = what == "classes" ? Outcome::classes : Outcome::values, .num_outputs = outputs};
    if (what == "means_and_variances") truth.kind = ValueKind::means_and_variances;
    std::vector<float> weights(rows), predictions(rows * truth.width());
    std::vector<std::int32_t> labels(truth.outcome == Outcome::classes ? rows : 0);
    std::vector<double> values(truth.outcome == Outcome::values ? rows * outputs : 0);
    for (std::size_t row = 0; row < rows; ++row) {
      std::cin >> weights[row];
      if (!labels.empty()) std::cin >> labels[row];
      for (std::size_t k = 0; k < outputs && !values.empty(); ++k) std::cin >> values[row * outputs + k];
      for (std::size_t k = 0; k < truth.width(); ++k) std::cin >> predictions[row * truth.width() + k];
    }
    if (!std::cin) return 2;
    truth.weights = weights;
    truth.labels = labels;
    truth.values = values;
    for (const Metric& metric : metrics()) {
      const bool suits = metric.outcome == truth.outcome &&
                         (metric.needs == ValueKind::values || metric.needs == truth.kind) &&
                         (metric.num_classes == 0 || metric.num_classes == outputs);
      if (suits) std::printf("%s %.17g\n", std::string(metric.name).c_str(), score(metric, truth, predictions));
    }
    std::puts("");
  }
  return 0;
}
