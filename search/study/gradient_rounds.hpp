// Gradient boosting with any model of the project as its learner.
#pragma once

#include <vector>

#include "models/ensemble/gradient_boosting.hpp"
#include "search/study/rounds.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

/// Round m trains a model of values on the negative gradients at what the rounds before add up to. The
/// predictions of member m are those of the sum of the rounds 0 to m: the ensemble of the first m + 1, whose
/// joining is its last member.
///
/// With ensemble.samples below 1 a learner is trained on a random part of the rows (stochastic gradient
/// boosting, Friedman 2002), with gradient.validation on what is not held out; the rounds end when the loss
/// of the held-out rows has not been better for gradient.patience rounds, and those after the best take no
/// part.
class GradientRounds final : public Rounds {
 public:
  explicit GradientRounds(const RoundsInput& input);

  std::optional<Outcome> next(std::int32_t round, const StopFlag& stop) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 private:
  /// Rows predicted beside the training: their sum so far.
  struct Followed {
    std::vector<std::uint32_t> rows;
    std::vector<double> values;
  };
  std::vector<std::uint32_t> sample(const TaskKey& key) const;
  std::vector<float> follow(Followed& followed, const Fitted<TrainedMember>& member, const std::vector<double>& steps,
                            std::string_view what);
  /// Whether the held-out rows say that this is enough.
  bool is_enough(const TrainedMember& member, const std::vector<double>& steps);

  RoundsInput input_;
  const Configuration& configuration_;
  Forecast forecast_;
  std::vector<std::uint32_t> rows_;    // distinct training rows less those held out
  std::vector<std::uint32_t> seen_;    // all distinct training rows
  std::vector<float> weights_;         // of rows_, repeats and data weights counted
  TruthOf truth_;
  GradientBoosting boosting_;
  Followed held_out_, valid_, test_;
  std::optional<TruthOf> held_out_truth_;
  std::vector<double> held_out_losses_;
};

}  // namespace jury
