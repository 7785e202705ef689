// Which training rows each member saw, beside what it says of new rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// What one bagged run knows about its own dependence on single training rows: how often row i is in
/// member b's bag, N_bi, and what members predict, t_b, for each cell (new row, output). Members are added in
/// member order. Memory: members * (2 training rows + 4 cells) bytes; that is usually far less than the
/// sums over members for all pairs of training row and cell, which are made cell by cell instead.
class BagTable {
 public:
  /// Shape of the predictions of new rows; of means and variances the means count. Expects both not empty.
  BagTable(std::size_t num_training_rows, const CombinationShape& shape);

  /// Adds one member: bag_counts (num_training_rows), and its predictions (shape.num_rows, shape.width), NaN rows
  /// not predicted. Expects those sizes and counts below 65536.
  void add(std::span<const std::uint32_t> bag_counts, Predictions member);

  std::size_t num_training_rows() const noexcept { return num_training_rows_; }
  std::size_t num_members() const noexcept { return num_members_; }
  std::size_t num_rows() const noexcept { return shape_.num_rows; }
  std::size_t num_outputs() const noexcept { return shape_.num_outputs; }
  std::size_t num_cells() const noexcept { return shape_.num_rows * shape_.num_outputs; }
  /// Mean number of draws in a bag. Expects a member.
  double mean_draws() const noexcept;

  /// The members' predictions of one cell, their mean taken off.
  struct Cell {
    std::size_t count = 0;        ///< members that predicted it
    double mean = 0;              ///< NaN when none did
    double variance = 0;          ///< divided by count; NaN when none did
    std::vector<double> centred;  ///< (members) t_b - mean; NaN where not predicted
  };
  /// Expects row and output of the shape. O(members).
  Cell cell(std::size_t row, std::size_t output) const;

  /// (num_training_rows) mean of t_b over members without row i in their bag, less the mean over
  /// all; NaN where each has it. O(members * num_training_rows).
  std::vector<double> departures(const Cell& cell) const;

  /// (num_training_rows) mean of N_bi (t_b - mean) over members: the covariance of how often a row is drawn with what
  /// is predicted; NaN when nobody predicted. O(members * num_training_rows).
  std::vector<double> covariances(const Cell& cell) const;

 private:
  std::span<const std::uint16_t> counts_of(std::size_t member) const noexcept {
    return std::span(counts_).subspan(member * num_training_rows_, num_training_rows_);
  }

  std::size_t num_training_rows_;
  CombinationShape shape_;
  std::size_t num_members_ = 0;
  std::vector<std::uint16_t> counts_;       // (members, num_training_rows)
  std::vector<std::uint32_t> num_without_;  // (num_training_rows) members without the row
  std::vector<float> predictions_;          // (members, num_cells)
};

}  // namespace jury
