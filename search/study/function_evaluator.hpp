// Does one task of a search over a function: the function's value at a trial's point.
#pragma once

#include <optional>
#include <string>

#include "runtime/pool/evaluator.hpp"
#include "search/study/experiment.hpp"
#include "search/study/trial_settings_file.hpp"

namespace jury {

class FunctionEvaluator final : public Evaluator {
 public:
  /// `directory` is that of the run. The experiment must outlive this.
  FunctionEvaluator(const Experiment& experiment, const std::string& directory)
      : experiment_(experiment), settings_(directory) {}

  std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) override;

 private:
  const Experiment& experiment_;
  TrialSettingsReader settings_;
};

}  // namespace jury
