// Predictions as a file: csv, npy or h5.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/store/file.hpp"
#include "search/study/ensemble_predictions.hpp"

namespace jury {

/// The path that stands for csv on standard output.
inline constexpr std::string_view kStandardOutput = "-";

/// Everything that goes into a file of predictions.
struct PredictionOutput {
  const StoredEnsemble& ensemble;
  const EnsemblePredictions& predictions;
  Detail detail = Detail::answer;
  std::vector<std::vector<float>> members = {};  ///< (rows, width) each, in member order; empty: not asked for
  std::vector<std::vector<std::int32_t>> member_labels = {};  ///< (rows) each, of classes: what it votes for; -1: none
};

/// One column of the csv and npy forms: every stride-th value from the first on, of either array.
struct PredictionColumn {
  std::string name;
  std::span<const float> reals = {};
  std::span<const std::int32_t> integers = {};
  std::size_t stride = 1;
  std::span<const std::string> classes = {};  ///< of a label: the name of each
};

/// Columns in their order:
///
///   classes  label; of conformal sets set.<class> (1 in it, 0 not, -1 not predicted: empty in csv); with Detail::all
///            label_mean, label_vote, p.<class> (as the reported way joins the members, and calibrated where it is),
///            std.<class> over members, votes.<class>, entropy, mutual_information; of members m<member>.label (what it
///            votes for), m<member>.p.<class>
///   values   value.<target>; of conformal intervals low.<target>, high.<target>; with Detail::all mean.<target>,
///            std.<target>, and where networks predict variances variance.<target> (of the mixture),
///            aleatoric.<target>, epistemic.<target>, where these are calibrated calibrated_variance.<target> (of the
///            reported way); of members m<member>.value.<target>, m<member>.variance.<target>
///
/// What is calibrated is the reported prediction: label and p, or calibrated_variance. All else is of the members.
/// The members of a stack are its bases, b<base> instead of m<member>. Uncertainty is taken apart over members,
/// each counted once (models/ensemble/uncertainty.hpp); gradient boosting has none.
///
/// They show `output`, which must outlive them.
std::vector<PredictionColumn> prediction_columns(const PredictionOutput& output);

/// Writes predictions of one piece of rows after the other, in the form that the ending of the path says; what was
/// there is replaced when all is written.
///
///   csv  RFC 4180 with a line of names; numbers in the fewest digits that read back as the same float32. What was not
///        predicted is empty
///   npy  NumPy's format 1.0: float32 (rows, columns), labels as their numbers (-1: none), without names
///   h5   of one piece alone: label, label_mean, label_vote, entropy, expected_entropy, mutual_information (row),
///   combined
///        (never calibrated), calibrated, mean, std, votes, set (row, class or target), low, high, mixture_variance,
///        aleatoric_variance, epistemic_variance, calibrated_variance (row, target), and of members member_label
///        (member, row), proba or value and variance (member, row, class or target), as /predictions of results.h5 has
///        them
class PredictionWriter {
 public:
  /// "-": csv, on standard output. Throws as require_prediction_format(); IoError.
  explicit PredictionWriter(const std::string& path);
  ~PredictionWriter();  ///< Without finish() nothing is left behind.
  PredictionWriter(const PredictionWriter&) = delete;
  PredictionWriter& operator=(const PredictionWriter&) = delete;

  /// Expects the columns of the pieces before. Throws IoError.
  void add(const PredictionOutput& output);
  /// Throws IoError.
  void finish();

 private:
  void write(std::span<const std::byte> bytes);

  std::string path_, aside_ = {};
  std::optional<File> file_ = {};
  std::uint64_t rows_ = 0, columns_ = 0;
};

/// Throws ConfigError unless the ending of `path` is .csv, .npy or .h5.
void require_prediction_format(const std::string& path);

}  // namespace jury
