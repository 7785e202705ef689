#include "search/study/ensemble_predictions.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "models/nn/predict.hpp"
#include "runtime/mpi/agreement.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The test rows in this rank's blocks.
std::vector<std::uint32_t> share_of_rows(const Dataset& dataset, const Comm& comm) {
  constexpr auto block = static_cast<std::size_t>(kPredictBlock);
  const std::size_t num_blocks = (dataset.rows() + block - 1) / block;
  const auto start = [&](int rank) {
    const std::size_t row = num_blocks * static_cast<std::size_t>(rank) / static_cast<std::size_t>(comm.size()) * block;
    return std::clamp(row, dataset.num_train(), dataset.rows());
  };
  std::vector<std::uint32_t> rows(start(comm.rank() + 1) - start(comm.rank()));
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(start(comm.rank())));
  return rows;
}

// Positions of rows with a missing cell.
std::vector<std::size_t> with_missing_cells(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto numbers = dataset.numeric().empty() ? dataset.numeric() : dataset.numeric().subspan(rows[i] * dataset.num_numeric(), dataset.num_numeric());
    const auto codes = dataset.codes().subspan(rows[i] * dataset.num_categorical(), dataset.num_categorical());
    const bool missing = std::ranges::any_of(numbers, [](float number) { return std::isnan(number); }) ||
                         std::ranges::find(codes, kMissingCode) != codes.end();
    if (missing) found.push_back(i);
  }
  return found;
}

// A network makes numbers even of NaN (relu: 0): such rows are taken back.
void take_back_unfilled(const Pipeline& pipeline, const Dataset& dataset, std::span<const std::uint32_t> rows,
                        std::span<const std::size_t> suspects, std::vector<float>& predictions) {
  std::vector<float> inputs(pipeline.width());
  const std::size_t width = rows.empty() ? 0 : predictions.size() / rows.size();
  for (const std::size_t i : suspects) {
    pipeline.gather(dataset, rows.subspan(i, 1), inputs.data());
    if (!std::ranges::any_of(inputs, [](float input) { return std::isnan(input); })) continue;
    std::fill_n(predictions.begin() + static_cast<std::ptrdiff_t>(i * width), width, std::numeric_limits<float>::quiet_NaN());
  }
}

template <class T>
std::vector<T> gathered(const Comm& comm, std::span<const T> mine) {
  const Bytes bytes = comm.gather(std::as_bytes(mine), 0);
  std::vector<T> all(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(all.data(), bytes.data(), bytes.size());
  return all;
}
template <class T>
std::vector<T> gathered(const Comm& comm, const std::vector<T>& mine) { return gathered(comm, std::span<const T>(mine)); }

}  // namespace

bool needs_all_members(std::string_view combine) noexcept { return combine != "mean" && combine != "vote"; }

CombinationShape combination_shape(const StoredEnsemble& ensemble, std::size_t num_rows) {
  const DataSchema& schema = ensemble.data.schema;
  const bool labelled = schema.task == TaskKind::classification;
  return {.outcome = labelled ? Outcome::classes : Outcome::values,
          .num_rows = num_rows,
          .num_outputs = labelled ? schema.classes.size() : schema.targets.size(),
          .kind = forecast_of(ensemble.experiment, schema.task).kind};
}

EnsemblePredictions predict_ensemble(const StoredEnsemble& ensemble, const Dataset& dataset, const EnsembleQuery& query,
                                     const Comm& comm) {
  JURY_EXPECTS(!query.combines.empty());
  const auto rows = share_of_rows(dataset, comm);
  const auto suspects = with_missing_cells(dataset, rows);
  std::vector<const CombineRule*> rules;
  for (const std::string& combine : query.combines) rules.push_back(&find_combine_rule(combine));
  Combiner combiner(combination_shape(ensemble, rows.size()), rules, {.trim = ensemble.experiment.ensemble.trim});
  const Combination& combination = combiner.plain();
  PlanCache plans;
  for (std::size_t m = 0; m < ensemble.members.size(); ++m) {
    std::vector<float> predictions;
    agree(comm, [&] {
      const TrainedMember& member = ensemble.members[m].model;
      predictions = predict_rows(member, dataset, rows, plans);
      take_back_unfilled(member.pipeline, dataset, rows, suspects, predictions);
      combiner.add(predictions, ensemble.members[m].weight);
    });
    if (query.members == MemberOutput::combined_only) continue;
    const auto all = gathered(comm, predictions);
    if (comm.rank() == 0 && query.on_member) query.on_member(m, all);
  }
  EnsemblePredictions out{.shape = combination_shape(ensemble, dataset.num_test()), .combines = query.combines};
  for (const CombineRule* rule : rules) out.combined.push_back(gathered(comm, combiner.combined(*rule)));
  out.mean = gathered(comm, combination.mean());
  out.deviation = gathered(comm, combination.deviation());
  out.votes = gathered(comm, combination.votes());
  out.label_mean = gathered(comm, combination.label_mean());
  out.label_vote = gathered(comm, combination.label_vote());
  const auto counts = gathered(comm, combination.counts());
  out.num_unpredicted = static_cast<std::size_t>(std::ranges::count(counts, 0));
  if (comm.rank() == 0 && out.shape.outcome == Outcome::classes)
    out.label = labels_of(out.combined.front(), out.shape.num_outputs);
  return out;
}

}  // namespace jury
