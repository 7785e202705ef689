#include "models/ensemble/weighted_quantile.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {

double weighted_quantile(std::vector<WeightedValue> values, double share) {
  JURY_EXPECTS(share >= 0 && share <= 1);
  std::erase_if(values, [](const WeightedValue& x) { return !(x.weight > 0); });
  JURY_EXPECTS(!values.empty());
  std::ranges::sort(values, {}, [](const WeightedValue& x) { return std::pair(x.value, x.weight); });
  double total = 0, below = 0;
  for (const WeightedValue& x : values) total += x.weight;
  const double wanted = share * total, slack = 1e-12 * total;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    below += values[i].weight;
    if (below < wanted - slack) continue;
    return below <= wanted + slack ? std::midpoint(values[i].value, values[i + 1].value) : values[i].value;
  }
  return values.back().value;
}

}  // namespace jury
