#include "search/study/cv_checks.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace jury {
namespace {

// Keys of one method that another would not look at.
void check_method_keys(const CvOptions& cv, const Config& config, Problems& problems) {
  const Config given = to_config(cv), usual = to_config(CvOptions());
  const auto needs = [&](std::string_view key, bool applies, std::string_view methods) {
    if (applies || *given.find(key) == *usual.find(key)) return;
    const Config* at = config.find_path("cv." + std::string(key));
    problems.add(
        at != nullptr ? at->origin() : config.origin(),
        fmt::format("cv.{} does not go with cv.method = \"{}\" (it is for {}) leave it out", key, cv.method, methods));
  };
  for (const char* key : {"gap", "window", "test_size"}) needs(key, cv.method == "time_series", "time_series");
  for (const char* key : {"folds", "repeats"}) needs(key, cv.has_folds(), "methods that divide the rows");
  needs("p", cv.method == "leave_p_out", "leave_p_out");
  needs("bins", cv.method.starts_with("stratified"), "the stratified methods of a regression");
}

}  // namespace

void check_cv(const CvOptions& cv, const Config& config, Problems& problems) {
  const auto problem = [&](std::string_view key, const std::string& text) {
    const Config* at = config.find_path(key);
    problems.add(at != nullptr ? at->origin() : config.origin(), text);
  };
  if (!cv.is_predefined()) {
    for (const auto& [key, value] : {std::pair("cv.column", &cv.column), std::pair("cv.test_index", &cv.test_index),
                                     std::pair("cv.train_index", &cv.train_index)})
      if (!value->empty())
        problem(key,
                fmt::format("{} does not go with cv.method = \"{}\" (set cv.method = \"predefined\")", key, cv.method));
    check_method_keys(cv, config, problems);
    const int fewest = cv.method == "time_series" || cv.method.ends_with("shuffle_split") || cv.is_bootstrap() ? 1 : 2;
    if (cv.folds < fewest)
      problem("cv.folds", fmt::format("cv.folds = {} is out of range (must be in [{}, {}])", cv.folds, fewest, 1e9));
    return;
  }
  if (cv.column.empty() && cv.test_index.empty())
    problem("cv.method",
            "cv.method = \"predefined\" does not say where the splits are (name a column in cv.column, or files "
            "in cv.test_index)");
  if (!cv.column.empty() && !cv.test_index.empty())
    problem("cv.test_index", "cv.column and cv.test_index exclude each other (keep one)");
  if (!cv.train_index.empty() && cv.test_index.empty())
    problem("cv.train_index", "cv.train_index needs cv.test_index (the rows that each split tests)");
  if (!cv.column.empty() && cv.folds != 0)
    problem("cv.folds",
            fmt::format("cv.folds = {} does not go with cv.column (its values are the folds) leave it out", cv.folds));
  for (const auto& [key, value] :
       {std::pair("cv.test_index", &cv.test_index), std::pair("cv.train_index", &cv.train_index)})
    if (!value->empty() && (value->find("{}") == std::string::npos || value->find("{}") != value->rfind("{}")))
      problem(key, fmt::format("{} = \"{}\" does not name a file for each split (write {{}} once, where the number is)",
                               key, *value));
}

}  // namespace jury
