#include "models/data/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "models/data/describe.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::size_t kFew = 1000, kSome = 20'000, kMany = 200'000;
constexpr std::int64_t kLeastImageSide = 16;

Config whole(std::int64_t number) { return Config(number); }
Config text(const char* value) { return Config(std::string(value)); }

Config wholes(std::initializer_list<std::int64_t> numbers) {
  Config::List list;
  for (const std::int64_t number : numbers) list.push_back(Config(number));
  return Config(std::move(list));
}

Config texts(std::initializer_list<const char*> names) {
  Config::List list;
  for (const char* name : names) list.push_back(text(name));
  return Config(std::move(list));
}

bool is_image(const std::vector<std::int64_t>& shape) {
  if (shape.size() != 2 && shape.size() != 3) return false;
  return std::min(shape[shape.size() - 1], shape[shape.size() - 2]) >= kLeastImageSide;
}

void suggest_model(const Dataset& dataset, Suggestion& suggestion) {
  const std::size_t rows = dataset.num_train();
  const std::string reason = fmt::format("for {}", counted(rows, "training row"));
  if (is_image(dataset.schema().shape)) {
    suggestion.set("model.type", text("cnn"), "the samples are images");
  } else {
    suggestion.set("model.type", text("mlp"));
    suggestion.set("model.hidden",
                   rows < kFew     ? wholes({32})
                   : rows <= kSome ? wholes({64})
                                   : wholes({128, 64}),
                   reason);
  }
  suggestion.set("train.optimizer", text("adam"));
  suggestion.set("train.lr", Config(1e-3));
  suggestion.set("train.batch", whole(rows <= kSome ? 32 : rows <= kMany ? 128 : 512), reason);
  suggestion.set("train.epochs", whole(rows < kFew ? 100 : rows <= kSome ? 50 : rows <= kMany ? 20 : 10), reason);
  suggestion.set("ensemble.method", text("bagging"));
  suggestion.set("ensemble.members", whole(rows <= kSome ? 25 : rows <= kMany ? 10 : 5), reason);
}

// The most folds of which each tests all of: every class, or some group.
std::int64_t folds_for(const Dataset& dataset, std::string& reason) {
  constexpr std::size_t kUsual = 5;
  std::size_t most = std::min<std::size_t>(kUsual, dataset.num_train());
  if (!dataset.group().empty()) {
    const auto groups = dataset.group().first(dataset.num_train());
    const std::size_t count = std::set<std::int32_t>(groups.begin(), groups.end()).size();
    if (count < most) reason = fmt::format("there are {}", counted(count, "group"));
    return static_cast<std::int64_t>(std::max<std::size_t>(std::min(most, count), 2));
  }
  const auto labels = dataset.labels();
  std::vector<std::size_t> counts(dataset.num_classes());
  for (std::size_t row = 0; row < std::min(dataset.num_train(), labels.size()); ++row)
    ++counts[static_cast<std::size_t>(labels[row])];
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] >= most) continue;
    most = counts[c];
    reason = fmt::format("class {} has {}", dataset.schema().classes[c], counted(counts[c], "row"));
  }
  return static_cast<std::int64_t>(std::max<std::size_t>(most, 2));
}

void suggest_folds(const Dataset& dataset, Suggestion& suggestion) {
  const bool labelled = dataset.task() == TaskKind::classification;
  const char* method = labelled ? "stratified_kfold" : "kfold";
  std::string why, reason;
  if (!dataset.group().empty()) {
    method = labelled ? "stratified_group_kfold" : "group_kfold";
    why = "rows of a group stay together";
  } else if (!dataset.time().empty()) {
    method = "time_series";
    why = "trained on what is earlier than what is tested";
  }
  suggestion.set("cv.method", text(method), why);
  const std::int64_t folds = folds_for(dataset, reason);
  suggestion.set("cv.folds", whole(folds), reason);
  suggestion.set("cv.metrics", labelled ? texts({"accuracy", "log_loss"}) : texts({"rmse", "r2"}));
}

}  // namespace

void Suggestion::set(const std::string& path, Config value, std::string reason) {
  settings.set_path(path, std::move(value));
  if (!reason.empty()) reasons.emplace_back(path, std::move(reason));
}

std::string_view Suggestion::reason(std::string_view path) const noexcept {
  for (const auto& [known, reason] : reasons)
    if (known == path) return reason;
  return {};
}

Suggestion suggest_settings(const Dataset& dataset, const DataOptions& options) {
  Suggestion suggestion;
  suggestion.set("schema", whole(1));
  const std::string source =
      options.generator.empty() ? std::filesystem::path(options.train).filename().string() : options.generator;
  std::string name = source.substr(0, source.find('.'));
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return !(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'); }, '-');
  suggestion.set("experiment.name", Config(name.empty() ? "experiment" : name));
  suggestion.set("experiment.seed", whole(1));
  const Config given = to_config(options), usual = to_config(DataOptions{});
  for (const auto& [key, value] : *given.as<Config::Table>())  // what was said about the data so far
    if (*usual.find(key) != value || (key == "rows" && !options.generator.empty()))
      suggestion.set("data." + key, value);
  if (options.task == "auto") suggestion.set("data.task", text(jury::name(dataset.task())));
  suggest_model(dataset, suggestion);
  if (dataset.num_test() == 0) suggest_folds(dataset, suggestion);
  return suggestion;
}

std::string suggest_experiment(const Dataset& dataset, const DataOptions& options) {
  const Suggestion suggestion = suggest_settings(dataset, options);
  std::string text;
  for (const auto& [key, value] : *suggestion.settings.as<Config::Table>()) {
    if (!value.is_table()) {
      text += fmt::format("{} = {}\n", key, to_text(value));
      continue;
    }
    text += fmt::format("\n[{}]\n", key);
    for (const auto& [entry, setting] : *value.as<Config::Table>())
      text += fmt::format("{} = {}\n", entry, to_text(setting));
  }
  return text;
}

}  // namespace jury
