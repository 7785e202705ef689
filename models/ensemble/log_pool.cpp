#include "models/ensemble/log_pool.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {

LogPool::LogPool(const CombinationShape& shape)
    : shape_(shape), counts_(shape.num_rows), logs_(shape.num_rows * shape.num_outputs) {
  JURY_EXPECTS(shape.outcome == Outcome::classes && shape.num_outputs >= 1);
}

void LogPool::add(Predictions member) {
  JURY_EXPECTS(member.size() == logs_.size());
  for (std::size_t row = 0; row < shape_.num_rows; ++row) {
    const Predictions p = row_of(member, row, shape_.num_outputs);
    if (!is_predicted(p)) continue;
    ++counts_[row];
    for (std::size_t c = 0; c < p.size(); ++c)
      logs_[row * p.size() + c] += std::log(std::max(static_cast<double>(p[c]), kSmallestProbability));
  }
}

std::vector<float> LogPool::mean() const {
  std::vector<float> result(logs_.size(), std::numeric_limits<float>::quiet_NaN());
  std::vector<double> pool(shape_.num_outputs);
  for (std::size_t row = 0; row < shape_.num_rows; ++row) {
    if (counts_[row] == 0) continue;
    const auto logs = std::span(logs_).subspan(row * pool.size(), pool.size());
    const double largest = *std::ranges::max_element(logs);
    double sum = 0;
    for (std::size_t c = 0; c < pool.size(); ++c) sum += pool[c] = std::exp((logs[c] - largest) / counts_[row]);
    for (std::size_t c = 0; c < pool.size(); ++c) result[row * pool.size() + c] = static_cast<float>(pool[c] / sum);
  }
  return result;
}

}  // namespace jury
