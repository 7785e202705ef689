// Gradient boosting with any model of the project as its learner.
#pragma once

#include <vector>

#include "models/ensemble/gradient_boosting.hpp"
#include "search/study/rounds.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

/// Round m trains a model of values on the negative gradients at what the rounds before add up to. The
/// predictions of member m are those of the sum of the rounds 0 to m: the ensemble of the first m + 1, whose
/// joining is its last member (combine rule "sum").
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
    const Dataset* dataset = nullptr;
    std::vector<std::uint32_t> rows;
    std::vector<double> values;
  };
  std::optional<MemberTraining> train(const TaskKey& key, const StopFlag& stop);
  void follow(Followed& followed, const Fitted<TrainedMember>& member, const std::vector<double>& steps,
              std::string_view what);
  double held_out_loss() const;

  RoundsInput input_;
  const Configuration& configuration_;
  Forecast forecast_;
  RowSet seen_;  // all training rows
  std::vector<std::uint32_t> held_out_rows_;
  CountedRows counted_;  // those that are not held out
  TruthOf truth_, held_out_truth_;
  GradientBoosting boosting_;
  Followed held_out_, valid_, test_, apparent_;
  std::vector<double> held_out_losses_;
};

}  // namespace jury
