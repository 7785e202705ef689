// How much of the variance between replicates each crossed source of variation makes.
#pragma once

#include <string>
#include <vector>

#include "models/metrics/variance_sources.hpp"
#include "search/study/study_bias_variance.hpp"

namespace jury {

/// One quantity of one predictor over the cells of the crossed design; points left empty.
struct StudyVarianceSources {
  std::string predictor;  ///< single, or ensemble
  std::string quantity;   ///< prediction: of the test rows; score: the first metric on them, of the cell as a whole
  VarianceSources found;
};

/// Of a crossed design (VarianceDesign::is_crossed()) of which all cells are complete; nothing otherwise.
std::vector<StudyVarianceSources> find_variance_sources(const StudyPlan& plan, const Scoring& scoring,
                                                        const StudyBiasVariance& study);

/// The largest residual of the identities; NaN where there are none.
double largest_residual(const std::vector<StudyVarianceSources>& sources) noexcept;

}  // namespace jury
