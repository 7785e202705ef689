#include "models/metrics/variance_sources.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/metrics/crossed_effects.hpp"
#include "models/metrics/distributions.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// The design, or it without one level of one source, and the weighted sums over rows of its mean squares.
struct Part {
  CrossedEffects effects;
  std::vector<std::size_t> cells;  // of the whole design
  std::vector<double> sums;        // (sets)
  std::size_t source = 0;          // whose level is left out

  Part(std::span<const std::size_t> levels, std::vector<std::size_t> chosen, std::size_t without)
      : effects(levels), cells(std::move(chosen)), sums(effects.num_sets()), source(without) {}

  void add(std::span<const double> values, double scale, std::vector<double>& scratch) {
    scratch.clear();
    for (const std::size_t cell : cells) scratch.push_back(values[cell]);
    effects.add(scratch, scale, sums);
  }
};

Part whole(const CrossedDesign& design) {
  std::vector<std::size_t> cells;
  for (std::size_t cell = 0; cell < design.num_cells(); ++cell) cells.push_back(cell);
  return {design.levels, std::move(cells), 0};
}

// None where a source has only two levels: without one of them it would not vary.
std::vector<Part> without_one_level(const CrossedDesign& design) {
  std::vector<Part> parts;
  if (std::ranges::min(design.levels) < 3) return parts;
  for (std::size_t source = 0; source < design.num_sources(); ++source)
    for (std::size_t level = 0; level < design.levels[source]; ++level) {
      std::vector<std::size_t> levels = design.levels;
      --levels[source];
      std::vector<std::size_t> cells;
      for (std::size_t cell = 0; cell < design.num_cells(); ++cell)
        if (design.levels_of(cell)[source] != level) cells.push_back(cell);
      parts.emplace_back(levels, std::move(cells), source);
    }
  return parts;
}

double variance_of(std::span<const double> values) {
  double mean = 0, spread = 0, count = 0;
  for (const double value : values) {
    ++count;
    const double delta = value - mean;
    mean += delta / count;
    spread += delta * (value - mean);
  }
  return spread / count;
}

double relative_residual(double total, std::span<const double> plug_in) {
  double sum = 0;
  for (const double part : plug_in) sum += part;
  const double size = std::max(total, sum);
  return size > 0 ? std::abs(total - sum) / size : 0.0;
}

// What a design says: estimates (sets), then their shares (sets), then first-order and total share (sources each).
std::vector<double> answers_of(const Part& part, std::size_t num_sources) {
  const std::size_t sets = part.sums.size();
  std::vector<double> answers = part.effects.estimates(part.sums);
  double total = 0;
  for (const double estimate : answers) total += std::max(0.0, estimate);
  for (std::size_t set = 0; set < sets; ++set)
    answers.push_back(total > 0 ? std::max(0.0, answers[set]) / total : kNaN);
  for (std::size_t s = 0; s < num_sources; ++s) answers.push_back(answers[sets + (std::size_t{1} << s)]);
  for (std::size_t s = 0; s < num_sources; ++s) {
    double share = 0;
    for (std::size_t set = 0; set < sets; ++set)
      if (set >> s & 1U) share += answers[sets + set];
    answers.push_back(share);
  }
  return answers;
}

// Standard error of each answer over levels, NaN without parts.
std::vector<double> jackknife(const CrossedDesign& design, const std::vector<Part>& parts, std::size_t num_answers) {
  if (parts.empty()) return std::vector<double>(num_answers, kNaN);
  std::vector<double> variance(num_answers);
  auto part = parts.begin();
  for (std::size_t s = 0; s < design.num_sources(); ++s) {
    std::vector<std::vector<double>> answers;
    for (; part != parts.end() && part->source == s; ++part) answers.push_back(answers_of(*part, design.num_sources()));
    std::vector<double> of_levels(answers.size());
    for (std::size_t a = 0; a < num_answers; ++a) {
      std::ranges::transform(answers, of_levels.begin(), [&](const auto& each) { return each[a]; });
      variance[a] += static_cast<double>(answers.size() - 1) * variance_of(of_levels);
    }
  }
  for (double& v : variance) v = std::sqrt(v);
  return variance;
}

// Row by row: the whole design, and without each level.
class CrossedStudy {
 public:
  CrossedStudy(const CrossedDesign& design, const Truth& truth, std::span<const Predictions> cells)
      : design_(design),
        truth_(truth),
        cells_(cells),
        all_(whole(design)),
        parts_(without_one_level(design)),
        values_(cells.size()) {
    points_.assign(truth.num_rows() * num_components(), kNaN);
    for (std::size_t row = 0; row < truth.num_rows(); ++row) add_row(row);
    total_ /= weight_;  // NaN without rows
    for (double& sum : all_.sums) sum /= weight_;
    for (Part& part : parts_)
      for (double& sum : part.sums) sum /= weight_;
    if (weight_ > 0) residual_ = std::max(residual_, relative_residual(total_, all_.sums));
  }

