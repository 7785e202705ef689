// /bias_variance: decompositions overall, by ensemble size and per sample.
#include <span>

#include "search/study/results_file.hpp"

namespace jury {
namespace {

struct PartColumn {
  const char* name;
  double Parts::*part;
};
constexpr PartColumn kParts[] = {{"mean_loss", &Parts::mean_loss},
                                 {"bias", &Parts::bias},
                                 {"variance", &Parts::variance},
                                 {"noise", &Parts::noise},
                                 {"cross", &Parts::cross},
                                 {"variance_unbiased", &Parts::variance_unbiased},
                                 {"variance_biased", &Parts::variance_biased},
                                 {"residual", &Parts::residual}};

// The size of the training set, before the columns of the other tables.
void add_train_sizes(TableWriter& table, const std::vector<StudyDecomposition>& lines) {
  std::vector<double> train_size;
  std::vector<std::int64_t> num_train;
  for (const StudyDecomposition& line : lines) {
    train_size.insert(train_size.end(), line.parts.size(), line.train_size);
    num_train.insert(num_train.end(), line.parts.size(), static_cast<std::int64_t>(line.num_train));
  }
  table.column("train_size", train_size, {.help = "share of the training rows that is drawn"})
      .column("n_train", num_train);
}

void write_table(const Hdf5Group& group, const std::vector<StudyDecomposition>& lines) {
  std::vector<std::string> predictor, definition, estimator;
  std::vector<std::int32_t> members, replicates;
  std::vector<double> low, high;
  std::vector<const Parts*> parts;
  for (const StudyDecomposition& line : lines) {
    for (const Decomposition& one : line.parts) {
      predictor.push_back(line.predictor);
      definition.emplace_back(one.definition);
      estimator.push_back(line.estimator);
      members.push_back(line.members);
      replicates.push_back(static_cast<std::int32_t>(line.num_replicates));
      low.push_back(one.interval.low);
      high.push_back(one.interval.high);
      parts.push_back(&one.overall);
    }
  }
  TableWriter table(group, "row", parts.size());
  if (!lines.empty() && lines.front().num_train > 0) add_train_sizes(table, lines);
  table.column("predictor", predictor).column("members", members).column("definition", definition);
  table.column("estimator", estimator).column("replicates", replicates);
  for (const PartColumn& column : kParts) {
    std::vector<double> values;
    for (const Parts* part : parts) values.push_back(part->*column.part);
    table.column(column.name, values);
  }
  table.column("ci_low", low, {.help = "95 % bootstrap interval of mean_loss over rows"}).column("ci_high", high);
}

// Arrays (decomposition, row) of lines, which share their rows; in the group only where there are some with points.
void write_points(const Hdf5Group& parent, const char* name, std::span<const StudyDecomposition* const> of,
                  std::span<const PartColumn> columns) {
  std::vector<std::string> predictor, definition;
  std::vector<std::int32_t> members;
  std::vector<const Decomposition*> lines;
  const std::vector<std::uint32_t>* rows = nullptr;
  for (const StudyDecomposition* line : of) {
    rows = &line->rows;
    for (const Decomposition& one : line->parts) {
      if (one.points.size() != rows->size()) continue;
      predictor.push_back(line->predictor);
      members.push_back(line->members);
      definition.emplace_back(one.definition);
      lines.push_back(&one);
    }
  }
  if (lines.empty()) return;
  const Hdf5Group group = parent.group(name);
  const std::vector<Dimension> dims = {{"decomposition", lines.size()}, {"row", rows->size()}};
  group.texts("predictor", predictor, {dims[0]});
  group.array("members", members, {dims[0]});
  group.texts("definition", definition, {dims[0]});
  group.array("row_id", *rows, {dims[1]}, {.help = "row of the dataset; training rows come first"});
  for (const PartColumn& column : columns) {
    std::vector<double> values;
    values.reserve(lines.size() * rows->size());
    for (const Decomposition* line : lines)
      for (const Parts& point : line->points) values.push_back(point.*column.part);
    group.array(column.name, values, dims);
  }
}

}  // namespace

void write_bias_variance(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  const StudyBiasVariance& study = results.bias_variance;
  if (study.overall.empty() && study.by_train_size.empty()) return;
  const Hdf5Group group = file.group("bias_variance");
  group.attribute("combine", results.scoring.combines.front());
  if (!study.overall.empty()) write_table(group.group("overall"), study.overall);
  if (!study.by_size.empty()) write_table(group.group("by_size"), study.by_size);
  if (!study.by_train_size.empty()) write_table(group.group("by_train_size"), study.by_train_size);
  if (plan.experiment().output.predictions == "none") return;
  const Hdf5Group points = group.group("points");
  const auto write = [&](const char* name, const std::vector<StudyDecomposition>& of, const auto& wanted,
                         std::span<const PartColumn> columns) {
    std::vector<const StudyDecomposition*> lines;
    for (const StudyDecomposition& line : of)
      if (wanted(line)) lines.push_back(&line);
    write_points(points, name, lines, columns);
  };
  for (const char* estimator : {"replicate", "oob"})
    write(
        estimator, study.overall, [&](const StudyDecomposition& line) { return line.estimator == estimator; }, kParts);
  if (plan.experiment().output.predictions == "members")
    write(
        "by_size", study.by_size, [](const StudyDecomposition&) { return true; }, std::span(kParts).first(4));
}

}  // namespace jury
