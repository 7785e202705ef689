#include "models/data/pipeline_fitter.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// 1/x, or 1 where there is nothing to divide by: constant columns are left as they are.
double inverse_or_one(double x) noexcept { return x > 1e-30 ? 1 / x : 1; }

}  // namespace

void unsuited(const PreprocessStep& step, const std::string& why) {
  throw ConfigError("preprocess step \"" + step.step + "\" " + why);
}

PipelineFitter::PipelineFitter(const Dataset& dataset, std::span<const std::uint32_t> rows,
                               std::span<const std::uint32_t> features)
    : dataset_(dataset), rows_(rows), visible_(features.begin(), features.end()) {
  JURY_EXPECTS(!rows.empty());
  const std::vector<Feature>& all = dataset.schema().features;
  if (features.empty()) {
    visible_.resize(all.size());
    std::iota(visible_.begin(), visible_.end(), 0U);
  }
  JURY_EXPECTS(std::ranges::adjacent_find(visible_, std::greater_equal{}) == visible_.end());
  JURY_EXPECTS(visible_.empty() || visible_.back() < all.size());
  for (const Feature& feature : all)
    features_.push_back(
        {.kind = feature.kind == FeatureKind::numeric ? FeatureMap::Kind::number : FeatureMap::Kind::ordinal,
         .index = feature.index});
  for (const std::uint32_t position : visible_) {
    const Feature& feature = all[position];
    features_[position].maps = {ColumnMap{}};
    outputs_.push_back({.name = feature.name,
                        .feature = feature.name,
                        .origin = feature.kind,
                        .encoded = feature.kind == FeatureKind::numeric,
                        .may_miss = feature.num_missing > 0,
                        .map = position});
  }
}

void PipelineFitter::add(const PreprocessStep& step) {
  static constexpr struct {
    std::string_view name;
    void (PipelineFitter::*fit)(const PreprocessStep&);
  } steps[] = {
      {"impute", &PipelineFitter::impute},
      {"standardize", &PipelineFitter::standardize},
      {"minmax", &PipelineFitter::scale_to_range},
      {"robust", &PipelineFitter::robust},
      {"clip", &PipelineFitter::clip},
      {"one-hot", &PipelineFitter::one_hot},
      {"ordinal", &PipelineFitter::ordinal},
      {"quantile", &PipelineFitter::quantile},
      {"pca", &PipelineFitter::pca},
  };
  for (const auto& known : steps)
    if (known.name == step.step) return (this->*known.fit)(step);
  throw ConfigError("preprocess step \"" + step.step +
                    "\" is unknown (known: impute, standardize, minmax, robust, "
                    "quantile, one-hot, ordinal, pca, clip)");
}

Pipeline PipelineFitter::finish() && {
  for (const Output& output : outputs_) {
    if (!output.encoded)
      throw ConfigError("column '" + output.feature +
                        "' still holds texts after preprocessing (models need numbers) "
                        "add a step \"one-hot\" or \"ordinal\"");
    if (output.may_miss)
      throw ConfigError("column '" + output.feature +
                        "' still has missing cells after preprocessing (models need "
                        "numbers) add a step \"impute\"");
  }
  Pipeline pipeline;
  pipeline.first_ = compiled();
  pipeline.stages_ = std::move(stages_);
  for (Output& output : outputs_) pipeline.names_.push_back(std::move(output.name));
  return pipeline;
}

