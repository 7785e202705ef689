#include "runtime/base/error.hpp"
#include "search/study/adaboost_rounds.hpp"
#include "search/study/gradient_rounds.hpp"
#include "search/study/snapshot_rounds.hpp"

namespace jury {

std::unique_ptr<Rounds> make_rounds(const RoundsInput& input) {
  const std::string& method = input.trainer.plan().configuration(input.key).ensemble.method;
  if (method == "adaboost") return std::make_unique<AdaBoostRounds>(input);
  if (method == "gradient_boosting") return std::make_unique<GradientRounds>(input);
  if (method == "snapshot") return std::make_unique<SnapshotRounds>(input);
  JURY_EXPECTS(method == "mc_dropout");
  return std::make_unique<DropoutRounds>(input);
}

}  // namespace jury
