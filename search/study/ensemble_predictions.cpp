#include "search/study/ensemble_predictions.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "models/ensemble/combiner.hpp"
#include "models/ensemble/uncertainty.hpp"
#include "models/nn/predict.hpp"
#include "runtime/mpi/agreement.hpp"
#include "search/study/ensemble_voices.hpp"
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

template <class T>
std::vector<T> gathered(const Comm& comm, std::span<const T> mine) {
  const Bytes bytes = comm.gather(std::as_bytes(mine), 0);
  std::vector<T> all(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(all.data(), bytes.data(), bytes.size());
  return all;
}
template <class T>
std::vector<T> gathered(const Comm& comm, const std::vector<T>& mine) { return gathered(comm, std::span<const T>(mine)); }

// The rules among the ways to join; the other one is a stack's own.
std::vector<const CombineRule*> rules_of(const StoredEnsemble& ensemble, const std::vector<std::string>& combines) {
  std::vector<const CombineRule*> rules;
  for (const std::string& combine : combines)
    if (!is_stack_of(ensemble, combine)) rules.push_back(&find_combine_rule(combine));
  return rules;
}

// What a rank keeps of the voices it heard.
struct Heard {
  Heard(const StoredEnsemble& from, const std::vector<std::string>& combines, std::size_t num_rows)
      : ensemble(from),
        combiner(combination_shape(from, num_rows), rules_of(from, combines), {.trim = from.experiment.ensemble.trim}),
        uncertainty(combination_shape(from, num_rows)) {}

  void add(const Voice& voice) {
    combiner.add(voice.predictions, voice.weight);
    uncertainty.add(voice.predictions);
    if (ensemble.stack) bases.push_back(voice.predictions);
  }
  std::vector<float> joined(const std::string& combine) const {
    const CombinationShape& shape = combiner.plain().shape();
    if (shape.num_rows == 0) return {};
    if (!is_stack_of(ensemble, combine)) return combiner.combined(find_combine_rule(combine));
    return ensemble.stack->join(shape, std::vector<Predictions>(bases.begin(), bases.end()));
  }

  const StoredEnsemble& ensemble;
  Combiner combiner;
  Uncertainty uncertainty;
  std::vector<std::vector<float>> bases;  // of a stack
};

EnsemblePredictions gathered(const Heard& heard, const std::vector<std::string>& combines, const Comm& comm) {
  EnsemblePredictions out{.combines = combines};
  for (const std::string& combine : combines) out.combined.push_back(gathered(comm, heard.joined(combine)));
  const Combination& combination = heard.combiner.plain();
  out.mean = gathered(comm, combination.mean());
  out.deviation = gathered(comm, combination.deviation());
  out.votes = gathered(comm, combination.votes());
  out.label_mean = gathered(comm, combination.label_mean());
  out.label_vote = gathered(comm, combination.label_vote());
  if (heard.ensemble.experiment.ensemble.method == "gradient_boosting") return out;  // a sum so far is no opinion
  out.uncertainty = {.total = gathered(comm, heard.uncertainty.total()),
                     .aleatoric = gathered(comm, heard.uncertainty.aleatoric()),
                     .epistemic = gathered(comm, heard.uncertainty.epistemic())};
  return out;
}

}  // namespace

bool is_stack_of(const StoredEnsemble& ensemble, std::string_view combine) noexcept {
  return ensemble.stack.has_value() && combine == ensemble.experiment.ensemble.method;
}

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
  RowPredictor predictor(dataset, rows, ensemble.data.num_train);
  EnsembleVoices voices(ensemble, predictor);
  Heard heard(ensemble, query.combines, rows.size());
  for (std::size_t i = 0; i < voices.size(); ++i) {
    Voice voice;
    agree(comm, [&] {
      voice = voices.next();
      heard.add(voice);
    });
    if (query.members == MemberOutput::combined_only) continue;
    const auto all = gathered(comm, voice.predictions);
    if (comm.rank() == 0 && query.on_member) query.on_member(i, all);
  }
  EnsemblePredictions out = gathered(heard, query.combines, comm);
  out.shape = combination_shape(ensemble, dataset.num_test());
  if (comm.rank() != 0) return out;
  if (out.shape.outcome == Outcome::classes) out.label = labels_of(out.combined.front(), out.shape.num_outputs);
  for (std::size_t row = 0; row < out.shape.num_rows; ++row)
    out.num_unpredicted += is_predicted(row_of(out.combined.front(), row, out.shape.width())) ? 0U : 1U;
  return out;
}

}  // namespace jury
