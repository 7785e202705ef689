#include "search/study/study_data.hpp"

#include "models/data/load.hpp"

namespace jury {

Bytes load_study_data(const Experiment& experiment) {
  LoadOptions load;
  if (experiment.cv && experiment.cv->is_predefined())
    load.splits = {.column = experiment.cv->column,
                   .test_index = experiment.cv->test_index,
                   .train_index = experiment.cv->train_index,
                   .count = experiment.cv->folds};
  return load_dataset(experiment.data, experiment.experiment.seed, load);
}

std::vector<Split> given_splits(const Dataset& dataset) {
  const std::size_t rows = dataset.num_train();
  std::vector<Split> splits(dataset.parts().size() / rows);
  for (std::size_t s = 0; s < splits.size(); ++s) {
    for (std::uint32_t row = 0; row < rows; ++row) {
      const SplitPart part = dataset.parts()[s * rows + row];
      if (part == SplitPart::train) splits[s].train.push_back(row);
      if (part == SplitPart::test) splits[s].test.push_back(row);
    }
  }
  return splits;
}

}  // namespace jury
