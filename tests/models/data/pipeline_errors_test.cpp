#include <gtest/gtest.h>

#include "models/data/tables.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::string pipeline_refusal(const Dataset& data, const std::vector<PreprocessStep>& steps) {
  try {
    fit_pipeline(data, steps, first_rows(data.rows()));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

const PreprocessStep kFill{.step = "impute"};
const PreprocessStep kOneHot{.step = "one-hot"};

TEST(PipelineErrors, MissingCellsMustBeImputed) {
  EXPECT_EQ(pipeline_refusal(number_table(2, {1, 2, 3, kNoNumber}), {{.step = "standardize"}}),
            "column 'x1' still has missing cells after preprocessing (models need numbers) add a step \"impute\"");
  EXPECT_EQ(pipeline_refusal(mixed_table(), {kFill, {.step = "ordinal"}}),
            "column 'k' still has missing cells after preprocessing (models need numbers) add a step \"impute\"");
  EXPECT_EQ(pipeline_refusal(mixed_table(), {kFill, kOneHot}), "no error");
}

// Rows outside the bag count: they will be predicted.
TEST(PipelineErrors, MissingCellsOutsideTheBagCount) {
  const std::vector<PreprocessStep> steps = {{.step = "standardize"}};
  EXPECT_THROW(fit_pipeline(number_table(1, {1, 2, kNoNumber}), steps, first_rows(2)), ConfigError);
}

TEST(PipelineErrors, TextsMustBeEncoded) {
  EXPECT_EQ(
      pipeline_refusal(mixed_table(), {kFill}),
      "column 'k' still holds texts after preprocessing (models need numbers) add a step \"one-hot\" or \"ordinal\"");
  EXPECT_EQ(pipeline_refusal(mixed_table(), {{.step = "standardize", .columns = {"all"}}}),
            "preprocess step \"standardize\" is applied to column 'k' (which holds texts) encode it before, or set "
            "columns = \"numeric\"");
  EXPECT_EQ(pipeline_refusal(mixed_table(), {{.step = "impute", .columns = {"k"}, .with = {"mean"}}}),
            "preprocess step \"impute\" with \"mean\" is applied to column 'k' (which holds texts) use with = "
            "\"most_frequent\"");
  EXPECT_EQ(pipeline_refusal(mixed_table(), {{.step = "one-hot", .columns = {"a"}}}),
            "preprocess step \"one-hot\" is applied to column 'a' (which holds numbers) list it in data.categorical");
  EXPECT_EQ(pipeline_refusal(mixed_table(), {kFill, {.step = "quantile"}, kOneHot}),
            "preprocess step \"one-hot\" stands behind quantile or pca (texts are encoded first) move it up");
}

TEST(PipelineErrors, UnknownColumnsAndStepsAreNamed) {
  EXPECT_EQ(pipeline_refusal(number_table(2, {1, 2}), {{.step = "clip", .columns = {"x5"}, .low = 0}}),
            "preprocess step \"clip\" names the column 'x5' (there is none) did you mean 'x0'?");
  EXPECT_NE(pipeline_refusal(number_table(2, {1, 2}), {{.step = "scale"}}).find("preprocess step \"scale\" is unknown"),
            std::string::npos);
}

TEST(PipelineErrors, OptionsOfAStepMustSuitIt) {
  const Dataset data = number_table(2, {1, 2, 3, 5});
  EXPECT_EQ(pipeline_refusal(data, {{.step = "impute", .with = {"middle"}}}),
            "preprocess step \"impute\" has with = \"middle\" (must be mean, median, most_frequent or a number)");
  EXPECT_EQ(pipeline_refusal(data, {{.step = "clip"}}),
            "preprocess step \"clip\" needs low <= high, and at least one of them");
  EXPECT_EQ(pipeline_refusal(data, {{.step = "clip", .low = 2, .high = 1}}),
            "preprocess step \"clip\" needs low <= high, and at least one of them");
  EXPECT_EQ(pipeline_refusal(data, {{.step = "minmax", .low = 2}}), "preprocess step \"minmax\" has low >= high");
  EXPECT_EQ(pipeline_refusal(data, {{.step = "robust", .low = -1}}),
            "preprocess step \"robust\" must have 0 <= low < high <= 1 (they are quantiles)");
  EXPECT_EQ(pipeline_refusal(data, {{.step = "quantile", .with = {"gamma"}}}),
            "preprocess step \"quantile\" must have with = \"uniform\" or \"normal\"");
  EXPECT_EQ(pipeline_refusal(data, {{.step = "pca", .components = 3}}),
            "preprocess step \"pca\" asks for 3 components (there are 2 columns)");
  EXPECT_EQ(pipeline_refusal(data, {{.step = "standardize", .per = "channel"}}),
            "preprocess step \"standardize\" has per = \"channel\" (the samples are no images) set data.shape, or per "
            "= \"column\"");
  EXPECT_EQ(
      pipeline_refusal(number_table(2, {1, 2, 3, kNoNumber}), {{.step = "pca"}}),
      "preprocess step \"pca\" meets missing cells in column 'x1' (it needs numbers) add a step \"impute\" before it");
}

#ifdef JURY_CONTRACTS
TEST(PipelineErrorsDeathTest, ThereIsARowToFitOn) {
  EXPECT_DEATH(fit_pipeline(number_table(1, {1, 2}), {}, std::vector<std::uint32_t>()), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
