// Rows of a file with groups, times, copies: what splitters and the checks of folds look at.
#pragma once

#include <string>

#include "support/small_study.hpp"

namespace jury {

/// 48 rows of 12 persons, four each, in two classes; time runs backwards. Without features in common but `copies`: that
/// many of the last rows repeat the features of the first ones.
inline std::string grouped_rows(int copies = 0) {
  std::string text = "x,z,who,when,kind\n";
  for (int i = 0; i < 48; ++i) {
    const int as = i >= 48 - copies ? i - (48 - copies) : i;
    text += std::to_string(as * as % 47) + "," + std::to_string(as) + ",p" + std::to_string(i % 12) + "," +
            std::to_string(100 - i) + (i * i % 5 < 2 ? ",in\n" : ",out\n");
  }
  return text;
}

/// Two members on average and these folds; nothing else.
inline Experiment grouped_experiment(const std::string& file, const std::string& method) {
  Experiment e = small_experiment();
  e.data = {.train = file, .target = {"kind"}};
  e.data.group = "who";
  e.data.time = "when";
  e.ensemble.method = "average";
  e.ensemble.members = 2;
  e.bias_variance.reset();
  e.final.refit = false;
  e.cv->method = method;
  e.cv->folds = 3;
  return e;
}

}  // namespace jury
