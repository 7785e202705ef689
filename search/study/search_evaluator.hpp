// Does one task of a search: finds its trial's settings and does what a study would.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>

#include "runtime/pool/evaluator.hpp"
#include "search/study/study_evaluator.hpp"
#include "search/study/trial_settings_file.hpp"

namespace jury {

class SearchEvaluator final : public Evaluator {
 public:
  /// The context is shared by all threads and must outlive this.
  explicit SearchEvaluator(const TrialContext& context) : context_(context), settings_(context.directory) {}

  std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) override;

 private:
  struct Known {
    Known(const TrialContext& context, const TrialId& trial, const TrialSettings& settings, TrainingCaches& caches);
    TrialId id;
    TrialPlan trial;
    StudyEvaluator evaluator;
    std::unique_ptr<StudyEvaluator> outer;  // of an outer fold
  };
  Known& find(const TrialId& id);

  const TrialContext& context_;
  TrialSettingsReader settings_;
  TrainingCaches caches_;
  std::list<Known> known_;  // the latest first
};

}  // namespace jury
