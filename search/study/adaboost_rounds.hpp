// AdaBoost with any model of the project as its learner.
#pragma once

#include <vector>

#include "models/ensemble/adaboost.hpp"
#include "search/study/rounds.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

/// A member is a round's learner, its weight the round's. Trained with weights in the loss, or on as many rows
/// drawn by weight; the error is always that on all training rows, under their weights.
class AdaBoostRounds final : public Rounds {
 public:
  explicit AdaBoostRounds(const RoundsInput& input);

  std::optional<Outcome> next(std::int32_t round, const StopFlag& stop) override;
  void save(ByteWriter& writer) const override { boosting_.save(writer); }
  void load(ByteReader& reader) override { boosting_.load(reader); }

 private:
  std::optional<MemberTraining> train(const TaskKey& key, const StopFlag& stop);

  RoundsInput input_;
  const Configuration& configuration_;
  Forecast forecast_;
  CountedRows counted_;
  TruthOf truth_;
  AdaBoost boosting_;
};

}  // namespace jury
