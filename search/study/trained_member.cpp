#include "search/study/trained_member.hpp"

#include "models/metrics/scores.hpp"

namespace jury {

std::vector<float> predict_seen(const TrainedMember& member, const Dataset& dataset,
                                std::span<const std::uint32_t> rows, PlanCache& plans) {
  std::vector<float> out(rows.size() * static_cast<std::size_t>(member.network.outputs));
  const TrainedNetwork network{.spec = member.network,
                               .weights = member.weights,
                               .pipeline = member.pipeline,
                               .target_scaler = member.targets ? &*member.targets : nullptr,
                               .dropout = member.dropout};
  predict(network, dataset, rows, plans, out);
  return out;
}

std::vector<float> predict_unseen(const Fitted<TrainedMember>& member, const Dataset& dataset,
                                  std::span<const std::uint32_t> rows, PlanCache& plans, std::string_view what) {
  require_unseen(member.saw(), dataset.domain(), rows, what);
  return predict_seen(*member, dataset, rows, plans);
}

std::vector<double> training_scores(std::span<const float> predictions, const Dataset& dataset,
                                    std::span<const std::uint32_t> rows, const Forecast& forecast) {
  const TruthOf truth(dataset, rows, forecast);
  std::vector<double> scores;
  for (const Metric* metric : choose_metrics(outcome_of(dataset), {}, forecast.kind))
    scores.push_back(score(*metric, truth.truth(), predictions));
  return scores;
}

Bytes save_preprocess(const TrainedMember& member) {
  ByteWriter writer;
  member.pipeline.save(writer);
  writer.add(static_cast<std::uint8_t>(member.targets ? 1 : 0));
  if (member.targets) member.targets->save(writer);
  return writer.take();
}

}  // namespace jury
