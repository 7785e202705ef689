#include "search/study/trained_member.hpp"

#include "models/metrics/scores.hpp"

namespace jury {
namespace {

void refuse(bool wrong, const char* why) {
  if (wrong) throw DataError(std::string("stored member is damaged (") + why + ")");
}

void check_network(const TrainedMember& member) {
  refuse(member.weights.size() != num_parameters(member.network), "it has other weights than its network");
  double inputs = 1;
  for (const std::int32_t extent : member.network.input) inputs *= extent;
  refuse(inputs != static_cast<double>(member.pipeline.width()),
         "its preprocessing gives other inputs than its network takes");
  const std::size_t targets = member.targets ? member.targets->num_targets() : 1;
  refuse(targets == 0 || member.num_outputs() % targets != 0, "its scaling is of other targets");
}

void check_trees(const TrainedMember& member) {
  refuse(!member.weights.empty() || member.targets, "it has weights or a scaling, which trees have none of");
  refuse(member.trees->inputs() != member.pipeline.width(), "its preprocessing gives other inputs than its trees take");
}

}  // namespace

std::vector<float> predict_rows(const TrainedMember& member, const Dataset& dataset,
                                std::span<const std::uint32_t> rows, PlanCache& plans) {
  std::vector<float> out(rows.size() * member.num_outputs());
  if (member.trees) {
    member.trees->predict(dataset, member.pipeline, rows, out);
    return out;
  }
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
  return predict_rows(*member, dataset, rows, plans);
}

std::vector<double> training_scores(std::span<const float> predictions, const Dataset& dataset,
                                    std::span<const std::uint32_t> rows, const Forecast& forecast) {
  const TruthOf truth(dataset, rows, forecast);
  std::vector<double> scores;
  for (const Metric* metric : choose_metrics(outcome_of(dataset), {}, forecast.kind))
    scores.push_back(score(*metric, truth.truth(), predictions));
  return scores;
}

Bytes save_model(const TrainedMember& member) { return member.trees ? member.trees->save() : to_bytes(member.network); }

Bytes save_preprocess(const TrainedMember& member) {
  ByteWriter writer;
  member.pipeline.save(writer);
  writer.add(static_cast<std::uint8_t>(member.targets ? 1 : 0));
  if (member.targets) member.targets->save(writer);
  return writer.take();
}

TrainedMember load_member(std::span<const std::byte> model, std::vector<float> weights,
                          std::span<const std::byte> preprocess) {
  ByteReader reader(preprocess);
  TrainedMember member{.weights = std::move(weights), .pipeline = Pipeline::load(reader), .targets = {}};
  if (reader.read<std::uint8_t>() != 0) member.targets = TargetScaler::load(reader);
  refuse(!reader.empty(), "bytes are left behind its preprocessing");
  if (TreeModel::is_begun(model)) {
    member.trees = TreeModel::load(model);
    check_trees(member);
  } else {
    member.network = network_from_bytes(model);
    check_network(member);
  }
  return member;
}

}  // namespace jury
