#include "search/study/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"
#include "search/study/experiment.hpp"
#include "search/study/trial_search.hpp"

namespace jury {
namespace {

constexpr std::int32_t kMostShards = 100'000;

std::optional<std::int32_t> number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

bool Shard::has(const TaskKey& key) const noexcept {
  return hash_bytes(std::as_bytes(std::span(&key, 1))) % static_cast<std::uint64_t>(count) ==
         static_cast<std::uint64_t>(index);
}

std::string Shard::name() const { return fmt::format("{}-of-{}", index + 1, count); }

Shard read_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto index = number(text.substr(0, slash));
  const auto count = slash == std::string_view::npos ? std::optional<std::int32_t>() : number(text.substr(slash + 1));
  if (!index || !count || *count < 1 || *count > kMostShards || *index < 1 || *index > *count)
    throw ConfigError(fmt::format("--shard '{}' is no part of a run (write I/N with I from 1 to N, as in 2/8)", text));
  return {.index = *index - 1, .count = *count};
}

void check_shard(const Experiment& experiment) {
  if (experiment.search) {
    const SearchSection& search = *experiment.search;
    if (is_adaptive(search) || search.pruner != "none")
      throw ConfigError(
          fmt::format("--shard does not go with search.{} = \"{}\" (its trials depend on what came of others) run it "
                      "as one job, or use "
                      "method grid, random or sobol without a pruner",
                      is_adaptive(search) ? "method" : "pruner", is_adaptive(search) ? search.method : search.pruner));
    if (search.trials > TrialSearch::kMostUnderWay)
      throw ConfigError(fmt::format(
          "--shard does not go with {} trials (no more than {} are begun before others are over) use fewer, or one job",
          search.trials, TrialSearch::kMostUnderWay));
  }
  const auto grows = [](const EnsembleOptions& ensemble) { return is_auto(ensemble); };
  if (grows(experiment.ensemble) || std::ranges::any_of(experiment.bases, grows, &Configuration::ensemble))
    throw ConfigError(
        "--shard does not go with members = \"auto\" (when there are enough of them depends on all) give a number");
}

std::vector<ReadyTask> ShardSource::take_ready() {
  std::vector<ReadyTask> tasks = all_.take_ready();
  std::erase_if(tasks, [&](const ReadyTask& task) { return !shard_.has(task.key); });
  return tasks;
}

}  // namespace jury
