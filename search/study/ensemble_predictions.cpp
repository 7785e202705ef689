#include "search/study/ensemble_predictions.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>

#include "models/ensemble/bag_table.hpp"
#include "models/ensemble/combiner.hpp"
#include "models/ensemble/conformal.hpp"
#include "models/ensemble/jackknife_plus.hpp"
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
std::vector<T> gathered(const Comm& comm, const std::vector<T>& mine) {
  return gathered(comm, std::span<const T>(mine));
}

// The rules among the ways to join; the other one is a stack's own.
std::vector<const CombineRule*> rules_of(const StoredEnsemble& ensemble, const std::vector<std::string>& combines) {
  std::vector<const CombineRule*> rules;
  for (const std::string& combine : combines)
    if (!is_stack_of(ensemble, combine)) rules.push_back(&find_combine_rule(combine));
  return rules;
}

bool has_jackknife(const StoredEnsemble& ensemble) {
  const auto& conformal = ensemble.calibration.conformal;
  return conformal && conformal->choice.method == "jackknife_plus";
}

// What a rank keeps of the voices it heard.
struct Heard {
  Heard(const StoredEnsemble& from, const std::vector<std::string>& combines, std::size_t num_rows)
      : ensemble(from),
        combiner(combination_shape(from, num_rows), rules_of(from, combines), {.trim = from.experiment.ensemble.trim}),
        uncertainty(combination_shape(from, num_rows)) {
    if (has_jackknife(from) && num_rows > 0) bags.emplace(from.data.num_train, combination_shape(from, num_rows));
  }

  void add(const Voice& voice) {
    combiner.add(voice.predictions, voice.weight);
    uncertainty.add(voice.predictions);
    if (ensemble.stack) bases.push_back(voice.predictions);
    if (bags)
      bags->add(bag_counts_of(*ensemble.calibration.conformal, ensemble.data.num_train, voice.number),
                voice.predictions);
  }
  std::vector<Interval> intervals() const {
    if (!bags) return {};
    const StoredConformal& conformal = *ensemble.calibration.conformal;
    return JackknifePlus(bags->num_outputs(), conformal.residuals).intervals(*bags, 1 - conformal.coverage);
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
  std::optional<BagTable> bags;           // for jackknife+
};

float outward(double value, double side) {
  const auto rounded = static_cast<float>(value);
  const bool is_inside = side < 0 ? static_cast<double>(rounded) > value : static_cast<double>(rounded) < value;
  return is_inside ? std::nextafter(rounded, static_cast<float>(side)) : rounded;
}

void keep_intervals(EnsemblePredictions& out, const std::vector<Interval>& intervals) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  for (const Interval& interval : intervals) {
    out.low.push_back(outward(interval.low, -kFar));
    out.high.push_back(outward(interval.high, kFar));
  }
}

// What the run's calibrator and its split conformal make of the rows as it reports them.
void calibrate(const StoredEnsemble& ensemble, const EnsembleQuery& query, EnsemblePredictions& out) {
  const StoredCalibration& stored = ensemble.calibration;
  if (query.combines.front() != query.reported) return;
  if (stored.calibrator) out.calibrated = stored.calibrator->apply(out.combined.front());
  if (stored.conformal && stored.conformal->choice.method == "split") {
    const SplitConformal split(stored.conformal->choice.score, out.shape, stored.conformal->thresholds);
    const std::vector<float>& rows = stored.calibrator ? out.calibrated : out.combined.front();
    if (out.shape.outcome == Outcome::values) {
      keep_intervals(out, split.intervals(rows));
    } else {
      const auto sets = split.sets(rows);
      out.sets.assign(sets.begin(), sets.end());
    }
  }
  if (query.calibrating == Calibrating::left_out) out.calibrated.clear();
}

EnsemblePredictions gathered(const Heard& heard, const std::vector<std::string>& combines, const Comm& comm) {
  EnsemblePredictions out{.combines = combines};
  keep_intervals(out, gathered(comm, heard.intervals()));
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

EnsemblePredictions predict_ensemble(const StoredEnsemble& ensemble, const Dataset& dataset, const EnsembleQuery& query,
                                     const Comm& comm) {
  JURY_EXPECTS(!query.combines.empty());
  const auto rows = share_of_rows(dataset, comm);
  RowPredictor predictor(dataset, rows, ensemble.data.num_train + query.rows_before);
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
  calibrate(ensemble, query, out);
  if (out.shape.outcome == Outcome::classes)
    out.label = labels_of(out.calibrated.empty() ? out.combined.front() : out.calibrated, out.shape.num_outputs);
  for (std::size_t row = 0; row < out.shape.num_rows; ++row)
    out.num_unpredicted += is_predicted(row_of(out.combined.front(), row, out.shape.width())) ? 0U : 1U;
  return out;
}

}  // namespace jury
