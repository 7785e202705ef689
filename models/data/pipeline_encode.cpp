// The steps that change what the outputs are: encodings, quantiles and principal components.
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <utility>

#include "models/data/pipeline_fitter.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// What the evenly spaced quantiles become: themselves, or their normal deviates, the outermost ones
// standing for the middle of their intervals, where the deviate is finite.
std::vector<float> quantile_levels(std::size_t count, bool normal) {
  std::vector<float> levels(count);
  for (std::size_t k = 0; k < count; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(count - 1);
    const double inner = std::clamp(share, 0.5 / static_cast<double>(count), 1 - 0.5 / static_cast<double>(count));
    levels[k] = static_cast<float>(normal ? std::sqrt(2.0) * boost::math::erf_inv(2 * inner - 1) : share);
  }
  return levels;
}

}  // namespace

void PipelineFitter::one_hot(const PreprocessStep& step) {
  const Positions chosen = select(step);
  std::vector<Output> expanded;
  for (std::uint32_t p = 0; p < outputs_.size(); ++p) {
    const bool encodes = std::binary_search(chosen.begin(), chosen.end(), p);
    if (!encodes) {
      expanded.push_back(outputs_[p]);
      continue;
    }
    if (outputs_[p].encoded)
      unsuited(step,
               "is applied to column '" + outputs_[p].feature + "' (which holds numbers) list it in data.categorical");
    if (!stages_.empty()) unsuited(step, "stands behind quantile or pca (texts are encoded first) move it up");
    const auto& vocabulary = dataset_.schema().features[outputs_[p].map].vocabulary;
    features_[outputs_[p].map].kind = FeatureMap::Kind::one_hot;
    features_[outputs_[p].map].maps.assign(vocabulary.size(), ColumnMap{});
    for (std::size_t code = 0; code < vocabulary.size(); ++code)
      expanded.push_back({.name = outputs_[p].feature + "=" + vocabulary[code],
                          .feature = outputs_[p].feature,
                          .origin = FeatureKind::categorical,
                          .map = outputs_[p].map,
                          .map_output = code});
  }
  outputs_ = std::move(expanded);
}

void PipelineFitter::ordinal(const PreprocessStep& step) {
  for (const std::uint32_t p : select(step)) {
    if (outputs_[p].encoded)
      unsuited(step,
               "is applied to column '" + outputs_[p].feature + "' (which holds numbers) list it in data.categorical");
    outputs_[p].encoded = true;
  }
}

void PipelineFitter::quantile(const PreprocessStep& step) {
  static constexpr std::size_t kMostKnots = 256;
  const bool normal = step.with.is("normal");
  if (!normal && !step.with.is("uniform") && !step.with.is("auto"))
    unsuited(step, "must have with = \"uniform\" or \"normal\"");
  const Positions chosen = select(step);
  require_encoded(step, chosen);
  QuantileStage stage;
  const std::size_t count = std::clamp<std::size_t>(rows_.size(), 2, kMostKnots);
  stage.levels = quantile_levels(count, normal);
  for_each_sorted_column(source(), rows_, chosen, [&](std::uint32_t p, std::span<const float> sorted) {
    stage.columns.push_back(p);
    for (std::size_t k = 0; k < count; ++k)
      stage.knots.push_back(sorted.empty() ? 0.0F
                                           : static_cast<float>(sorted_quantile(
                                                 sorted, static_cast<double>(k) / static_cast<double>(count - 1))));
  });
  if (!chosen.empty()) stages_.emplace_back(std::move(stage));
}

void PipelineFitter::pca(const PreprocessStep& step) {
  const Positions chosen = select(step);
  require_encoded(step, chosen);
  for (const Output& output : outputs_)
    if (!output.encoded)
      unsuited(step,
               "stands before the encoding of column '" + output.feature + "' (texts are encoded first) move it down");
  for (const std::uint32_t p : chosen)
    if (outputs_[p].may_miss)
      unsuited(step, "meets missing cells in column '" + outputs_[p].feature +
                         "' (it needs numbers) add a step \"impute\" before it");
  has_pca_ = true;
  const auto count = static_cast<Eigen::Index>(chosen.size());
  if (count == 0 && is_restricted()) return;
  Eigen::Index kept = step.components == 0 ? count : static_cast<Eigen::Index>(step.components);
  if (is_restricted()) kept = std::min(kept, count);
  if (count == 0 || kept > count)
    unsuited(step,
             "asks for " + std::to_string(kept) + " components (there are " + std::to_string(count) + " columns)");

  const RowSource rows = source();
  const std::vector<Moments> moments = column_moments(rows, rows_);
  PcaStage stage{.kept = {}, .columns = chosen, .mean = {}, .components = {}};
  for (const std::uint32_t p : chosen) stage.mean.push_back(static_cast<float>(moments[p].mean));
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(count, count);
  for_each_block(rows, rows_, [&](const float* block, std::size_t num_rows) {
    Eigen::MatrixXd centered(static_cast<Eigen::Index>(num_rows), count);
    for (Eigen::Index i = 0; i < centered.rows(); ++i)
      for (Eigen::Index j = 0; j < count; ++j) {
        const std::uint32_t p = chosen[static_cast<std::size_t>(j)];
        centered(i, j) = static_cast<double>(block[static_cast<std::size_t>(i) * rows.width + p]) - moments[p].mean;
      }
    covariance.selfadjointView<Eigen::Lower>().rankUpdate(centered.transpose());
  });
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  for (Eigen::Index k = 0; k < kept; ++k) {
    Eigen::VectorXd axis = solver.eigenvectors().col(count - 1 - k);  // eigenvalues ascend
    Eigen::Index strongest = 0;
    axis.cwiseAbs().maxCoeff(&strongest);
    if (axis(strongest) < 0) axis = -axis;  // the sign is free; fix it
    for (Eigen::Index j = 0; j < count; ++j) stage.components.push_back(static_cast<float>(axis(j)));
  }

  std::vector<Output> outputs;
  for (std::uint32_t p = 0; p < outputs_.size(); ++p) {
    if (std::binary_search(chosen.begin(), chosen.end(), p)) continue;
    stage.kept.push_back(p);
    outputs.push_back(outputs_[p]);
  }
  for (Eigen::Index k = 0; k < kept; ++k) {
    const std::string name = "pca" + std::to_string(k);
    outputs.push_back({.name = name, .feature = name});
  }
  outputs_ = std::move(outputs);
  stages_.emplace_back(std::move(stage));
}

}  // namespace jury
