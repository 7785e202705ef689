// How much an ensemble's mean would vary with another training set, from one bagged run.
#pragma once

#include <vector>

#include "models/ensemble/bag_table.hpp"

namespace jury {

/// Variance of the mean prediction of one cell (new row, output) over training sets, in the units of the
/// prediction squared. NaN when nobody predicted it, the jackknife also when each training row is in every bag.
struct JackknifeVariance {
  double mean = 0;  ///< of the members
  double jackknife = 0;
  double jackknife_corrected = 0;  ///< what is due to the number of members taken off; not below 0
  double infinitesimal = 0;
  double infinitesimal_corrected = 0;
};

/// (num_rows, num_outputs) With n training rows, B members that predict t_b with mean t and variance v (divisor B),
/// and m draws in a bag:
///
///   jackknife      (n - 1) / n sum_i (t(-i) - t)^2, t(-i) the mean of members without row i: the
///                  jackknife after bootstrap (Efron 1992); scaled up for rows that every bag holds
///   infinitesimal  sum_i C_i^2, C_i = mean_b N_bi (t_b - t) (Efron 2014)
///   corrected      less (e^(m/n) - 1) n v / B, and less m v / B: at m = n those of Wager, Hastie, Efron 2014
///
/// With few members the uncorrected ones are far too large: they need B of the order of n, the corrected ones of
/// sqrt(n). The jackknife tends to err upwards and the infinitesimal one downwards; their mean is a good choice.
/// Both are for bags drawn with replacement from all n rows; strata of fixed size are an approximation.
/// Expects a table with a member. O(members * training rows * cells).
std::vector<JackknifeVariance> jackknife_variances(const BagTable& table);

}  // namespace jury
