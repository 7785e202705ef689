#include "search/study/stored_members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/ensemble/gradient_boosting.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// Blocks of bytes, one per stored fit.
std::vector<std::span<const std::byte>> blocks(const RunResults& results, const ResultsGroup& models,
                                               const std::string& name, std::size_t count) {
  const Hdf5Array& bytes = results.array(models, name);
  const auto offsets = results.integers(models, name + "_offset", count),
             sizes = results.integers(models, name + "_size", count);
  std::vector<std::span<const std::byte>> found;
  for (std::size_t i = 0; i < count; ++i) {
    const auto all = static_cast<std::int64_t>(bytes.data.size());
    if (bytes.type != ElementType::uint8 || offsets[i] < 0 || sizes[i] < 0 || offsets[i] > all ||
        sizes[i] > all - offsets[i])
      results.damaged(bytes.path + " does not hold what its table says");
    found.push_back(
        std::span(bytes.data).subspan(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(sizes[i])));
  }
  return found;
}

// Row i of a matrix; nothing where there is no matrix.
template <class T>
std::vector<T> matrix_row(const RunResults& results, const Hdf5Array* matrix, std::size_t i) {
  if (matrix == nullptr) return {};
  constexpr ElementType kType = sizeof(T) == sizeof(float) ? ElementType::float32 : ElementType::float64;
  if (matrix->type != kType || matrix->dims.size() != 2 || i >= matrix->dims[0])
    results.damaged(matrix->path + " is no matrix with a row for each member");
  const auto width = static_cast<std::size_t>(matrix->dims[1]);
  std::vector<T> row(width);
  if (width > 0) std::memcpy(row.data(), matrix->data.data() + i * width * sizeof(T), width * sizeof(T));
  return row;
}

std::vector<TaskKey> keys_of(const RunResults& results, const ResultsGroup& models) {
  std::vector<TaskKey> keys(results.array(models, "member").size());
  for (const auto& [name, index] : kTaskKeyIndices) {
    const auto values = results.integers(models, name, keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (values[i] < TaskKey::kNone || values[i] > std::numeric_limits<std::int32_t>::max())
        results.damaged(fmt::format("{} holds no indices", name));
      keys[i].*index = static_cast<std::int32_t>(values[i]);
    }
  }
  return keys;
}

bool is_final(const TaskKey& key) {
  return key.outer == TaskKey::kNone && key.repeat == TaskKey::kNone && key.fold == TaskKey::kNone &&
         key.replicate == TaskKey::kNone && key.inner == TaskKey::kNone && key.rung == TaskKey::kNone &&
         key.member != TaskKey::kNone;
}

// Those in one group below /models: of one architecture.
void add_members(std::vector<StoredMember>& members, const RunResults& results, const std::string& group) {
  const ResultsGroup models = results.group(group);
  const auto keys = keys_of(results, models);
  const auto networks = blocks(results, models, "network", keys.size()),
             preprocess = blocks(results, models, "preprocess", keys.size());
  const Hdf5Array* parameters = models.find("weights_best");
  const auto passes = results.integers(models, "passes", keys.size());
  const std::vector<double> weights = as_doubles(results.array(models, "weight"));
  if (weights.size() != keys.size()) results.damaged(group + "/weight is no column of its table");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!is_final(keys[i])) continue;
    if (passes[i] < 0 || passes[i] > 1'000'000) results.damaged(group + "/passes holds no numbers of members");
    members.push_back({.key = keys[i],
                       .weight = weights[i],
                       .passes = static_cast<std::int32_t>(passes[i]),
                       .steps = matrix_row<double>(results, models.find("step"), i),
                       .offset = matrix_row<double>(results, models.find("offset"), i),
                       .model = load_member(networks[i], matrix_row<float>(results, parameters, i), preprocess[i])});
  }
}

bool all_finite(std::span<const double> numbers) {
  return std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); });
}

// What members of one configuration have to be for the data.
class MemberCheck {
 public:
  MemberCheck(const Configuration& configuration, const DataSchema& schema)
      : schema_(schema),
        labelled_(schema.task == TaskKind::classification),
        outputs_(labelled_ ? schema.classes.size() : schema.targets.size()),
        trains_trees_(trains_trees(configuration)),
        method_(configuration.ensemble.method),
        width_(prediction_width(forecast_of(configuration, schema.task).kind, outputs_)) {
    if (!is_boosted()) return;
    const Outcome outcome = labelled_ ? Outcome::classes : Outcome::values;
    width_ = GradientRule{.loss = resolve_gradient_loss(configuration.ensemble.gradient, outcome, outputs_),
                          .num_outputs = outputs_}
                 .width();
  }

  bool passes(const StoredMember& member) const {
    return member.model.pipeline.fits(schema_) && std::isfinite(member.weight) && network_fits(member.model) &&
           rounds_fit(member) && (method_ == "mc_dropout") == (member.passes > 0) &&
           member.model.trees.has_value() == trains_trees_;
  }

 private:
  bool is_boosted() const noexcept { return method_ == "gradient_boosting"; }

  // The rounds of gradient boosting are regressions, whatever the data.
  bool network_fits(const TrainedMember& model) const {
    const TaskKind task = is_boosted() ? TaskKind::regression : schema_.task;
    const std::size_t targets = is_boosted() ? width_ : outputs_;
    return model.num_outputs() == width_ && model.task() == task &&
           (!model.targets || (task == TaskKind::regression && model.targets->num_targets() == targets));
  }

