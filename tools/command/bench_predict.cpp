// jury bench predict: what an ensemble's predictions cost, against the bare products of their shapes.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <nlohmann/json.hpp>

#include "models/nn/session.hpp"
#include "runtime/base/text.hpp"
#include "tools/bench/measure.hpp"
#include "tools/command/bench_arguments.hpp"
#include "tools/command/command.hpp"

namespace jury {

ExitCode bench_predict_command(const Command& self, const Arguments& arguments) {
  boost::program_options::options_description options;
  add_measure_options(options);
  const ParsedArguments parsed(self, options, "", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const MeasureOptions measure_options = read_measure_options(parsed);
  const BenchNet net = bench_nets_called(std::vector<std::string>{"64-100-10@128"}).front();
  use_threads(1);
  const Measurement m = measure_predict(net, measure_options);
  if (parsed.on("json")) {
    const nlohmann::ordered_json object = {{"rows", kPredictRows},
                                           {"members", kPredictMembers},
                                           {"predict_seconds", m.seconds},
                                           {"product_seconds", *m.product_seconds},
                                           {"ratio", *m.ratio}};
    fmt::print("{}\n", object.dump(2));
    return ExitCode::done;
  }
  fmt::print("instruction set {}, one thread, medians of {}\n\n", isa(),
             counted(static_cast<std::uint64_t>(measure_options.repeats), "pair"));
  fmt::print("{} rows by {} members of 64-100-10: {:.1f} ms, their forward products alone {:.1f} ms, ratio {:.2f}\n",
             kPredictRows, kPredictMembers, 1e3 * m.seconds, 1e3 * *m.product_seconds, *m.ratio);
  return ExitCode::done;
}

}  // namespace jury
