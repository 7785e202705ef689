// Several members from one training: snapshots, and passes with dropout.
#pragma once

#include <vector>

#include "search/study/rounds.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

/// Snapshot ensemble (Huang et al. 2017): train.epochs epochs along a cosine from train.lr to train.lr_min
/// make a member, and the next one goes on from its last weights with the rate back at its start (the
/// moments of the optimizer start anew). The training is members x epochs long.
class SnapshotRounds final : public Rounds {
 public:
  explicit SnapshotRounds(const RoundsInput& input) : input_(input) {}

  std::optional<Outcome> next(std::int32_t round, const StopFlag& stop) override;
  void save(ByteWriter& writer) const override { writer.add(weights_); }
  void load(ByteReader& reader) override { weights_ = reader.vector<float>(); }

 private:
  RoundsInput input_;
  std::vector<float> weights_;  // after the last cycle; empty before the first
};

/// Monte-Carlo dropout (Gal and Ghahramani 2016): one network is trained, and every member is a pass through it
/// with other units dropped. The network is stored with the first member. Its state is not saved: rounds that go on
/// train it again, to the same bits.
class DropoutRounds final : public Rounds {
 public:
  explicit DropoutRounds(const RoundsInput& input) : input_(input) {}

  std::optional<Outcome> next(std::int32_t round, const StopFlag& stop) override;
  void save(ByteWriter&) const override {}
  void load(ByteReader&) override {}

 private:
  RoundsInput input_;
  std::optional<Fitted<TrainedMember>> member_;
  std::vector<float> latest_;
  FitOutcome trained_;
};

}  // namespace jury
