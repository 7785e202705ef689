#include "models/nn/early_stopping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

double worst(Better better) noexcept { return better == Better::lower ? kInfinity : -kInfinity; }

// Distinct rows that are drawn from together, and how many of them are held out.
struct Stratum {
  std::vector<std::uint32_t> rows;  // ascending
  std::size_t held = 0;
};

// One for each class in ascending order, or one for all.
std::vector<Stratum> strata_of(std::span<const std::uint32_t> rows, std::span<const std::int32_t> labels) {
  std::map<std::int32_t, Stratum> by_label;
  for (const std::uint32_t row : rows) {
    JURY_EXPECTS(labels.empty() || row < labels.size());
    by_label[labels.empty() ? 0 : labels[row]].rows.push_back(row);
  }
  std::vector<Stratum> strata;
  for (auto& entry : by_label) strata.push_back(std::move(entry.second));
  return strata;
}

// Shares out `count` rows to hold, none of a stratum beyond its size less `spared`, by largest
// remainders; of equal ones the first stratum.
void share_out(std::vector<Stratum>& strata, std::size_t count, std::size_t num_rows, std::size_t spared) {
  std::vector<double> missing(strata.size());  // of its exact share
  const auto spare = [&](std::size_t s) { return strata[s].rows.size() - spared - strata[s].held; };
  std::size_t left = count;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    const double share =
        static_cast<double>(count) * static_cast<double>(strata[s].rows.size()) / static_cast<double>(num_rows);
    strata[s].held = std::min(static_cast<std::size_t>(share), strata[s].rows.size() - spared);
    missing[s] = share - static_cast<double>(strata[s].held);
    left -= strata[s].held;
  }
  for (; left > 0; --left) {
    std::size_t chosen = strata.size();
    for (std::size_t s = 0; s < strata.size(); ++s)
      if (spare(s) > 0 && (chosen == strata.size() || missing[s] > missing[chosen])) chosen = s;
    JURY_EXPECTS(chosen < strata.size());
    ++strata[chosen].held;
    missing[chosen] -= 1;
  }
}

}  // namespace

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options, Better better)
    : options_(options), better_(better), best_(worst(better)) {
  if (options.rule == "gl" && better == Better::higher)
    throw ConfigError(
        fmt::format("train.early_stopping.rule = 'gl' does not suit metric = '{}' (generalisation loss "
                    "is a share of a loss, and here higher is better) use rule = \"patience\"",
                    options.metric));
}

EarlyStopping::Verdict EarlyStopping::observe(double value) {
  if (options_.rule == "gl" && value < 0)
    throw ConfigError(
        fmt::format("train.early_stopping.rule = 'gl' met {} = {} (generalisation loss is a share of a "
                    "loss, which must not be negative) use rule = \"patience\"",
                    options_.metric, value));
  if (std::isnan(value)) value = worst(better_);
  ++epochs_;
  if (better_ == Better::lower ? value < best_ - options_.min_delta : value > best_ + options_.min_delta) {
    best_ = value;
    best_epoch_ = epochs_;
    return Verdict::improved;
  }
  return stops(value) ? Verdict::stop : Verdict::go_on;
}

bool EarlyStopping::stops(double value) const noexcept {
  if (options_.rule == "patience") return epochs_ - best_epoch_ >= options_.patience;
  // As a product it also holds at E* = 0; before any finite value, infinity is not beyond itself.
  return value > best_ * (1 + options_.alpha / 100);
}

void EarlyStopping::save(ByteWriter& writer) const { writer.add(best_).add(best_epoch_).add(epochs_); }

void EarlyStopping::load(ByteReader& reader) {
  const auto best = reader.read<double>();
  const auto best_epoch = reader.read<std::int32_t>();
  const auto epochs = reader.read<std::int32_t>();
  if (std::isnan(best) || best_epoch < 0 || epochs < best_epoch)
    throw DataError("the state of early stopping makes no sense (a damaged checkpoint)");
  best_ = best;
  best_epoch_ = best_epoch;
  epochs_ = epochs;
}

HeldOut hold_out(std::span<const std::uint32_t> draws, std::span<const std::int32_t> labels, double fraction,
                 std::uint64_t key) {
  std::vector<std::uint32_t> rows(draws.begin(), draws.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  if (rows.size() < 2)
    throw DataError(
        fmt::format("too few rows to hold any out (train.early_stopping needs 2 different training rows; "
                    "there {} {})",
                    rows.size() == 1 ? "is" : "are", rows.size()));
  std::vector<Stratum> strata = strata_of(rows, labels);
  const auto wanted = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(rows.size())));
  const std::size_t spare = rows.size() - strata.size();  // when each class keeps one
  const std::size_t spared = spare > 0 ? 1 : 0;
  const std::size_t most = spare > 0 ? spare : rows.size() - 1;
  share_out(strata, std::clamp<std::size_t>(wanted, 1, most), rows.size(), spared);

  HeldOut out;
  Rng rng(key);
  for (Stratum& stratum : strata) {
    shuffle(std::span(stratum.rows), rng);
    out.validation.insert(out.validation.end(), stratum.rows.begin(),
                          stratum.rows.begin() + static_cast<std::ptrdiff_t>(stratum.held));
  }
  std::sort(out.validation.begin(), out.validation.end());
  for (std::size_t i = 0; i < draws.size(); ++i)
    if (!std::binary_search(out.validation.begin(), out.validation.end(), draws[i])) {
      out.training.push_back(draws[i]);
      out.kept.push_back(static_cast<std::uint32_t>(i));
    }
  return out;
}

}  // namespace jury
