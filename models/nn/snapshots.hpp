// Several networks from one training: where a cyclic schedule comes to rest.
#pragma once

#include <cstdint>
#include <vector>

#include "models/nn/train_options.hpp"

namespace jury {

/// The epochs (from 1) that end a cycle of train.schedule = "cosine_restarts" of equal, whole cycles: at their ends the
/// rate is least, and the weights are a member (Huang et al. 2017, Snapshot Ensembles). They are lr_period,
/// 2 lr_period, ..., up to train.epochs; a last cycle that is cut short has no end. For TrainContext::epoch_end.
///
/// Throws ConfigError, naming the setting, for another schedule, train.lr_growth other than 1, a train.lr_period that
/// is not whole or longer than the training, and for train.max_steps and train.early_stopping, which may end a cycle early.
std::vector<std::int32_t> snapshot_epochs(const TrainOptions& options);

}  // namespace jury