  bool rounds_fit(const StoredMember& member) const {
    if (!is_boosted()) return true;
    return member.steps.size() == width_ && member.offset.size() == width_ && all_finite(member.steps) &&
           all_finite(member.offset);
  }

  const DataSchema& schema_;
  bool labelled_;
  std::size_t outputs_;
  bool trains_trees_;
  std::string method_;
  std::size_t width_;  // of a network's outputs
};

std::string problem_of_jury(const Configuration& configuration, const DataSchema& schema,
                            std::span<const StoredMember> members) {
  const MemberCheck check(configuration, schema);
  for (const StoredMember& member : members)
    if (!check.passes(member)) return fmt::format("member {} does not fit its data", member.key.member);
  for (std::size_t i = 1; i < members.size(); ++i)
    if (members[i].key == members[i - 1].key) return fmt::format("there are two members {}", members[i].key.member);
  const std::string& method = configuration.ensemble.method;
  if (method == "gradient_boosting" && members.back().key.member + 1 != static_cast<std::int32_t>(members.size()))
    return "a round of its boosting is missing";
  if (method == "mc_dropout" && members.size() != 1) return "its passes are those of several networks";
  return {};
}

std::string problem_of_stack(const Stack& stack, std::size_t num_bases, const CombinationShape& shape) {
  if (!stack.model)
    return stack.weights.size() == num_bases && all_finite(stack.weights) ? "" : "its selection is of other bases";
  const StackModel& model = *stack.model;
  const bool fits = model.num_bases == num_bases && model.num_outputs == shape.num_outputs &&
                    model.outcome == shape.outcome && model.kind == shape.kind && all_finite(model.coefficients) &&
                    all_finite(model.intercepts);
  return fits ? "" : "its stack is of other bases";
}

}  // namespace

const Configuration& configuration_of(const Experiment& experiment, std::int32_t base) noexcept {
  if (base == TaskKey::kNone) return experiment;
  JURY_EXPECTS(static_cast<std::size_t>(base) < experiment.bases.size());
  return experiment.bases[static_cast<std::size_t>(base)];
}

std::vector<StoredMember> read_members(const RunResults& results) {
  std::vector<StoredMember> members;
  for (const std::string& group : results.groups_below("/models/")) add_members(members, results, group);
  std::ranges::stable_sort(members, {}, &StoredMember::key);
  return members;
}

std::optional<Stack> read_stack(const RunResults& results) {
  const auto groups = results.groups_below("/");
  if (std::ranges::find(groups, "/stack") == groups.end()) return std::nullopt;
  const ResultsGroup group = results.group("/stack");
  if (group.find("model") == nullptr) return std::nullopt;
  ByteReader reader(blocks(results, group, "model", 1).front());
  Stack stack = Stack::load(reader);
  if (!reader.empty()) results.damaged("bytes are left behind its stack");
  return stack;
}

void save_member(ByteWriter& writer, const StoredMember& member) {
  for (const std::int32_t index : {member.key.trial, member.key.base, member.key.member, member.passes})
    writer.add(index);
  writer.add(member.weight).add(member.steps).add(member.offset);
  writer.add(save_model(member.model)).add(member.model.weights).add(save_preprocess(member.model));
}

StoredMember load_stored_member(ByteReader& reader) {
  TaskKey key;
  std::int32_t passes = 0;
  for (std::int32_t* index : {&key.trial, &key.base, &key.member, &passes}) *index = reader.read<std::int32_t>();
  const auto weight = reader.read<double>();
  auto steps = reader.vector<double>(), offset = reader.vector<double>();
  const auto network = reader.vector<std::byte>();
  auto weights = reader.vector<float>();
  return {.key = key,
          .weight = weight,
          .passes = passes,
          .steps = std::move(steps),
          .offset = std::move(offset),
          .model = load_member(network, std::move(weights), reader.vector<std::byte>())};
}

std::string problem_of_members(const Experiment& experiment, const DataSchema& schema,
                               std::span<const StoredMember> members, const std::optional<Stack>& stack) {
  const bool is_stack = traits_of(experiment.ensemble).is_stack;
  const std::size_t num_bases = is_stack ? experiment.bases.size() : 1;
  if (is_stack != stack.has_value()) return is_stack ? "it lacks what joins its bases" : "it has a stack without bases";
  std::size_t begin = 0;
  for (std::size_t b = 0; b < num_bases; ++b) {
    const std::int32_t base = is_stack ? static_cast<std::int32_t>(b) : TaskKey::kNone;
    std::size_t end = begin;
    while (end < members.size() && members[end].key.base == base) ++end;
    if (end == begin)
      return is_stack ? fmt::format("it lacks the members of base {}", b) : "it holds members of a stack";
    std::string problem =
        problem_of_jury(configuration_of(experiment, base), schema, members.subspan(begin, end - begin));
    if (!problem.empty()) return problem;
    begin = end;
  }
  if (begin != members.size()) return "it holds members of bases that it does not have";
  if (!stack) return {};
  const bool labelled = schema.task == TaskKind::classification;
  return problem_of_stack(*stack, num_bases,
                          {.outcome = labelled ? Outcome::classes : Outcome::values,
                           .num_rows = 0,
                           .num_outputs = labelled ? schema.classes.size() : schema.targets.size(),
                           .kind = forecast_of(experiment, schema.task).kind});
}

}  // namespace jury
