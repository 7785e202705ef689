#include "models/data/target_scaler.hpp"

#include <cmath>

#include "models/data/row_statistics.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void TargetScaler::save(ByteWriter& writer) const { writer.add(mean).add(deviation); }

TargetScaler TargetScaler::load(ByteReader& reader) {
  TargetScaler scaler{reader.vector<double>(), reader.vector<double>()};
  if (scaler.mean.size() != scaler.deviation.size()) throw DataError("target scaler is damaged (its columns differ in number)");
  return scaler;
}

Fitted<TargetScaler> fit_target_scaler(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  JURY_EXPECTS(dataset.task() == TaskKind::regression && !rows.empty());
  TargetScaler scaler;
  const std::size_t count = dataset.num_targets();
  for (std::size_t k = 0; k < count; ++k) {
    Moments moments;
    for (const std::uint32_t row : rows) moments.merge({1, dataset.targets()[row * count + k], 0});
    scaler.mean.push_back(moments.mean);
    const double deviation = moments.deviation();
    scaler.deviation.push_back(deviation > 1e-12 * std::abs(moments.mean) && deviation > 1e-300 ? deviation : 1);
  }
  return {std::move(scaler), RowSet(dataset.domain(), rows)};
}

}  // namespace jury
