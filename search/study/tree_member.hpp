// Trains a member that is boosted trees.
#pragma once

#include <optional>

#include "search/study/member_trainer.hpp"

namespace jury {

/// What MemberTrainer::train() does where the configuration trains trees: they learn the request's targets or the
/// dataset's, with its weights times those of train.class_weights, drawn at random from the member's init stream.
/// trees.validation holds out rows as train.early_stopping does; the scores on them are those of the trees that
/// are kept, in the row of the curve of their last round. A round stands for an epoch. Nothing when it was stopped.
std::optional<MemberTraining> train_tree_member(const StudyPlan& plan, const MemberRequest& request,
                                                const Fitted<Pipeline>& pipeline, const StopFlag& stop);

}  // namespace jury
