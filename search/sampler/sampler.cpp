#include "search/sampler/sampler.hpp"

#include <string>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "search/sampler/cma_es_sampler.hpp"
#include "search/sampler/gp_sampler.hpp"
#include "search/sampler/grid_sampler.hpp"
#include "search/sampler/random_sampler.hpp"
#include "search/sampler/read_space.hpp"
#include "search/sampler/sobol_sampler.hpp"
#include "search/sampler/tpe_sampler.hpp"

namespace jury {
namespace {

constexpr std::int64_t kAttempts = 16;          // proposals before any other point will do
constexpr std::int64_t kRandomAttempts = 64;    // draws before a point is proposed twice
constexpr std::size_t kCountedPoints = 100000;  // spaces up to this size are exhausted without gaps
constexpr std::int64_t kStartStream = -1;       // in the place of the trial: what starts leave out

std::vector<double> uniforms(std::size_t count, Rng& rng) {
  std::vector<double> numbers(count);
  for (double& number : numbers) number = rng.uniform();
  return numbers;
}

template <class Made>
std::unique_ptr<Sampler> make(const SearchOptions& options, SamplerInput input) {
  return std::make_unique<Made>(options, std::move(input));
}

}  // namespace

Sampler::Sampler(SamplerInput input) : input_(std::move(input)), num_points_(input_.space.count(kCountedPoints)) {}

std::vector<double> Sampler::draw_unit(Rng& rng) const { return uniforms(space().size(), rng); }

Assignment Sampler::draw(Rng& rng) const { return space().assign(draw_unit(rng)); }

std::optional<Assignment> Sampler::ask(std::int64_t trial) {
  std::optional<Assignment> point = next_point(trial);
  if (!point) return point;
  proposed_.insert(space().hash(*point));
  history_.add(trial, *point, space());
  return point;
}

std::optional<Assignment> Sampler::next_point(std::int64_t trial) {
  while (next_start_ < input_.start.size())
    if (const Assignment& start = input_.start[next_start_++]; !was_proposed(start)) return start;
  if (num_points_ && proposed_.size() >= *num_points_) return std::nullopt;
  std::optional<Assignment> point;
  for (std::int64_t attempt = 0; attempt < kAttempts + kRandomAttempts; ++attempt) {
    Rng rng(stream_key(input_.seed, Purpose::sampler, {trial, attempt}));
    if (attempt >= kAttempts && num_points_) return any_left(rng);
    point = attempt < kAttempts ? propose(trial, rng) : draw(rng);
    if (!point || !was_proposed(*point)) return point;
  }
  return point;
}

Assignment Sampler::any_left(Rng& rng) const {
  std::vector<Assignment> left;
  SpaceWalk walk(space());
  while (std::optional<Assignment> point = walk.next())
    if (!was_proposed(*point)) left.push_back(std::move(*point));
  return left[rng.below(left.size())];
}

void Sampler::tell(std::int64_t trial, const Assignment& assignment, std::span<const double> values, double fidelity) {
  if (!history_.find(trial)) {
    proposed_.insert(space().hash(assignment));
    history_.add(trial, assignment, space());
  }
  history_.report(trial, values, fidelity);
  told(*history_.find(trial));
}

const std::vector<SamplerEntry>& samplers() {
  static const std::vector<SamplerEntry> table = {
      {"grid", "every combination, in order", make<GridSampler>},
      {"random", "independent draws", make<RandomSampler>},
      {"sobol", "draws that fill the space evenly", make<SobolSampler>},
      {"gp", "the largest expected improvement of a Gaussian process", make<GpSampler>},
      {"tpe", "points that good trials make likely and bad ones do not", make<TpeSampler>},
      {"cma_es", "draws of a normal distribution that moves towards good trials", make<CmaEsSampler>},
  };
  return table;
}

std::vector<Assignment> read_starts(const Config& start, const Space& space, std::uint64_t seed) {
  const auto* list = start.as<Config::List>();
  if (list == nullptr)
    throw ConfigError(prefix(start.origin()) + "search.start = " + to_text(start) + " is " +
                      std::string(kind_name(start)) + " (must be a list of tables)");
  std::vector<Assignment> points;
  for (const Config& table : *list) {
    Rng rng(stream_key(seed, Purpose::sampler, {kStartStream, static_cast<std::int64_t>(points.size())}));
    points.push_back(space.assign_values(read_start(table, space), uniforms(space.size(), rng)));
  }
  return points;
}

std::unique_ptr<Sampler> make_sampler(const SearchOptions& options, const Space& space, std::uint64_t seed) {
  SamplerInput input{.space = space, .seed = seed, .start = read_starts(options.start, space, seed)};
  std::vector<std::string_view> known;
  for (const SamplerEntry& line : samplers()) {
    if (line.name == options.method) return line.make(options, std::move(input));
    known.push_back(line.name);
  }
  throw ConfigError("search.method = \"" + options.method + "\" is unknown" + suggestion(options.method, known));
}

}  // namespace jury
