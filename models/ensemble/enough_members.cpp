#include "models/ensemble/enough_members.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::size_t kFewestMembers = 2;
constexpr std::int32_t kFewestValues = 5;  // below, a deviation says little

std::size_t num_rivals(const CombinationShape& shape) noexcept {
  return std::max<std::size_t>(shape.num_outputs, 2) - 1;
}

}  // namespace

EnoughMembers::EnoughMembers(const CombinationShape& shape, const EnoughOptions& options)
    : shape_(shape),
      tolerance_(options.tolerance),
      label_(options.label),
      deviations_(options.deviations),
      log_threshold_(std::log(2 * static_cast<double>(num_rivals(shape)) / options.tolerance)),
      deciding_(options.tolerance / 2 / static_cast<double>(num_rivals(shape))),
      counts_(shape.num_rows),
      sums_(shape.num_rows * shape.num_outputs),
      spread_(shape.outcome == Outcome::values || options.label == LabelRule::mean ? sums_.size() : 0),
      decided_(shape.outcome == Outcome::classes ? shape.num_rows : 0, -1) {
  JURY_EXPECTS(shape.num_rows > 0 && shape.num_outputs > 0);
  JURY_EXPECTS(options.tolerance > 0 && options.tolerance <= 1);
  JURY_EXPECTS(!values() || (deviations_.size() == shape.num_outputs && std::ranges::min(deviations_) > 0));
}

void EnoughMembers::add(Predictions member) {
  JURY_EXPECTS(member.size() == shape_.num_rows * shape_.width());
  ++num_members_;
  for (std::size_t row = 0; row < shape_.num_rows; ++row) {
    const Predictions f = row_of(member, row, shape_.width());
    if (!is_predicted(f)) continue;
    ++counts_[row];
    if (values()) {
      add_values(row, f);
      continue;
    }
    add_classes(row, f);
    if (decided_[row] >= 0) continue;
    if (const std::size_t first = leader(row); leads(row, first)) decided_[row] = static_cast<std::int32_t>(first);
  }
}

void EnoughMembers::add_classes(std::size_t row, Predictions p) {
  const std::size_t begin = row * shape_.num_outputs;
  if (label_ == LabelRule::vote) {
    ++sums_[begin + static_cast<std::size_t>(predicted_label(p))];
    return;
  }
  const double even = 1.0 / static_cast<double>(shape_.num_outputs);
  for (std::size_t c = 0; c < p.size(); ++c) {
    const double value = std::clamp(static_cast<double>(p[c]), 0.0, 1.0);
    const double error = value - (even + sums_[begin + c]) / counts_[row];  // one member's worth of "all alike"
    spread_[begin + c] += error * error;
    sums_[begin + c] += value;
  }
}

void EnoughMembers::add_values(std::size_t row, Predictions f) {
  for (std::size_t k = 0; k < shape_.num_outputs; ++k) {
    double& mean = sums_[row * shape_.num_outputs + k];
    const double value = static_cast<double>(f[k]), delta = value - mean;
    mean += delta / counts_[row];
    spread_[row * shape_.num_outputs + k] += delta * (value - mean);
  }
}

std::size_t EnoughMembers::leader(std::size_t row) const noexcept {
  const auto sums = std::span(sums_).subspan(row * shape_.num_outputs, shape_.num_outputs);
  return static_cast<std::size_t>(std::ranges::max_element(sums) - sums.begin());
}

// True when there is evidence enough against every rival of the leader.
bool EnoughMembers::leads(std::size_t row, std::size_t leader) {
  const std::size_t begin = row * shape_.num_outputs;
  if (shape_.num_outputs == 1) return true;
  if (label_ == LabelRule::vote) {
    double second = 0;  // e falls with the rival's votes: the runner-up decides for all
    for (std::size_t c = 0; c < shape_.num_outputs; ++c)
      if (c != leader) second = std::max(second, sums_[begin + c]);
    return sums_[begin + leader] >= deciding_.against(static_cast<std::int32_t>(second));
  }
  for (std::size_t c = 0; c < shape_.num_outputs; ++c) {
    if (c == leader) continue;
    // y = (p(leader) - p(c)) / 2 and its guess are within 1/2 of 0; ((a - b) / 2)^2 <= (a^2 + b^2) / 2
    const double s = (sums_[begin + leader] - sums_[begin + c]) / 2;
    const double v = (spread_[begin + leader] + spread_[begin + c]) / 2;
    if (log_evidence_of_mean(s, v) < log_threshold_) return false;
  }
  return true;
}

bool EnoughMembers::enough() const { return num_members_ >= kFewestMembers && gap() <= limit(); }

double EnoughMembers::gap() const { return values() ? half_width() : undecided_share(); }

double EnoughMembers::undecided_share() const {
  std::size_t undecided = 0;
  for (std::size_t row = 0; row < shape_.num_rows; ++row)
    if (decided_[row] < 0 || static_cast<std::size_t>(decided_[row]) != leader(row)) ++undecided;
  return static_cast<double>(undecided) / static_cast<double>(shape_.num_rows);
}

double EnoughMembers::half_width() const {
  double sum = 0;
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const std::int32_t count = counts_[i / shape_.num_outputs];
    if (count < kFewestValues) return std::numeric_limits<double>::infinity();
    const double relative =
        mean_half_width(count, std::sqrt(spread_[i] / (count - 1))) / deviations_[i % shape_.num_outputs];
    sum += relative * relative;
  }
  return std::sqrt(sum / static_cast<double>(sums_.size()));
}

}  // namespace jury
