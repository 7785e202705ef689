#include "models/ensemble/jackknife_plus.hpp"

#include <cmath>
#include <utility>

#include "models/ensemble/conformal.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
JackknifePlus::JackknifePlus(const Truth& truth, Predictions out_of_bag_mean) : num_outputs_(truth.num_outputs) {
  if (truth.outcome != Outcome::values)
    throw ConfigError("jackknife+ intervals do not suit classification (they are intervals of values) use lac or aps");
  JURY_EXPECTS(out_of_bag_mean.size() == truth.num_rows() * truth.width());
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions f = row_of(out_of_bag_mean, row, truth.width());
    if (!is_predicted(f)) ++num_left_out_;
    for (std::size_t k = 0; k < num_outputs_; ++k)
      residuals_.push_back(is_predicted(f) ? std::abs(truth.values[row * num_outputs_ + k] - static_cast<double>(f[k]))
                                           : kNaN);
  }
}

JackknifePlus::JackknifePlus(std::size_t num_outputs, std::vector<double> residuals)
    : num_outputs_(num_outputs), residuals_(std::move(residuals)) {
  JURY_EXPECTS(num_outputs > 0 && residuals_.size() % num_outputs == 0);
  for (std::size_t at = 0; at < residuals_.size(); at += num_outputs)
    num_left_out_ += std::isnan(residuals_[at]) ? 1U : 0U;
}

std::vector<Interval> JackknifePlus::intervals(const BagTable& table, double alpha) const {
  JURY_EXPECTS(table.num_outputs() == num_outputs_);
  JURY_EXPECTS(table.num_training_rows() * num_outputs_ == residuals_.size());
  std::vector<Interval> result;
  std::vector<double> below, above;  // below with its sign turned, so that one quantile serves both
  for (std::size_t i = 0; i < table.num_cells(); ++i) {
    const std::size_t target = i % num_outputs_;
    const BagTable::Cell cell = table.cell(i / num_outputs_, target);
    const std::vector<double> departures = table.departures(cell);
    below.clear();
    above.clear();
    for (std::size_t row = 0; row < departures.size(); ++row) {
      const double mean = cell.mean + departures[row], residual = residuals_[row * num_outputs_ + target];
      below.push_back(residual - mean);
      above.push_back(residual + mean);
    }
    result.push_back(cell.count > 0 ? Interval{-conformal_quantile(below, alpha), conformal_quantile(above, alpha)}
                                    : Interval{kNaN, kNaN});
  }
  return result;
}

}  // namespace jury
