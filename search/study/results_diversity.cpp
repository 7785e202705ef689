// /diversity: how differently members err, overall and pair by pair.
#include "runtime/base/numbers.hpp"
#include "search/study/results_file.hpp"

namespace jury {
namespace {

template <class Part>
struct Column {
  const char* name;
  double Part::*part;
};
constexpr Column<OverallDiversity> kLabels[] = {{"mean_accuracy", &OverallDiversity::mean_accuracy},
                                                {"entropy", &OverallDiversity::entropy},
                                                {"label_entropy", &OverallDiversity::label_entropy},
                                                {"kohavi_wolpert", &OverallDiversity::kohavi_wolpert},
                                                {"interrater_kappa", &OverallDiversity::interrater_kappa},
                                                {"generalised_diversity", &OverallDiversity::generalised_diversity},
                                                {"coincident_failure", &OverallDiversity::coincident_failure},
                                                {"difficulty", &OverallDiversity::difficulty}};
constexpr Column<MeanDiversity> kPairs[] = {{"disagreement", &MeanDiversity::disagreement},
                                            {"double_fault", &MeanDiversity::double_fault},
                                            {"q", &MeanDiversity::q},
                                            {"correlation", &MeanDiversity::correlation},
                                            {"kappa", &MeanDiversity::kappa},
                                            {"mean_error", &MeanDiversity::mean_error}};
constexpr Column<ErrorDiversity> kErrors[] = {{"mean_variance", &ErrorDiversity::mean_variance},
                                              {"mean_covariance", &ErrorDiversity::mean_covariance},
                                              {"mean_correlation", &ErrorDiversity::mean_correlation}};
constexpr Column<Ambiguity> kAmbiguity[] = {{"mean_member_loss", &Ambiguity::mean_member_loss},
                                            {"ensemble_loss", &Ambiguity::ensemble_loss},
                                            {"ambiguity", &Ambiguity::ambiguity},
                                            {"residual", &Ambiguity::residual}};

// A column for each part of what the lines have; of_line gives a pointer, null where it is not there.
template <class Part, std::size_t N, class OfLine>
void add_columns(TableWriter& table, const Column<Part> (&columns)[N], const std::vector<StudyDiversity>& lines,
                 OfLine&& of_line) {
  for (const Column<Part>& column : columns) {
    std::vector<double> values;
    for (const StudyDiversity& line : lines) {
      const auto part = of_line(line);
      values.push_back(part ? (*part).*column.part : kNaN);
    }
    table.column(column.name, values);
  }
}

void write_overall(const Hdf5Group& group, const std::vector<StudyDiversity>& lines) {
  std::vector<std::string> source;
  std::vector<std::int32_t> members;
  bool classes = false;
  for (const StudyDiversity& line : lines) {
    source.push_back(line.source);
    members.push_back(static_cast<std::int32_t>(line.num_members));
    classes = classes || line.labels.has_value();
  }
  TableWriter table(group, "row", lines.size());
  table.column("source", source).column("members", members);
  if (classes) {
    add_columns(table, kPairs, lines, [](const StudyDiversity& line) {
      return line.pairs ? std::optional(mean_over_pairs(*line.pairs)) : std::nullopt;
    });
    add_columns(table, kLabels, lines, [](const StudyDiversity& line) { return line.labels; });
  } else {
    add_columns(table, kErrors, lines,
                [](const StudyDiversity& line) { return line.errors ? &*line.errors : nullptr; });
  }
  add_columns(table, kAmbiguity, lines, [](const StudyDiversity& line) { return line.ambiguity; });
}

// The upper triangle of kappa and mean_error as points of the diagram.
void write_kappa_error(const Hdf5Group& group, const PairwiseDiversity& pairs) {
  std::vector<std::int32_t> first, second;
  std::vector<double> kappa, error;
  for (std::size_t a = 0; a < pairs.num_members; ++a) {
    for (std::size_t b = a + 1; b < pairs.num_members; ++b) {
      first.push_back(static_cast<std::int32_t>(a));
      second.push_back(static_cast<std::int32_t>(b));
      kappa.push_back(pairs.kappa[a * pairs.num_members + b]);
      error.push_back(pairs.mean_error[a * pairs.num_members + b]);
    }
  }
  TableWriter(group, "pair", first.size())
      .column("first", first)
      .column("second", second)
      .column("kappa", kappa)
      .column("mean_error", error);
}

void write_pairs(const Hdf5Group& group, const StudyDiversity& line) {
  // Two axes of one length need two names: a dimension gives an array's axis its labels.
  const std::vector<Dimension> dims = {{"member", line.num_members}, {"other", line.num_members}};
  if (line.pairs) {
    const PairwiseDiversity& pairs = *line.pairs;
    group.array("rows", pairs.rows, dims, {.help = "that both predicted"});
    group.array("disagreement", pairs.disagreement, dims, {.help = "share of rows where just one is right"});
    group.array("double_fault", pairs.double_fault, dims, {.help = "share of rows where both are wrong"});
    group.array("q", pairs.q, dims);
    group.array("correlation", pairs.correlation, dims, {.help = "of right and wrong"});
    group.array("kappa", pairs.kappa, dims, {.help = "agreement of the labels beyond chance"});
    group.array("mean_error", pairs.mean_error, dims, {.help = "of the two members"});
    write_kappa_error(group.group("kappa_error"), pairs);
  }
  if (line.errors) {
    group.array("covariance", line.errors->covariance, dims, {.help = "of the errors, mean over targets"});
    group.array("correlation", line.errors->correlation, dims, {.help = "of the errors, mean over targets"});
  }
}

}  // namespace

void write_diversity(Hdf5Writer& file, const StudyResults& results) {
  if (results.diversity.empty()) return;
  const Hdf5Group group = file.group("diversity");
  write_overall(group.group("overall"), results.diversity);
  for (const StudyDiversity& line : results.diversity)
    if (line.pairs || line.errors) write_pairs(group.group(line.source), line);
}

}  // namespace jury
