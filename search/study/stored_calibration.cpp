#include "search/study/stored_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace jury {
namespace {

Calibrator read_calibrator(const RunResults& results, const CombinationShape& shape) {
  const ResultsGroup group = results.group("/calibration");
  const Hdf5Array& bytes = results.array(group, "calibrator");
  if (bytes.type != ElementType::uint8) results.damaged(bytes.path + " holds no bytes");
  ByteReader reader(bytes.data);
  Calibrator calibrator = Calibrator::load(reader);
  if (!reader.empty() || calibrator.outcome != shape.outcome || calibrator.width() != shape.width())
    results.damaged("its calibrator is of other predictions");
  return calibrator;
}

std::vector<double> numbers_of(const RunResults& results, const Hdf5Array& array) {
  if (array.type != ElementType::float64) results.damaged(array.path + " holds no numbers");
  return as_doubles(array);
}

bool is_of_classes(ConformalScore score) noexcept {
  return score == ConformalScore::lac || score == ConformalScore::aps;
}

double real(const RunResults& results, const ResultsGroup& group, std::string_view attribute) {
  const AttributeValue* value = find_attribute(group.attributes, attribute);
  if (value == nullptr || !std::holds_alternative<double>(*value))
    results.damaged("it lacks the number " + std::string(attribute));
  return std::get<double>(*value);
}

void read_split(const RunResults& results, const Hdf5Array& threshold, const CombinationShape& shape,
                StoredConformal& out) {
  out.thresholds = numbers_of(results, threshold);
  const bool labelled = shape.outcome == Outcome::classes;
  const bool has_variances = shape.kind == ValueKind::means_and_variances;
  if (out.thresholds.size() != (labelled ? 1 : shape.num_outputs) || is_of_classes(out.choice.score) != labelled ||
      (out.choice.score == ConformalScore::normalised && !has_variances) ||
      std::ranges::any_of(out.thresholds, [](double one) { return std::isnan(one); }))
    results.damaged("its conformal threshold is of other predictions");
}

void read_bags(const RunResults& results, const Hdf5Array& residual, const CombinationShape& shape,
               std::size_t num_train, StoredConformal& out) {
  out.residuals = numbers_of(results, residual);
  const ResultsGroup splits = results.group("/splits");
  const auto counts = results.integers(splits, "bootstrap_count");
  constexpr std::int64_t kMost = std::numeric_limits<std::uint16_t>::max();
  const bool negative = std::ranges::any_of(out.residuals, [](double one) { return one < 0; });
  const bool are_counts = std::ranges::all_of(counts, [](std::int64_t count) { return count >= 0 && count <= kMost; });
  if (shape.outcome != Outcome::values || num_train == 0 || out.residuals.size() != num_train * shape.num_outputs ||
      negative || !are_counts || counts.size() % num_train != 0)
    results.damaged("its residuals and bags are of other training rows");
  for (const std::int64_t count : counts) out.bag_counts.push_back(static_cast<std::uint16_t>(count));
}

std::optional<StoredConformal> read_conformal(const RunResults& results, const CombinationShape& shape,
                                              std::size_t num_train) {
  const ResultsGroup group = results.group("/conformal");
  const auto score = find_conformal_score(results.text(group, "score"));
  StoredConformal out{.choice = {.method = results.text(group, "method")},
                      .coverage = real(results, group, "coverage")};
  const bool is_split = out.choice.method == "split";
  if (!score || (!is_split && out.choice.method != "jackknife_plus") || !(out.coverage > 0 && out.coverage < 1))
    results.damaged("its conformal method is none");
  out.choice.score = *score;
  const Hdf5Array* fitted = group.find(is_split ? "threshold" : "residual");
  if (fitted == nullptr) return std::nullopt;  // no training row had a prediction that counts
  if (is_split)
    read_split(results, *fitted, shape, out);
  else
    read_bags(results, *fitted, shape, num_train, out);
  return out;
}

}  // namespace

void StoredCalibration::save(ByteWriter& writer) const {
  writer.add(static_cast<std::uint8_t>(calibrator ? 1 : 0));
  if (calibrator) calibrator->save(writer);
  writer.add(static_cast<std::uint8_t>(conformal ? 1 : 0));
  if (!conformal) return;
  writer.add(std::string_view(conformal->choice.method)).add(name(conformal->choice.score)).add(conformal->coverage);
  writer.add(conformal->thresholds).add(conformal->residuals).add(conformal->bag_counts);
}

StoredCalibration StoredCalibration::load(ByteReader& reader) {
  StoredCalibration out;
  if (reader.read<std::uint8_t>() != 0) out.calibrator = Calibrator::load(reader);
  if (reader.read<std::uint8_t>() == 0) return out;
  StoredConformal conformal{.choice = {.method = reader.text()}};
  const auto score = find_conformal_score(reader.text());
  if (!score) throw DataError("conformal prediction is damaged (there is no such score)");
  conformal.choice.score = *score;
  conformal.coverage = reader.read<double>();
  conformal.thresholds = reader.vector<double>();
  conformal.residuals = reader.vector<double>();
  conformal.bag_counts = reader.vector<std::uint16_t>();
  out.conformal = std::move(conformal);
  return out;
}

StoredCalibration read_calibration(const RunResults& results, const CombinationShape& shape, std::size_t num_train) {
  StoredCalibration out;
  if (results.has("/calibration")) out.calibrator = read_calibrator(results, shape);
  if (results.has("/conformal")) out.conformal = read_conformal(results, shape, num_train);
  return out;
}

std::vector<std::uint32_t> bag_counts_of(const StoredConformal& conformal, std::size_t num_train, std::int32_t member) {
  JURY_EXPECTS(member >= 0 && has_bags(conformal, num_train, member));
  const auto first =
      conformal.bag_counts.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(member) * num_train);
  return {first, first + static_cast<std::ptrdiff_t>(num_train)};
}

bool has_bags(const StoredConformal& conformal, std::size_t num_train, std::int32_t last) noexcept {
  return (static_cast<std::size_t>(last) + 1) * num_train <= conformal.bag_counts.size();
}

}  // namespace jury
