#include "models/data/pipeline.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/data/tables.hpp"

namespace jury {
namespace {

using Floats = std::vector<float>;
using Rows = std::vector<std::uint32_t>;

TEST(Pipeline, ImputesFromTheRowsItIsGiven) {
  const Dataset data = number_table(1, {1, 2, 2, 9, kNoNumber, 1000});
  const Rows in_bag = {0, 1, 2, 3, 4};
  const auto filled = [&](Texts with) {
    const std::vector<PreprocessStep> steps = {{.step = "impute", .with = std::move(with)}};
    return gathered(*fit_pipeline(data, steps, in_bag), data, {4})[0];
  };
  EXPECT_EQ(filled({"mean"}), 3.5F);
  EXPECT_EQ(filled({"median"}), 2.0F);
  EXPECT_EQ(filled({"most_frequent"}), 2.0F);
  EXPECT_EQ(filled({"-7.5"}), -7.5F);
}

TEST(Pipeline, TheMedianOfAnEvenNumberIsTheMiddle) {
  EXPECT_EQ(fitted_column(number_table(1, {4, 1, 3, 2, kNoNumber}), {{.step = "impute"}}, 0)[4], 2.5F);
}

TEST(Pipeline, ARowDrawnTwiceCountsTwice) {
  const Dataset data = number_table(1, {0, 3, kNoNumber});
  const std::vector<PreprocessStep> steps = {{.step = "impute", .with = {"mean"}}};
  EXPECT_EQ(gathered(*fit_pipeline(data, steps, Rows{0, 1, 1, 2}), data, {2})[0], 2.0F);
}

TEST(Pipeline, AColumnThatIsAllMissingInTheBagIsFilledWithZero) {
  const Dataset data = number_table(1, {kNoNumber, 5, 6});
  for (const char* with : {"mean", "median", "most_frequent"}) {
    const std::vector<PreprocessStep> steps = {{.step = "impute", .with = {with}}, {.step = "standardize"}};
    EXPECT_EQ(gathered(*fit_pipeline(data, steps, Rows{0}), data, {0})[0], 0.0F) << with;
  }
}

TEST(Pipeline, StandardizesToMeanZeroAndDeviationOne) {
  Rng rng(21);
  Floats numbers;
  for (int i = 0; i < 600; ++i) numbers.push_back(static_cast<float>(1000 * (i % 3) + (i % 3 + 1) * rng.normal()));
  const Dataset data = number_table(3, numbers);
  for (std::size_t j = 0; j < 3; ++j) {
    double sum = 0, squares = 0;
    const Floats column = fitted_column(data, {{.step = "standardize"}}, j);
    for (const float x : column)
      sum += static_cast<double>(x), squares += static_cast<double>(x) * static_cast<double>(x);
    EXPECT_NEAR(sum / 200, 0, 1e-6);  // floats of 2000 +- 3 are good to 1e-7 of a deviation each
    EXPECT_NEAR(squares / 200, 1, 1e-5);
  }
}

TEST(Pipeline, AConstantColumnIsScaledByOne) {
  for (const char* step : {"standardize", "minmax", "robust"})
    EXPECT_EQ(fitted_column(number_table(1, {0.1F, 0.1F, 0.1F}), {{.step = step}}, 0), (Floats{0, 0, 0})) << step;
  const Dataset data = number_table(1, {5, 5, 7});
  const std::vector<PreprocessStep> steps = {{.step = "standardize"}};
  EXPECT_EQ(gathered(*fit_pipeline(data, steps, Rows{0, 1}), data, {2})[0], 2.0F);
}

TEST(Pipeline, ScalesToARange) {
  const Dataset data = number_table(1, {2, 4, 6});
  EXPECT_EQ(fitted_column(data, {{.step = "minmax"}}, 0), (Floats{0, 0.5, 1}));
  EXPECT_EQ(fitted_column(data, {{.step = "minmax", .low = -1, .high = 3}}, 0), (Floats{-1, 1, 3}));
}

TEST(Pipeline, RobustScalingIgnoresOutliers) {
  EXPECT_EQ(fitted_column(number_table(1, {1, 2, 3, 4, 1000}), {{.step = "robust"}}, 0),
            (Floats{-1, -0.5, 0, 0.5, 498.5}));
}

TEST(Pipeline, ClipsWhereItStands) {
  const Dataset data = number_table(1, {-5, 1, 5});
  EXPECT_EQ(fitted_column(data, {{.step = "clip", .low = -1, .high = 2}}, 0), (Floats{-1, 1, 2}));
  EXPECT_EQ(fitted_column(data, {{.step = "clip", .high = 2}}, 0), (Floats{-5, 1, 2}));
  EXPECT_EQ(fitted_column(data, {{.step = "clip", .low = 0}, {.step = "minmax"}}, 0), (Floats{0, 0.2F, 1}));
}

// Fitting a step on the result of the ones before is what the composed map must amount to.
TEST(Pipeline, StepsAreFittedOnWhatComesBefore) {
  const Dataset data = number_table(1, {0, 10, kNoNumber, 20, 90});
  const Floats filled = {0, 10, 15, 20, 90};  // the median of four
  const std::vector<PreprocessStep> steps = {{.step = "impute"}, {.step = "clip", .high = 30}, {.step = "standardize"}};
  EXPECT_EQ(fitted_column(data, steps, 0),
            fitted_column(number_table(1, filled), {{.step = "clip", .high = 30}, {.step = "standardize"}}, 0));
}

TEST(Pipeline, OneHotHasOneOutputPerText) {
  const Dataset data = mixed_table();
  const std::vector<PreprocessStep> steps = {{.step = "impute", .columns = {"numeric"}, .with = {"0"}},
                                             {.step = "one-hot"}};
  const auto pipeline = fit_pipeline(data, steps, first_rows(8));
  EXPECT_EQ(pipeline->names(), (std::vector<std::string>{"a", "k=p", "k=q", "k=r", "b", "m=no", "m=yes"}));
  EXPECT_EQ(gathered(*pipeline, data, {1}), (Floats{2, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(gathered(*pipeline, data, {3}), (Floats{4, 0, 0, 1, 40, 0, 0}));  // missing text: no output is one
}

TEST(Pipeline, TextsAreImputedByTheMostFrequent) {
  const Dataset data = mixed_table();
  const std::vector<PreprocessStep> steps = {{.step = "impute", .with = {"most_frequent"}}, {.step = "ordinal"}};
  const auto pipeline = fit_pipeline(data, steps, Rows{0, 2, 3, 6, 7, 7});
  EXPECT_EQ(pipeline->width(), 4U);
  EXPECT_EQ(gathered(*pipeline, data, {4})[1], 2.0F);  // 'r' in four of six rows
  EXPECT_EQ(gathered(*pipeline, data, {3})[3], 1.0F);
}

TEST(Pipeline, OutputsOfTextsCanBeScaled) {
  const Dataset data = mixed_table();
  const std::vector<PreprocessStep> steps = {{.step = "impute", .columns = {"numeric"}},
                                             {.step = "one-hot"},
                                             {.step = "minmax", .columns = {"m"}, .low = -1, .high = 1}};
  const auto row = gathered(*fit_pipeline(data, steps, first_rows(8)), data, {1});
  EXPECT_EQ(row[5], -1.0F);
  EXPECT_EQ(row[6], 1.0F);
}

TEST(Pipeline, DefaultsMakeAnyTableFitForAModel) {
  const Dataset data = mixed_table();
  const auto pipeline = fit_pipeline(data, {}, first_rows(8));
  EXPECT_EQ(pipeline->width(), 7U);
  for (const float x : gathered(*pipeline, data, first_rows(8))) EXPECT_TRUE(std::isfinite(x));
  const Floats row = gathered(*pipeline, data, {3});
  EXPECT_EQ(Floats(row.begin() + 1, row.begin() + 4), (Floats{0, 0, 1}));
  EXPECT_EQ(row[6], 1.0F);  // 'yes' is as frequent as 'no' here but for the row itself
}

TEST(Pipeline, ImagesAreStandardizedPerChannel) {
  DataSchema schema{.task = TaskKind::regression, .features = {}, .targets = {"y"}, .shape = {2, 1, 2}};
  for (int j = 0; j < 4; ++j) schema.features.push_back({.name = "p" + std::to_string(j)});
  DatasetBuilder builder(schema, {.num_train = 2, .storage = Storage::u8});
  const std::uint8_t pixels[] = {0, 2, 100, 100, 4, 6, 100, 200};
  std::copy(std::begin(pixels), std::end(pixels), builder.bytes().begin());
  const Dataset data = Dataset::own(std::move(builder).finish());
  const Floats out = gathered(*fit_pipeline(data, {}, Rows{0, 1}), data, {0, 1});
  const float deviation = std::sqrt(5.0F), other = std::sqrt(1875.0F);  // of 0 2 4 6 and of 100 100 100 200
  const Floats expected = {-3 / deviation, -1 / deviation, -25 / other, -25 / other,
                           1 / deviation,  3 / deviation,  -25 / other, 75 / other};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(out[i], expected[i], 1e-6F);
}

TEST(Pipeline, PassesNumbersUnchangedWhenThereIsNothingToDo) {
  const Dataset data = number_table(3, {1, 2, 3, 4, 5, 6});
  const std::vector<PreprocessStep> steps = {{.step = "one-hot"}};
  EXPECT_EQ(gathered(*fit_pipeline(data, steps, Rows{0}), data, {1, 0}), (Floats{4, 5, 6, 1, 2, 3}));
}

TEST(Pipeline, RemembersTheRowsItSaw) {
  const Dataset data = number_table(1, {1, 2, 3, 4});
  const auto pipeline = fit_pipeline(data, {}, Rows{0, 0, 2});
  EXPECT_EQ(pipeline.saw(), RowSet(data.domain(), Rows{0, 2}));
  EXPECT_NO_THROW(require_unseen(pipeline.saw(), data.domain(), Rows{1, 3}, "scaler"));
  EXPECT_THROW(require_unseen(pipeline.saw(), data.domain(), Rows{1, 2}, "scaler"), LeakError);
}

// A row outside the bag must not change what is fitted.
TEST(Pipeline, DoesNotLookBeyondItsRows) {
  const std::vector<PreprocessStep> steps = {
      {.step = "impute", .with = {"mean"}}, {.step = "robust"}, {.step = "standardize"}};
  const Dataset a = number_table(2, {1, 2, 3, 5, kNoNumber, 7, 8, 8}),
                b = number_table(2, {1, 2, 3, 5, kNoNumber, 7, -500, 99});
  EXPECT_TRUE(*fit_pipeline(a, steps, Rows{0, 1, 2}) == *fit_pipeline(b, steps, Rows{0, 1, 2}));
}

TEST(Pipeline, ReadsBackWhatItSaved) {
  const Dataset data = mixed_table();
  const std::vector<std::vector<PreprocessStep>> cases = {{},
                                                          {{.step = "impute"},
                                                           {.step = "impute", .with = {"most_frequent"}},
                                                           {.step = "ordinal"},
                                                           {.step = "clip", .columns = {"a"}, .high = 9}},
                                                          {{.step = "impute"},
                                                           {.step = "one-hot"},
                                                           {.step = "quantile", .with = {"normal"}},
                                                           {.step = "minmax"},
                                                           {.step = "pca", .columns = {"all"}, .components = 3},
                                                           {.step = "standardize"}}};
  for (const auto& steps : cases) {
    const auto pipeline = fit_pipeline(data, steps, first_rows(8));
    ByteWriter writer;
    pipeline->save(writer);
    ByteReader reader(writer.bytes());
    const Pipeline again = Pipeline::load(reader);
    EXPECT_TRUE(reader.empty());
    EXPECT_TRUE(again == *pipeline);
    EXPECT_EQ(gathered(again, data, first_rows(8)), gathered(*pipeline, data, first_rows(8)));
    ByteWriter twice;
    again.save(twice);
    EXPECT_EQ(twice.bytes(), writer.bytes());
  }
}

TEST(Pipeline, SurvivesDamagedBytes) {
  const Dataset data = mixed_table();
  const std::vector<PreprocessStep> steps = {{.step = "impute"},
                                             {.step = "impute", .with = {"most_frequent"}},
                                             {.step = "ordinal", .columns = {"m"}},
                                             {.step = "one-hot", .columns = {"k"}},
                                             {.step = "quantile"},
                                             {.step = "pca", .components = 1}};
  ByteWriter writer;
  fit_pipeline(data, steps, first_rows(8))->save(writer);
  const Bytes good = writer.bytes();
  for (std::size_t size = 0; size < good.size(); size += 5) {
    ByteReader reader{std::span(good).first(size)};
    EXPECT_THROW(Pipeline::load(reader), DataError);
  }
  Rng rng(31);
  for (int round = 0; round < 3000; ++round) {
    Bytes bad = good;
    bad[rng.below(bad.size())] = static_cast<std::byte>(rng.below(256));
    ByteReader reader(bad);
    try {
      const Pipeline pipeline = Pipeline::load(reader);
      gathered(pipeline, data, {0, 7});
    } catch (const DataError&) {
    }
  }
}

using Codes = std::vector<Pipeline::Code>;

Codes codes_of(std::vector<PreprocessStep> steps) {
  steps.insert(steps.begin(), {.step = "impute", .columns = {"numeric"}});
  return fit_pipeline(mixed_table(), steps, first_rows(8))->codes();
}

TEST(Pipeline, TellsWhichOutputsAreCodes) {
  EXPECT_EQ(codes_of({{.step = "impute", .with = {"most_frequent"}}, {.step = "ordinal"}}), (Codes{{1, 3}, {3, 2}}));
  EXPECT_EQ(codes_of({{.step = "impute", .with = {"most_frequent"}}, {.step = "one-hot"}}), Codes{});
  // A one-hot feature before one with codes takes as many outputs as it has texts.
  EXPECT_EQ(codes_of({{.step = "one-hot", .columns = {"k"}},
                      {.step = "impute", .with = {"most_frequent"}},
                      {.step = "ordinal", .columns = {"m"}}}),
            (Codes{{5, 2}}));
}

TEST(Pipeline, ACodeThatStandsForMissingTextsIsNoneOfTheVocabulary) {
  const std::vector<PreprocessStep> steps = {{.step = "impute", .columns = {"numeric"}},
                                             {.step = "ordinal"},
                                             {.step = "impute", .columns = {"categorical"}, .with = {"-1"}}};
  const auto pipeline = fit_pipeline(mixed_table(), steps, first_rows(8));
  EXPECT_EQ(pipeline->codes(), (Codes{{1, 3}, {3, 2}}));
  EXPECT_EQ(gathered(*pipeline, mixed_table(), {4})[1], -1.0F);
}

TEST(Pipeline, WhatAStepScaledClippedOrMixedIsNoCode) {
  const PreprocessStep impute = {.step = "impute", .with = {"most_frequent"}}, ordinal = {.step = "ordinal"};
  EXPECT_EQ(codes_of({impute, ordinal, {.step = "standardize"}}), (Codes{{1, 3}, {3, 2}}));  // scales numbers only
  EXPECT_EQ(codes_of({impute, ordinal, {.step = "standardize", .columns = {"k"}}}), (Codes{{3, 2}}));
  EXPECT_EQ(codes_of({impute, ordinal, {.step = "clip", .columns = {"m"}, .high = 0}}), (Codes{{1, 3}}));
  EXPECT_EQ(codes_of({impute, ordinal, {.step = "quantile", .columns = {"m"}}}), (Codes{{1, 3}}));
  EXPECT_EQ(codes_of({impute, ordinal, {.step = "quantile"}, {.step = "minmax", .columns = {"k"}}}), (Codes{{3, 2}}));
  EXPECT_EQ(codes_of({impute, ordinal, {.step = "pca", .columns = {"all"}, .components = 2}}), Codes{});
}

TEST(Pipeline, CodesAreWhereStagesMoveThem) {
  const PreprocessStep impute = {.step = "impute", .with = {"most_frequent"}}, ordinal = {.step = "ordinal"};
  const std::vector<PreprocessStep> steps = {{.step = "impute", .columns = {"numeric"}},
                                             impute,
                                             ordinal,
                                             {.step = "quantile"},
                                             {.step = "pca", .columns = {"numeric"}, .components = 1}};
  const auto pipeline = fit_pipeline(mixed_table(), steps, first_rows(8));
  EXPECT_EQ(pipeline->names(), (std::vector<std::string>{"k", "m", "pca0"}));
  EXPECT_EQ(pipeline->codes(), (Codes{{0, 3}, {1, 2}}));
  EXPECT_EQ(gathered(*pipeline, mixed_table(), {2})[0], 1.0F);
}

}  // namespace
}  // namespace jury
