// Samplers on functions, alone and by eight workers side by side, against random search (gp: gp_figures_test).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "search/sampler/virtual_workers.hpp"

namespace jury {
namespace {

// A method with the trials and seeds it gets.
struct Method {
  std::string name;
  std::int64_t trials;
  std::size_t seeds;
};

using MethodFigure = std::tuple<Method, std::string, std::size_t>;  // method, function, workers
class SearchFigures : public testing::TestWithParam<MethodFigure> {};

TEST_P(SearchFigures, IsBelowRandomSearch) {
  const auto& [method, function, workers] = GetParam();
  SimulatedSearch search{
      .method = method.name, .objective = {.function = function}, .trials = method.trials, .workers = workers};
  const auto end = static_cast<std::size_t>(method.trials);
  const double regret = median_regret(search, method.seeds, end);
  search.method = "random";
  EXPECT_LT(regret, median_regret(search, 9, end));
}

INSTANTIATE_TEST_SUITE_P(Functions, SearchFigures,
                         testing::Combine(testing::Values(Method{"tpe", 100, 9}, Method{"cma_es", 200, 9}),
                                          testing::Values("branin", "hartmann6", "rosenbrock", "mixed"),
                                          testing::Values(1U, 8U)),
                         [](const auto& line) {
                           return std::get<0>(line.param).name + "_" + std::get<1>(line.param) + "_" +
                                  std::to_string(std::get<2>(line.param));
                         });

// Sobol points are as random as random ones; their best is on average no worse.
TEST(SobolFigures, IsLevelWithRandomSearch) {
  EXPECT_LT(median_regret({.method = "sobol", .objective = {.function = "hartmann6"}, .trials = 100}, 21, 100),
            1.15 * median_regret({.method = "random", .objective = {.function = "hartmann6"}, .trials = 100}, 21, 100));
}

}  // namespace
}  // namespace jury
