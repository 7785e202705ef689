#include "search/study/fit_streams.hpp"

#include "search/study/variance_design.hpp"

namespace jury {

std::uint64_t stream_of(const Experiment& experiment, Purpose purpose, const TaskKey& key) {
  std::int32_t replicate = key.replicate;
  if (replicate != TaskKey::kNone)
    replicate = VarianceDesign(*experiment.bias_variance).level(replicate, source_of(purpose));
  return stream_key(experiment.experiment.seed, purpose,
                    {key.outer, key.repeat, key.fold, replicate, key.base, key.inner, key.member, key.rung});
}

std::string_view source_of(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::replicate:
    case Purpose::bootstrap:
    case Purpose::features:
    case Purpose::rounds:
      return "data";
    case Purpose::init:
      return "init";
    case Purpose::shuffle:
    case Purpose::dropout:
    case Purpose::augment:
    case Purpose::noise:
    case Purpose::early_stopping:
    case Purpose::passes:
      return "order";
    case Purpose::split:
      return "fold";
    default:
      return "";
  }
}

}  // namespace jury
