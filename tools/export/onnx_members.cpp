#include "tools/export/onnx_members.hpp"

#include <array>
#include <cstring>
#include <numeric>

#include "models/data/stage.hpp"

namespace jury {
namespace {

// What of a feature decides where its outputs stand: of numbers not which they are, of coded features that as well.
using Place = std::array<std::uint64_t, 3>;

std::vector<Place> places_of(const Pipeline& pipeline) {
  std::vector<Place> places;
  for (const FeatureMap& feature : pipeline.first().features()) {
    const bool is_number = feature.kind == FeatureMap::Kind::number;
    if (!feature.maps.empty())
      places.push_back({static_cast<std::uint64_t>(feature.kind), is_number ? 0U : feature.index, feature.maps.size()});
  }
  return places;
}

bool are_alike(const Stage& a, const Stage& b) {
  if (a.index() != b.index()) return false;
  if (const auto* quantile = std::get_if<QuantileStage>(&a)) {
    const QuantileStage& like = std::get<QuantileStage>(b);
    return quantile->columns == like.columns && quantile->levels == like.levels;
  }
  const auto *one = std::get_if<PcaStage>(&a), *other = std::get_if<PcaStage>(&b);
  return one == nullptr || (one->kept == other->kept && one->columns == other->columns &&
                            one->num_components() == other->num_components());
}

}  // namespace

OnnxGraph::Value OnnxMembers::constant(Dims dims, std::size_t one, std::vector<float> all) const {
  bool equal = true;
  for (std::size_t at = one; at < all.size() && equal; at += one)
    equal = std::memcmp(all.data(), all.data() + at, one * sizeof(float)) == 0;
  if (equal) all.resize(one);
  dims.insert(dims.begin(), equal ? 1 : size());
  return graph_.reals(dims, all);
}

bool are_alike(const TrainedMember& a, const TrainedMember& b) {
  const auto one = a.pipeline.stages(), other = b.pipeline.stages();
  const auto alike = [](const Stage& x, const Stage& y) { return are_alike(x, y); };
  return a.trees.has_value() == b.trees.has_value() && (a.trees || a.network == b.network) &&
         a.targets.has_value() == b.targets.has_value() && places_of(a.pipeline) == places_of(b.pipeline) &&
         std::equal(one.begin(), one.end(), other.begin(), other.end(), alike);
}

OnnxFeatures::OnnxFeatures(OnnxGraph& graph, const DataSchema& schema) : graph_(graph) {
  for (const Feature& feature : schema.features)
    if (feature.kind == FeatureKind::categorical) categorical_.push_back(&feature);
  num_numbers_ = static_cast<std::int64_t>(schema.features.size() - categorical_.size());
  if (num_numbers_ > 0) numbers_ = graph.input("numbers", OnnxGraph::Type::real, {OnnxGraph::kRows, num_numbers_});
  if (!categorical_.empty())
    texts_ =
        graph.input("texts", OnnxGraph::Type::text, {OnnxGraph::kRows, static_cast<std::int64_t>(categorical_.size())});
}

const OnnxGraph::Value& OnnxFeatures::codes(std::uint32_t index) {
  const auto [at, is_new] = codes_.try_emplace(index);
  if (!is_new) return at->second;
  const std::vector<std::string>& vocabulary = categorical_[index]->vocabulary;
  std::vector<std::int64_t> numbers(vocabulary.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  const OnnxGraph::Value column =
      graph_.node("Gather", {texts_, graph_.wholes({}, {std::int64_t{index}})}, {{"axis", std::int64_t{1}}});
  return at->second = graph_.node("LabelEncoder", {column},
                                  {{"keys_strings", vocabulary},
                                   {"values_int64s", numbers},
                                   {"default_int64", static_cast<std::int64_t>(vocabulary.size())}});
}

}  // namespace jury