PipelineFitter::Positions PipelineFitter::by_name(const PreprocessStep& step) const {
  Positions chosen;
  for (const std::string& name : step.columns.items()) {
    bool found = false;
    std::vector<std::string_view> known;
    for (std::uint32_t p = 0; p < outputs_.size(); ++p) {
      known.push_back(outputs_[p].feature);
      if (outputs_[p].feature != name && outputs_[p].name != name) continue;
      found = true;
      chosen.push_back(p);
    }
    if (!found && !is_left_out(name))
      unsuited(step, "names the column '" + name + "' (there is none)" + suggestion(name, known));
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

// A name that stands for something once all features are there: a feature, one text of it ("job=retired"),
// a component. Whether the steps would really make that text or component an output is not asked.
bool PipelineFitter::is_left_out(const std::string& name) const {
  if (!is_restricted()) return false;
  if (has_pca_ && name.starts_with("pca")) return true;
  return std::ranges::any_of(dataset_.schema().features, [&](const Feature& feature) {
    const auto is_of = [&](const std::string& text) { return name == feature.name + "=" + text; };
    return name == feature.name || std::ranges::any_of(feature.vocabulary, is_of);
  });
}

PipelineFitter::Positions PipelineFitter::select(const PreprocessStep& step) const {
  std::string what = step.columns.items().size() == 1 ? step.columns.items()[0] : "";
  if (what == "auto") {
    const bool of_texts = step.step == "one-hot" || step.step == "ordinal";
    what = of_texts ? "categorical" : step.with.is("most_frequent") ? "all" : "numeric";
  }
  Positions chosen;
  if (what != "numeric" && what != "categorical" && what != "all") return by_name(step);
  for (std::uint32_t p = 0; p < outputs_.size(); ++p)
    if (what == "all" || (outputs_[p].origin == FeatureKind::numeric) == (what == "numeric")) chosen.push_back(p);
  return chosen;
}

void PipelineFitter::require_encoded(const PreprocessStep& step, const Positions& positions) const {
  for (const std::uint32_t p : positions)
    if (!outputs_[p].encoded)
      unsuited(step, "is applied to column '" + outputs_[p].feature +
                         "' (which holds texts) encode it before, or set columns = \"numeric\"");
}

FirstStage PipelineFitter::compiled() const {
  std::vector<std::uint32_t> cardinality;
  for (const Feature& feature : dataset_.schema().features)
    if (feature.kind == FeatureKind::categorical)
      cardinality.push_back(static_cast<std::uint32_t>(feature.vocabulary.size()));
  return FirstStage(features_, dataset_.num_numeric(), std::move(cardinality));
}

RowSource PipelineFitter::source() const {
  auto pipeline = std::make_shared<Pipeline>(Pipeline());
  pipeline->first_ = compiled();
  pipeline->stages_ = stages_;
  pipeline->names_.resize(outputs_.size());
  return {outputs_.size(),
          [this, pipeline](std::span<const std::uint32_t> rows, float* out) { pipeline->gather(dataset_, rows, out); }};
}

ColumnMap& PipelineFitter::map_of(std::uint32_t position) {
  if (stages_.empty()) return features_[outputs_[position].map].maps[outputs_[position].map_output];
  if (!std::holds_alternative<AffineStage>(stages_.back()))
    stages_.push_back(AffineStage{std::vector<ColumnMap>(outputs_.size())});
  return std::get<AffineStage>(stages_.back()).maps[position];
}

void PipelineFitter::impute(const PreprocessStep& step) {
  const std::string with = step.with.is("auto") || step.with.empty() ? "median" : step.with.items()[0];
  const auto constant = parse_number(with);
  if (with != "mean" && with != "median" && with != "most_frequent" && !(constant && std::isfinite(*constant)))
    unsuited(step, "has with = \"" + with + "\" (must be mean, median, most_frequent or a number)");
  Positions numbers;
  for (const std::uint32_t p : select(step)) {
    if (!outputs_[p].encoded && with != "most_frequent")
      unsuited(step, "with \"" + with + "\" is applied to column '" + outputs_[p].feature +
                         "' (which holds texts) use with = \"most_frequent\"");
    outputs_[p].may_miss = false;
    if (!outputs_[p].encoded) {
      impute_category(p);
    } else if (constant) {
      map_of(p).then_fill(*constant);
    } else if (outputs_[p].origin == FeatureKind::numeric && dataset_.storage() == Storage::f32) {
      numbers.push_back(p);  // bytes and encoded texts miss nothing
    }
  }
  if (with == "mean" && !numbers.empty()) {
    const auto moments = column_moments(source(), rows_);
    for (const std::uint32_t p : numbers) map_of(p).then_fill(moments[p].mean);
  } else if (!numbers.empty()) {
    for_each_sorted_column(source(), rows_, numbers, [&](std::uint32_t p, std::span<const float> sorted) {
      map_of(p).then_fill(sorted.empty() ? 0 : with == "median" ? sorted_quantile(sorted, 0.5) : sorted_mode(sorted));
    });
  }
}

// The most frequent text, the first of several; the first of all where no row has one.
void PipelineFitter::impute_category(std::uint32_t position) {
  FeatureMap& feature = features_[outputs_[position].map];
  std::vector<std::size_t> counts(dataset_.schema().features[outputs_[position].map].vocabulary.size());
  for (const std::uint32_t row : rows_) {
    const std::uint32_t code = dataset_.codes()[row * dataset_.num_categorical() + feature.index];
    if (code != kMissingCode) ++counts[code];
  }
  if (feature.fill_code == kMissingCode)
    feature.fill_code = static_cast<std::uint32_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

void PipelineFitter::standardize(const PreprocessStep& step) {
  const Positions chosen = select(step);
  require_encoded(step, chosen);
  auto moments = column_moments(source(), rows_);
  if (step.per == "channel") {
    const auto& shape = dataset_.schema().shape;
    if (shape.empty() || outputs_.size() != visible_.size() || chosen.size() != outputs_.size())
      unsuited(step, "has per = \"channel\" (the samples are no images) set data.shape, or per = \"column\"");
    const std::size_t channels = shape.size() > 2 ? static_cast<std::size_t>(shape[0]) : 1;
    const std::size_t size = dataset_.schema().features.size() / channels;
    std::vector<Moments> of_channel(channels);
    for (std::size_t p = 0; p < outputs_.size(); ++p) of_channel[visible_[p] / size].merge(moments[p]);
    for (std::size_t p = 0; p < outputs_.size(); ++p) moments[p] = of_channel[visible_[p] / size];
  }
  for (const std::uint32_t p : chosen)
    map_of(p).then_affine(moments[p].mean, inverse_or_one(moments[p].deviation()), 0);
}

void PipelineFitter::scale_to_range(const PreprocessStep& step) {
  const double low = std::isinf(step.low) ? 0 : step.low, high = std::isinf(step.high) ? 1 : step.high;
  if (!(low < high)) unsuited(step, "has low >= high");
  const Positions chosen = select(step);
  require_encoded(step, chosen);
  std::vector<float> least(outputs_.size(), std::numeric_limits<float>::infinity()),
      greatest(outputs_.size(), -std::numeric_limits<float>::infinity());
  for_each_block(source(), rows_, [&](const float* block, std::size_t num_rows) {
    for (std::size_t i = 0; i < num_rows * outputs_.size(); ++i) {
      const std::size_t j = i % outputs_.size();
      if (block[i] < least[j]) least[j] = block[i];
      if (block[i] > greatest[j]) greatest[j] = block[i];
    }
  });
  for (const std::uint32_t p : chosen) {
    if (least[p] > greatest[p]) continue;  // all missing
    const double range = static_cast<double>(greatest[p]) - static_cast<double>(least[p]);
    map_of(p).then_affine(static_cast<double>(least[p]), range > 1e-30 ? (high - low) / range : 1, low);
  }
}

void PipelineFitter::robust(const PreprocessStep& step) {
  const double low = std::isinf(step.low) ? 0.25 : step.low, high = std::isinf(step.high) ? 0.75 : step.high;
  if (!(0 <= low && low < high && high <= 1)) unsuited(step, "must have 0 <= low < high <= 1 (they are quantiles)");
  const Positions chosen = select(step);
  require_encoded(step, chosen);
  for_each_sorted_column(source(), rows_, chosen, [&](std::uint32_t p, std::span<const float> sorted) {
    if (sorted.empty()) return;
    const double range = sorted_quantile(sorted, high) - sorted_quantile(sorted, low);
    map_of(p).then_affine(sorted_quantile(sorted, 0.5), inverse_or_one(range), 0);
  });
}

void PipelineFitter::clip(const PreprocessStep& step) {
  if (!(step.low <= step.high) || (std::isinf(step.low) && std::isinf(step.high)))
    unsuited(step, "needs low <= high, and at least one of them");
  const Positions chosen = select(step);
  require_encoded(step, chosen);
  for (const std::uint32_t p : chosen) map_of(p).then_clip(step.low, step.high);
}

Fitted<Pipeline> fit_pipeline(const Dataset& dataset, std::span<const PreprocessStep> steps,
                              std::span<const std::uint32_t> rows, std::span<const std::uint32_t> features) {
  PipelineFitter fitter(dataset, rows, features);
  const std::vector<PreprocessStep> defaults = steps.empty() ? default_steps(dataset) : std::vector<PreprocessStep>();
  for (const PreprocessStep& step : steps.empty() ? std::span<const PreprocessStep>(defaults) : steps) fitter.add(step);
  return {std::move(fitter).finish(), RowSet(dataset.domain(), rows)};
}

std::vector<PreprocessStep> default_steps(const Dataset& dataset) {
  const bool image = dataset.storage() == Storage::u8 || dataset.schema().shape.size() > 2;
  std::vector<PreprocessStep> steps;
  if (dataset.num_numeric() > 0 && dataset.storage() == Storage::f32)
    steps.push_back({.step = "impute", .columns = {"numeric"}, .with = {"median"}});
  if (dataset.num_categorical() > 0) {
    steps.push_back({.step = "impute", .columns = {"categorical"}, .with = {"most_frequent"}});
    steps.push_back({.step = "one-hot"});
  }
  if (dataset.num_numeric() > 0)
    steps.push_back(
        {.step = "standardize",
         .columns = {"numeric"},
         .per = image && dataset.num_categorical() == 0 && !dataset.schema().shape.empty() ? "channel" : "column"});
  return steps;
}

}  // namespace jury
