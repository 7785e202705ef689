#include "search/study/ensemble_voices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "models/ensemble/combiner.hpp"
#include "models/ensemble/gradient_boosting.hpp"
#include "models/nn/predict.hpp"
#include "search/study/ensemble_predictions.hpp"

namespace jury {
namespace {

// Positions of rows with a missing cell.
std::vector<std::size_t> with_missing_cells(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto numbers = dataset.numeric().empty()
                             ? dataset.numeric()
                             : dataset.numeric().subspan(rows[i] * dataset.num_numeric(), dataset.num_numeric());
    const auto codes = dataset.codes().subspan(rows[i] * dataset.num_categorical(), dataset.num_categorical());
    const bool missing = std::ranges::any_of(numbers, [](float number) { return std::isnan(number); }) ||
                         std::ranges::find(codes, kMissingCode) != codes.end();
    if (missing) found.push_back(i);
  }
  return found;
}

// The members of a base, or all of an ensemble that is no stack.
std::span<const StoredMember> members_of(const StoredEnsemble& ensemble, std::int32_t base) {
  const auto found =
      std::ranges::equal_range(ensemble.members, base, {}, [](const StoredMember& member) { return member.key.base; });
  return {found.begin(), found.end()};
}

GradientRule rule_of(const Configuration& configuration, const CombinationShape& shape) {
  return {.loss = resolve_gradient_loss(configuration.ensemble.gradient, shape.outcome, shape.num_outputs),
          .num_outputs = shape.num_outputs};
}

}  // namespace

RowPredictor::RowPredictor(const Dataset& dataset, std::span<const std::uint32_t> rows, std::uint64_t rows_before,
                           PlanCache& plans)
    : dataset_(dataset),
      rows_(rows),
      suspects_(with_missing_cells(dataset, rows)),
      first_block_(static_cast<std::uint32_t>(rows_before / kPredictBlock)),
      plans_(plans) {}

std::vector<float> RowPredictor::predict(const TrainedMember& member) {
  std::vector<float> predictions = predict_rows(member, dataset_, rows_, plans_);
  // A network makes numbers even of NaN (relu: 0): such rows are taken back.
  std::vector<float> inputs(member.pipeline.width());
  const std::size_t width = rows_.empty() ? 0 : predictions.size() / rows_.size();
  for (const std::size_t i : suspects_) {
    member.pipeline.gather(dataset_, rows_.subspan(i, 1), inputs.data());
    if (!std::ranges::any_of(inputs, [](float input) { return std::isnan(input); })) continue;
    std::fill_n(predictions.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                std::numeric_limits<float>::quiet_NaN());
  }
  return predictions;
}

// The members of one configuration, in turn.
class EnsembleVoices::Jury {
 public:
  Jury(const StoredEnsemble& ensemble, std::int32_t base, RowPredictor& predictor)
      : configuration_(configuration_of(ensemble.experiment, base)),
        members_(members_of(ensemble, base)),
        predictor_(predictor),
        shape_(combination_shape(ensemble, predictor.num_rows())) {
    const StoredMember& first = members_.front();
    if (first.passes > 0) {
      TaskKey jury = first.key;
      jury.member = TaskKey::kNone;
      pass_.emplace(first.model);
      pass_->dropout = DropoutPass{.key = stream_of(ensemble.experiment, Purpose::passes, jury),
                                   .first_block = predictor.first_block()};
    }
    if (is_boosted()) sum_ = initial_of(first.offset, predictor.num_rows());
  }

  std::size_t size() const noexcept { return num_voices(members_); }
  static std::size_t num_voices(std::span<const StoredMember> members) noexcept {
    return members.front().passes > 0 ? static_cast<std::size_t>(members.front().passes) : members.size();
  }

  Voice next() {
    const std::size_t turn = turn_++;
    if (pass_) {
      pass_->dropout->pass = static_cast<std::uint32_t>(turn);
      return {.number = static_cast<std::int32_t>(turn),
              .weight = members_.front().weight,
              .predictions = predictor_.predict(*pass_)};
    }
    const StoredMember& member = members_[turn];
    Voice voice{.number = member.key.member, .weight = member.weight, .predictions = predictor_.predict(member.model)};
    if (!is_boosted()) return voice;
    add_stage(sum_, voice.predictions, member.steps);
    voice.predictions = predictions_of(rule_of(configuration_, shape_), sum_);
    return voice;
  }

  // All of them as their configuration joins them.
  std::vector<float> joined() {
    const EnsembleOptions& options = configuration_.ensemble;
    const TaskKind task = shape_.outcome == Outcome::classes ? TaskKind::classification : TaskKind::regression;
    const auto rules = choose_combine_rules(shape_.outcome, combines_of(options, task));
    Combiner combiner(shape_, std::span(rules).first(1), {.trim = options.trim});
    while (turn_ < size()) {
      const Voice voice = next();
      combiner.add(voice.predictions, voice.weight);
    }
    return combiner.combined(*rules.front());
  }

 private:
  bool is_boosted() const noexcept { return configuration_.ensemble.method == "gradient_boosting"; }

  const Configuration& configuration_;
  std::span<const StoredMember> members_;
  RowPredictor& predictor_;
  CombinationShape shape_;
  std::optional<TrainedMember> pass_;  // of Monte-Carlo dropout
  std::vector<double> sum_;            // of the rounds of gradient boosting
  std::size_t turn_ = 0;
};

EnsembleVoices::EnsembleVoices(const StoredEnsemble& ensemble, RowPredictor& predictor)
    : ensemble_(ensemble), predictor_(predictor) {
  JURY_EXPECTS(!ensemble.members.empty());
  if (!ensemble.stack) members_ = std::make_unique<Jury>(ensemble, TaskKey::kNone, predictor);
}

EnsembleVoices::~EnsembleVoices() = default;

Voice EnsembleVoices::next() {
  if (members_ != nullptr) return members_->next();
  const std::int32_t base = next_base_++;
  return {.number = base, .predictions = Jury(ensemble_, base, predictor_).joined()};
}

std::vector<std::int32_t> EnsembleVoices::numbers_of(const StoredEnsemble& ensemble) {
  std::vector<std::int32_t> numbers;
  if (ensemble.stack || Jury::num_voices(ensemble.members) != ensemble.members.size()) {
    numbers.resize(ensemble.stack ? ensemble.experiment.bases.size() : Jury::num_voices(ensemble.members));
    std::iota(numbers.begin(), numbers.end(), 0);
  } else {
    for (const StoredMember& member : ensemble.members) numbers.push_back(member.key.member);
  }
  return numbers;
}

}  // namespace jury
