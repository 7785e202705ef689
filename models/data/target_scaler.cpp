#include "models/data/target_scaler.hpp"

#include <cmath>

#include "models/data/row_statistics.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void TargetScaler::save(ByteWriter& writer) const { writer.add(mean).add(deviation); }

TargetScaler TargetScaler::load(ByteReader& reader) {
  TargetScaler scaler{reader.vector<double>(), reader.vector<double>()};
  if (scaler.mean.size() != scaler.deviation.size())
    throw DataError("target scaler is damaged (its columns differ in number)");
  return scaler;
}

Fitted<TargetScaler> fit_target_scaler(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  JURY_EXPECTS(dataset.task() == TaskKind::regression);
  return {target_scaler_of(dataset.targets(), dataset.num_targets(), rows), RowSet(dataset.domain(), rows)};
}

TargetScaler target_scaler_of(std::span<const double> targets, std::size_t num_targets,
                              std::span<const std::uint32_t> rows) {
  JURY_EXPECTS(!rows.empty());
  TargetScaler scaler;
  for (std::size_t k = 0; k < num_targets; ++k) {
    Moments moments;
    for (const std::uint32_t row : rows) moments.merge({1, targets[row * num_targets + k], 0});
    scaler.mean.push_back(moments.mean);
    const double deviation = moments.deviation();
    scaler.deviation.push_back(deviation > 1e-12 * std::abs(moments.mean) && deviation > 1e-300 ? deviation : 1);
  }
  return scaler;
}

}  // namespace jury
