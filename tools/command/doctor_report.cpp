#include "tools/command/doctor_report.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostHosts = 16;  // of a large job; --json has all

std::string_view words_for(Locks locks) {
  switch (locks) {
    case Locks::work:
      return "locks work";
    case Locks::absent:
      return "no locks";
    case Locks::ignored:
      return "locks keep nobody out";
    case Locks::not_tried:
      break;
  }
  return "locks not tried";
}

std::string text_line(std::string_view what, const std::string& words) {
  return fmt::format("{:<12} {}\n", what, words);
}

// One line a host, however many ranks it has.
std::string hosts_text(const DoctorFacts& facts) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const RankFacts*>> hosts;
  for (const RankFacts& rank : facts.ranks) {
    if (!hosts.contains(rank.host)) order.push_back(rank.host);
    hosts[rank.host].push_back(&rank);
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(order.size(), kMostHosts); ++i) {
    const auto& ranks = hosts[order[i]];
    std::set<int> cpus;
    for (const RankFacts* rank : ranks) cpus.insert(rank->cpus.begin(), rank->cpus.end());
    const std::string bound = cpus.size() == static_cast<std::size_t>(ranks[0]->cores)
                                  ? "all of them"
                                  : ranges_of({cpus.begin(), cpus.end()});
    text += text_line(i == 0 ? "hosts" : "",
                      fmt::format("{}: {} on {}, may use {}, {}", order[i], counted(ranks.size(), "rank"),
                                  counted(static_cast<std::uint64_t>(ranks[0]->cores), "core"), bound, ranks[0]->isa));
  }
  if (order.size() > kMostHosts)
    text += text_line("", fmt::format("and {} more (--json has all)", order.size() - kMostHosts));
  return text;
}

}  // namespace

std::string ranges_of(const std::vector<int>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i;
    while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1) ++end;
    text += fmt::format("{}{}", text.empty() ? "" : ",", numbers[i]);
    if (end > i) text += fmt::format("-{}", numbers[end]);
    i = end + 1;
  }
  return text;
}

std::string doctor_text(const DoctorFacts& facts, const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& [name, version] : facts.versions) text += text_line(name, version);
  text += text_line("launched",
                    facts.is_launched
                        ? fmt::format("by MPI, {}", counted(facts.ranks.size(), "rank"))
                        : "alone; mpirun is " + (facts.mpirun.empty() ? std::string("not in PATH") : facts.mpirun));
  text += hosts_text(facts);
  text += text_line("memory", format_bytes(static_cast<double>(facts.memory_bytes)) + " left");
  const OutputFacts& output = facts.output;
  text += text_line(
      "output",
      fmt::format("{}{}: {}, {} left, {}", output.folder,
                  output.existing == output.folder || output.folder.starts_with('/') ? "" : " in " + output.existing,
                  output.file_system, format_bytes(static_cast<double>(output.free_bytes)), words_for(output.locks)));
  for (std::size_t i = 0; i < facts.environment.size(); ++i)
    text += text_line(i == 0 ? "environment" : "", facts.environment[i].first + "=" + facts.environment[i].second);
  text += "\n";
  for (const Finding& finding : findings)
    text += fmt::format("bad: {} ({}) {}\n", finding.problem, finding.why, finding.fix);
  return text + (findings.empty() ? "all is well\n" : fmt::format("{} to mend\n", counted(findings.size(), "thing")));
}

std::string doctor_json(const DoctorFacts& facts, const std::vector<Finding>& findings) {
  using Json = nlohmann::ordered_json;
  Json json = {
      {"well", findings.empty()}, {"findings", Json::array()}, {"versions", Json::object()}, {"ranks", Json::array()}};
  for (const Finding& finding : findings)
    json["findings"].push_back({{"problem", finding.problem}, {"why", finding.why}, {"fix", finding.fix}});
  for (const auto& [name, version] : facts.versions) json["versions"][name] = version;
  for (const RankFacts& rank : facts.ranks)
    json["ranks"].push_back({{"rank", rank.rank},
                             {"host", rank.host},
                             {"version", rank.version},
                             {"isa", rank.isa},
                             {"cpus", rank.cpus},
                             {"cores", rank.cores},
                             {"sees_output", rank.sees_output},
                             {"locks_out", rank.locks_out}});
  const OutputFacts& output = facts.output;
  json["output"] = {{"folder", output.folder},         {"existing", output.existing},
                    {"problem", output.problem},       {"file_system", output.file_system},
                    {"free_bytes", output.free_bytes}, {"locks", words_for(output.locks)}};
  json["memory_bytes"] = facts.memory_bytes;
  json["launched"] = facts.is_launched;
  json["root"] = facts.is_root;
  json["mpirun"] = facts.mpirun;
  json["environment"] = Json::object();
  for (const auto& [name, value] : facts.environment) json["environment"][name] = value;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace jury