  VarianceSources finish(std::uint64_t key, const IntervalOptions& intervals) && {
    const std::size_t sets = all_.sums.size();
    const std::vector<double> answers = answers_of(all_, design_.num_sources());
    const std::vector<double> errors = jackknife(design_, parts_, answers.size());
    const auto fewest = static_cast<double>(std::ranges::min(design_.levels));
    const double t = student_t_quantile(0.5 + intervals.level / 2, fewest - 1);
    const auto over_levels = [&](std::size_t a) {
      return Interval{answers[a] - t * errors[a], answers[a] + t * errors[a]};
    };
    const auto within_one = [](Interval i) { return Interval{std::max(i.low, 0.0), std::min(i.high, 1.0)}; };

    VarianceSources result{.components = {},
                           .shares = {},
                           .total_plug_in = total_,
                           .total_estimate = 0,
                           .residual = residual_,
                           .num_rows = num_rows_,
                           .points = {}};
    for (std::size_t set = 1; set < sets; ++set) {
      result.total_estimate += answers[set];
      result.components.push_back({.sources = static_cast<std::uint32_t>(set),
                                   .degrees_of_freedom = all_.effects.degrees(set),
                                   .plug_in = all_.sums[set],
                                   .estimate = answers[set],
                                   .share = answers[sets + set],
                                   .standard_error = errors[set],
                                   .over_levels = over_levels(set),
                                   .over_rows = over_rows(set, key, intervals)});
    }
    for (std::size_t s = 0; s < design_.num_sources(); ++s) {
      const std::size_t first = 2 * sets + s;
      const std::size_t total = first + design_.num_sources();
      result.shares.push_back({answers[first], answers[total], errors[first], errors[total],
                               within_one(over_levels(first)), within_one(over_levels(total))});
    }
    result.points = std::move(points_);
    return result;
  }

 private:
  std::size_t num_components() const { return all_.sums.size() - 1; }

  void add_row(std::size_t row) {
    const std::size_t width = truth_.width();
    if (!std::ranges::all_of(cells_, [&](Predictions cell) { return is_predicted(row_of(cell, row, width)); })) return;
    const double weight = truth_.weight(row);
    const double per_output = truth_.outcome == Outcome::values ? 1.0 / static_cast<double>(truth_.num_outputs) : 1.0;
    std::vector<double> mean_squares(all_.sums.size());
    double direct = 0;
    for (std::size_t k = 0; k < truth_.num_outputs; ++k) {
      // Less the first cell's: beside a large offset the spread keeps its digits.
      const auto offset = static_cast<double>(cells_[0][row * width + k]);
      for (std::size_t c = 0; c < cells_.size(); ++c)
        values_[c] = static_cast<double>(cells_[c][row * width + k]) - offset;
      direct += per_output * variance_of(values_);
      all_.effects.add(values_, per_output, mean_squares);
      for (Part& part : parts_) part.add(values_, weight * per_output, scratch_);
    }
    for (std::size_t set = 1; set < mean_squares.size(); ++set) all_.sums[set] += weight * mean_squares[set];
    total_ += weight * direct;
    weight_ += weight;
    ++num_rows_;
    residual_ = std::max(residual_, relative_residual(direct, mean_squares));
    const std::vector<double> estimates = all_.effects.estimates(mean_squares);
    std::copy(estimates.begin() + 1, estimates.end(),
              points_.begin() + static_cast<std::ptrdiff_t>(row * num_components()));
  }

  Interval over_rows(std::size_t set, std::uint64_t key, const IntervalOptions& intervals) const {
    std::vector<double> of_rows;
    for (std::size_t at = set - 1; at < points_.size(); at += num_components()) of_rows.push_back(points_[at]);
    return bootstrap_interval(of_rows, truth_.weights, key, intervals);
  }

  const CrossedDesign& design_;
  const Truth& truth_;
  std::span<const Predictions> cells_;
  Part all_;
  std::vector<Part> parts_;
  double total_ = 0, weight_ = 0, residual_ = 0;
  std::size_t num_rows_ = 0;
  std::vector<double> points_, values_, scratch_;
};

}  // namespace

std::size_t CrossedDesign::num_cells() const noexcept {
  std::size_t cells = 1;
  for (const std::size_t l : levels) cells *= l;
  return cells;
}

std::vector<std::size_t> CrossedDesign::levels_of(std::size_t cell) const {
  std::vector<std::size_t> at(levels.size());
  for (std::size_t s = levels.size(); s-- > 0; cell /= levels[s]) at[s] = cell % levels[s];
  return at;
}

VarianceSources variance_sources(const CrossedDesign& design, const Truth& truth, std::span<const Predictions> cells,
                                 std::uint64_t interval_key, const IntervalOptions& intervals) {
  JURY_EXPECTS(design.num_sources() >= 1 && design.num_sources() <= 8 && cells.size() == design.num_cells());
  [[maybe_unused]] const std::size_t size = truth.num_rows() * truth.width();
  JURY_EXPECTS(std::ranges::all_of(cells, [&](Predictions cell) { return cell.size() == size; }));
  return CrossedStudy(design, truth, cells).finish(interval_key, intervals);
}

std::string name_of(std::uint32_t sources, std::span<const std::string> names) {
  std::string result;
  for (std::size_t s = 0; s < names.size(); ++s)
    if (sources >> s & 1U) result += (result.empty() ? "" : ":") + names[s];
  return result;
}

}  // namespace jury
