// The data of a study, with the splits that its [cv] names.
#pragma once

#include <vector>

#include "models/data/dataset.hpp"
#include "search/split/splitter.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// The block of the experiment's dataset: see load_dataset(). The splits of cv.column, or the content
/// of the files of cv.test_index and cv.train_index, are part of it and so of its hash.
Bytes load_study_data(const Experiment& experiment);

/// The splits of index files, as a splitter takes them; empty when there are none.
std::vector<Split> given_splits(const Dataset& dataset);

}  // namespace jury
