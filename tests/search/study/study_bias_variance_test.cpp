#include "search/study/study_bias_variance.hpp"

#include <gtest/gtest.h>

#include <string>

#include "search/study/study_results.hpp"
#include "support/methods.hpp"

namespace jury {
namespace {

StudyBiasVariance decomposed(const std::string& ensemble, const std::string& more = "") {
  SmallStudy study(experiment_over(R"({"ensemble": {)" + ensemble + "}" + more + "}"));
  return compute_results(study.plan, study.all_fits(), 0).bias_variance;
}

// As if each prefix were an ensemble of its own, in every number and every row.
TEST(StudyBiasVariance, OfEveryPrefixIsThatOfAnEnsembleOfSoManyMembers) {
  const auto of = [](int members) {
    return decomposed(R"("method": "bagging", "members": )" + std::to_string(members));
  };
  const StudyBiasVariance whole = of(3);
  ASSERT_EQ(whole.by_size.size(), 3U);
  for (int members = 1; members <= 3; ++members) {
    const StudyDecomposition& prefix = whole.by_size[static_cast<std::size_t>(members) - 1];
    const StudyBiasVariance alone = of(members);
    const StudyDecomposition& ensemble = alone.overall.at(1);
    ASSERT_EQ(prefix.members, members);
    ASSERT_EQ(ensemble.predictor, "ensemble");
    ASSERT_EQ(prefix.parts.size(), ensemble.parts.size());
    for (std::size_t d = 0; d < prefix.parts.size(); ++d) {
      EXPECT_EQ(prefix.parts[d].overall.variance, ensemble.parts[d].overall.variance) << prefix.parts[d].definition;
      EXPECT_EQ(prefix.parts[d].overall.bias, ensemble.parts[d].overall.bias) << prefix.parts[d].definition;
      ASSERT_EQ(prefix.parts[d].points.size(), prefix.rows.size());
      for (std::size_t row = 0; row < prefix.rows.size(); ++row)
        EXPECT_EQ(prefix.parts[d].points[row].mean_loss, ensemble.parts[d].points[row].mean_loss) << row;
    }
  }
}

TEST(StudyBiasVariance, OfALargeEnsembleIsOfEverLargerPrefixes) {
  const StudyBiasVariance many = decomposed(R"("method": "average", "members": 200)",
                                            R"(, "data": {"generator": "twonorm", "rows": 30, "test_rows": 2600},
      "bias_variance": {"replicates": 2}, "cv": false, "final": {"refit": false}, "train": {"epochs": 1})");
  EXPECT_EQ(many.by_size.size(), sizes_to_look_at(200).size());
  EXPECT_LT(many.by_size.size(), 30U);
}

}  // namespace
}  // namespace jury
