#include "models/data/new_rows.hpp"

#include <utility>

#include "models/data/file_bytes.hpp"
#include "models/data/fill_new_rows.hpp"
#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

FeatureKind kind_of_targets(const DataSchema& schema) {
  return schema.task == TaskKind::classification ? FeatureKind::categorical : FeatureKind::numeric;
}

// "x0", "x1", ...: columns that a file without names has, and libsvm's. Returns how many there must be at least.
std::size_t num_numbered(const std::vector<std::string>& columns) {
  std::size_t count = 0;
  for (const std::string& name : columns) count += name == "x" + std::to_string(count) ? 1U : 0U;
  return count;
}

ReadRequest request_for(const TrainedOn& like, const DataOptions& options, const LoadOptions& load) {
  ReadRequest request;
  request.path = load.base.empty() ? std::filesystem::path(options.train) : load.base / options.train;
  request.memory_limit_bytes = load.memory_limit_bytes != 0 ? load.memory_limit_bytes : available_memory();
  request.missing = options.missing;
  request.labels = Labels::optional;
  request.num_columns = num_numbered(like.schema.columns);
  if (options.header.is("true")) request.header = Header::present;
  if (options.header.is("false")) request.header = Header::absent;
  const bool of_texts = count_features(like.schema, FeatureKind::numeric) == 0;
  if (!like.schema.named && of_texts && request.header == Header::detect) request.header = Header::absent;
  if (!like.schema.named) return request;
  request.names = like.schema.columns;
  for (const Feature& feature : like.schema.features) request.kinds.emplace_back(feature.name, feature.kind);
  for (const std::string& target : like.schema.targets)
    request.kinds.emplace_back(target, kind_of_targets(like.schema));
  if (!options.weight.empty()) request.kinds.emplace_back(options.weight, FeatureKind::numeric);
  return request;
}

// Where places tell what a column is, its kind is known only then: a text file is read again where that
// was guessed wrong.
MatchedTable read_matched(const TrainedOn& like, const DataOptions& options, ReadRequest request, RowPieces& pieces) {
  const DataSchema& schema = like.schema;
  for (bool again = false;; again = true) {
    RawTable table = pieces.table(request);
    std::vector<std::string> own_names;
    for (const RawColumn& column : table.columns) own_names.push_back(column.name);
    name_by_place(table, schema);
    ColumnMatch match = match_columns(table, schema, options.weight);
    request.kinds.clear();
    bool wrong = false;
    const auto settle = [&](std::size_t j, FeatureKind kind) {
      request.kinds.emplace_back(own_names[j], kind);
      wrong = wrong || table.columns[j].kind != kind || !table.columns[j].problem.empty();
    };
    for (std::size_t i = 0; i < match.features.size(); ++i) settle(match.features[i], schema.features[i].kind);
    for (const std::size_t target : match.targets) settle(target, kind_of_targets(schema));
    if (match.weight) settle(*match.weight, FeatureKind::numeric);
    const bool of_text = !table.lines.empty();
    if (again || !wrong || !of_text) return {std::move(table), std::move(match)};
  }
}

}  // namespace

NewRows load_new_rows(const TrainedOn& like, const DataOptions& options, std::size_t phase, const LoadOptions& load) {
  return NewRowReader(like, options, phase, one_piece(options.format), load).next().value();
}

NewRowReader::NewRowReader(const TrainedOn& like, const DataOptions& options, std::size_t phase,
                           std::unique_ptr<RowPieces> pieces, LoadOptions load)
    : like_(like), options_(options), phase_(phase), pieces_(std::move(pieces)), load_(std::move(load)) {
  JURY_EXPECTS(phase > 0);
}

std::optional<NewRows> NewRowReader::next() {
  if (!pieces_->next()) return std::nullopt;
  const ReadRequest request = request_for(like_, options_, load_);
  const MatchedTable from = read_matched(like_, options_, request, *pieces_);
  const std::size_t first = (like_.num_train + rows_before_) % phase_;
  const bool weighted = from.match.weight && !from.match.targets.empty();
  const DatasetSize size{.num_train = first,
                         .num_test = from.table.num_rows,
                         .storage = like_.storage,
                         .extras = weighted ? Extra::weight : Extra::none};
  DataSchema schema = like_.schema;
  schema.warnings.clear();
  request.require_memory(static_cast<double>(dataset_bytes(schema, size)));
  DatasetBuilder builder(std::move(schema), size);
  RowFiller filler(like_.schema, from, builder, first);
  filler.features();
  NewRows rows{.block = {}, .rows_before = rows_before_};
  rows.scored = filler.targets();
  if (weighted) filler.weights();
  rows.notes = filler.notes();
  if (!from.match.extra.empty())
    rows.notes.insert(rows.notes.begin(),
                      counted(from.match.extra.size(), "column") + " of " + from.table.source +
                          " that the training file does not have, left out: " + listed(from.match.extra));
  rows.block = std::move(builder).finish();
  rows_before_ += from.table.num_rows;
  return rows;
}

}  // namespace jury
