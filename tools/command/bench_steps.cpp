// jury bench steps: what a training step costs, against the bare products of its shapes.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "models/nn/session.hpp"
#include "runtime/base/text.hpp"
#include "tools/bench/measure.hpp"
#include "tools/command/bench_arguments.hpp"
#include "tools/command/command.hpp"
#include "tools/command/print_table.hpp"

namespace jury {
namespace {

/// A network's measurement, or why there is none.
struct Line {
  BenchNet net;
  std::optional<Measurement> measured = std::nullopt;
  std::string reason = {};
};

Line measure(const BenchNet& net, const MeasureOptions& options) {
  try {
    return {.net = net, .measured = measure_steps(net, options)};
  } catch (const ConfigError& error) {
    return {.net = net, .reason = error.what()};
  }
}

nlohmann::ordered_json to_json(const Line& line) {
  nlohmann::ordered_json object = {
      {"net", line.net.name}, {"batch", line.net.batch}, {"available", line.measured.has_value()}};
  if (!line.measured) {
    object["reason"] = line.reason;
    return object;
  }
  const Measurement& m = *line.measured;
  object["step_seconds"] = m.seconds;
  object["gflops"] = m.flops / m.seconds / 1e9;
  if (!m.product_seconds) return object;
  object["product_seconds"] = *m.product_seconds;
  object["product_gflops"] = m.flops / *m.product_seconds / 1e9;
  object["ratio"] = *m.ratio;
  object["share_in_products"] = 1 / *m.ratio;
  return object;
}

std::vector<std::string> to_cells(const Line& line) {
  if (!line.measured) return {std::string(line.net.name), "", "", "", "", "", ""};
  const Measurement& m = *line.measured;
  const auto number = [](std::optional<double> value) { return value ? fmt::format("{:.2f}", *value) : ""; };
  return {std::string(line.net.name),
          number(1e6 * m.seconds),
          number(m.product_seconds ? std::optional(1e6 * *m.product_seconds) : std::nullopt),
          number(m.ratio),
          number(m.flops / m.seconds / 1e9),
          number(m.product_seconds ? std::optional(m.flops / *m.product_seconds / 1e9) : std::nullopt),
          number(m.ratio ? std::optional(100 / *m.ratio) : std::nullopt)};
}

void print(const std::vector<Line>& lines, const MeasureOptions& options) {
  TextTable table{
      .header = {"network@batch", "step us", "products us", "ratio", "GFLOP/s", "products GFLOP/s", "in products %"},
      .rows = {}};
  for (const Line& line : lines) table.rows.push_back(to_cells(line));
  fmt::print("instruction set {}, one thread, medians of {}\n\n", isa(),
             counted(static_cast<std::uint64_t>(options.repeats), "pair"));
  std::fputs(to_text(table, TableFormat::table).c_str(), stdout);
  for (const Line& line : lines)
    if (!line.measured) fmt::print("{} is not available: {}\n", line.net.name, line.reason);
}

// Those given as operands and, separated by commas, with --net.
std::vector<std::string> names_of(const ParsedArguments& parsed) {
  std::vector<std::string> names = parsed.operands();
  const auto list = parsed.get_or<std::string>("net", "");
  if (!list.empty())
    for (const std::string_view name : split_text(list, ',')) names.emplace_back(name);
  return names;
}

}  // namespace

ExitCode bench_steps_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("net", po::value<std::string>(), "names of networks, separated by commas (default: all)");
  add_measure_options(options);
  const ParsedArguments parsed(self, options, "[NET...]", arguments);
  if (parsed.help_printed()) {
    fmt::print("\nNetworks (inputs, hidden layers, outputs @ rows of a batch):\n");
    for (const BenchNet& net : bench_nets()) fmt::print("  {}\n", net.name);
    return ExitCode::done;
  }
  const MeasureOptions measure_options = read_measure_options(parsed);
  const std::vector<BenchNet> nets = bench_nets_called(names_of(parsed));
  use_threads(1);
  std::vector<Line> lines;
  for (const BenchNet& net : nets) lines.push_back(measure(net, measure_options));
  if (!parsed.on("json")) {
    print(lines, measure_options);
    return ExitCode::done;
  }
  auto list = nlohmann::ordered_json::array();
  for (const Line& line : lines) list.push_back(to_json(line));
  fmt::print("{}\n", list.dump(2));
  return ExitCode::done;
}

}  // namespace jury
