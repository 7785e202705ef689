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

template <class T, class Range>
void append(std::vector<T>& to, const Range& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// Rows predicted by each member before the next ones are: few enough to stay in a cache, enough that binding a
// network's weights costs nothing beside them.
constexpr std::size_t kRowsAtOnce = 64 * kPredictBlock;

// What is kept of the voices on some rows.
class Heard {
 public:
  Heard(const StoredEnsemble& from, const EnsembleQuery& query, std::size_t num_rows)
      : ensemble_(from),
        query_(query),
        combiner_(combination_shape(from, num_rows), rules_of(from, query.combines),
                  {.trim = from.experiment.ensemble.trim}) {
    if (query.detail == Detail::all && from.experiment.ensemble.method != "gradient_boosting")
      uncertainty_.emplace(combination_shape(from, num_rows));  // a sum so far is no opinion
    if (has_jackknife(from) && num_rows > 0) bags_.emplace(from.data.num_train, combination_shape(from, num_rows));
  }

  void add(const Voice& voice) {
    combiner_.add(voice.predictions, voice.weight);
    if (uncertainty_) uncertainty_->add(voice.predictions);
    if (ensemble_.stack) bases_.push_back(voice.predictions);
    if (bags_)
      bags_->add(bag_counts_of(*ensemble_.calibration.conformal, ensemble_.data.num_train, voice.number),
                 voice.predictions);
  }

  const EnsembleQuery& query() const noexcept { return query_; }
  const Combination& plain() const noexcept { return combiner_.plain(); }
  const std::optional<Uncertainty>& uncertainty() const noexcept { return uncertainty_; }
  std::vector<Interval> intervals() const {
    if (!bags_) return {};
    const StoredConformal& conformal = *ensemble_.calibration.conformal;
    return JackknifePlus(bags_->num_outputs(), conformal.residuals).intervals(*bags_, 1 - conformal.coverage);
  }
  std::vector<float> joined(const std::string& combine) const {
    const CombinationShape& shape = combiner_.plain().shape();
    if (shape.num_rows == 0) return {};
    if (!is_stack_of(ensemble_, combine)) return combiner_.combined(find_combine_rule(combine));
    return ensemble_.stack->join(shape, std::vector<Predictions>(bases_.begin(), bases_.end()));
  }

 private:
  const StoredEnsemble& ensemble_;
  const EnsembleQuery& query_;
  Combiner combiner_;
  std::optional<Uncertainty> uncertainty_;
  std::vector<std::vector<float>> bases_;  // of a stack
  std::optional<BagTable> bags_;           // for jackknife+
};

// What became of this rank's rows.
struct Answers {
  std::vector<std::vector<float>> combined;
  std::vector<Interval> intervals;
  std::vector<float> mean, deviation;
  std::vector<std::int32_t> votes, label_mean, label_vote;
  RowUncertainty uncertainty;

  explicit Answers(std::size_t num_ways) : combined(num_ways) {}

  void add(const Heard& heard) {
    append(intervals, heard.intervals());
    for (std::size_t i = 0; i < combined.size(); ++i) append(combined[i], heard.joined(heard.query().combines[i]));
    if (heard.query().detail == Detail::answer) return;
    append(mean, heard.plain().mean());
    append(deviation, heard.plain().deviation());
    append(votes, heard.plain().votes());
    append(label_mean, heard.plain().label_mean());
    append(label_vote, heard.plain().label_vote());
    if (!heard.uncertainty()) return;
    append(uncertainty.total, heard.uncertainty()->total());
    append(uncertainty.aleatoric, heard.uncertainty()->aleatoric());
    append(uncertainty.epistemic, heard.uncertainty()->epistemic());
  }
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

EnsemblePredictions gathered(const Answers& of, const std::vector<std::string>& combines, const Comm& comm) {
  EnsemblePredictions out{.combines = combines};
  keep_intervals(out, gathered(comm, of.intervals));
  for (const std::vector<float>& combined : of.combined) out.combined.push_back(gathered(comm, combined));
  out.mean = gathered(comm, of.mean);
  out.deviation = gathered(comm, of.deviation);
  out.votes = gathered(comm, of.votes);
  out.label_mean = gathered(comm, of.label_mean);
  out.label_vote = gathered(comm, of.label_vote);
  out.uncertainty = {.total = gathered(comm, of.uncertainty.total),
                     .aleatoric = gathered(comm, of.uncertainty.aleatoric),
                     .epistemic = gathered(comm, of.uncertainty.epistemic)};
  return out;
}

// This rank's rows, of one dataset.
class Rows {
 public:
  Rows(const StoredEnsemble& ensemble, const Dataset& dataset, const EnsembleQuery& query, const Comm& comm)
      : ensemble_(ensemble), dataset_(dataset), query_(query), comm_(comm), all_(share_of_rows(dataset, comm)) {}

  Answers some_at_once() {
    Answers answers(query_.combines.size());
    agree(comm_, [&] {
      for (std::size_t begin = 0; begin < all_.size(); begin += kRowsAtOnce) {
        const auto some = std::span(all_).subspan(begin, std::min(kRowsAtOnce, all_.size() - begin));
        RowPredictor predictor = this->predictor(some);
        EnsembleVoices voices(ensemble_, predictor);
        Heard heard(ensemble_, query_, some.size());
        for (std::size_t i = 0; i < voices.size(); ++i) heard.add(voices.next());
        answers.add(heard);
      }
    });
    return answers;
  }

  // All of them by one voice after the other, each of which is told.
  Answers voice_by_voice() {
    Answers answers(query_.combines.size());
    RowPredictor predictor = this->predictor(all_);
    EnsembleVoices voices(ensemble_, predictor);
    Heard heard(ensemble_, query_, all_.size());
    for (std::size_t i = 0; i < voices.size(); ++i) {
      Voice voice;
      agree(comm_, [&] {
        voice = voices.next();
        heard.add(voice);
      });
      const auto all = gathered(comm_, voice.predictions);
      if (comm_.rank() == 0 && query_.on_member) query_.on_member(i, all);
    }
    answers.add(heard);
    return answers;
  }

 private:
  RowPredictor predictor(std::span<const std::uint32_t> rows) {
    return {dataset_, rows, ensemble_.data.num_train + query_.rows_before, plans_};
  }

  const StoredEnsemble& ensemble_;
  const Dataset& dataset_;
  const EnsembleQuery& query_;
  const Comm& comm_;
  std::vector<std::uint32_t> all_;
  PlanCache plans_;
};

}  // namespace

bool is_stack_of(const StoredEnsemble& ensemble, std::string_view combine) noexcept {
  return ensemble.stack.has_value() && combine == ensemble.experiment.ensemble.method;
}

EnsemblePredictions predict_ensemble(const StoredEnsemble& ensemble, const Dataset& dataset, const EnsembleQuery& query,
                                     const Comm& comm) {
  JURY_EXPECTS(!query.combines.empty());
  Rows rows(ensemble, dataset, query, comm);
  const Answers answers = query.members == MemberOutput::each ? rows.voice_by_voice() : rows.some_at_once();
  EnsemblePredictions out = gathered(answers, query.combines, comm);
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
