#include "search/sampler/gp_features.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace jury {

GpFeatures::GpFeatures(const Space& space) {
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Distribution& distribution = space.parameters()[i].distribution;
    if (distribution.num_levels() == 1) continue;
    const std::int64_t columns = distribution.is_ordered() ? 1 : distribution.num_levels();
    for (std::int64_t level = 0; level < columns; ++level) {
      parameter_.push_back(i);
      level_.push_back(distribution.is_ordered() ? -1 : level);
      levels_.push_back(distribution.num_levels());
      scale_.push_back(num_scales_);
    }
    ++num_scales_;
  }
}

Eigen::VectorXd GpFeatures::encode(std::span<const double> unit) const {
  Eigen::VectorXd features(num_columns());
  for (std::size_t c = 0; c < parameter_.size(); ++c) {
    const double u = unit[parameter_[c]];
    double& feature = features[static_cast<Eigen::Index>(c)];
    if (level_[c] < 0) {
      feature = std::isnan(u) ? 0.5 : u;
    } else {
      // Cells of unordered levels are equally wide.
      const auto level = static_cast<std::int64_t>(std::floor(u * static_cast<double>(levels_[c])));
      feature = !std::isnan(u) && level == level_[c] ? std::numbers::sqrt2 / 2 : 0;
    }
  }
  return features;
}

}  // namespace jury
