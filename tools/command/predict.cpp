// jury predict: what a stored ensemble says of new rows.
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>

#include "models/data/data_options.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/session.hpp"
#include "search/study/predict_study.hpp"
#include "tools/command/command.hpp"

namespace jury {
namespace {

// Checks what --format, --header and --missing say as the settings of [data] they stand for.
void check_data_options(const PredictRequest& request) {
  Config config;
  config.set("format", Config(request.format));
  if (!request.header.empty()) config.set("header", Config(request.header.items().front()));
  DataOptions options;
  Problems problems;
  read_options(config, options, "", problems);
  if (problems.empty()) return;
  throw ConfigError("--" + problems.lines().front());
}

std::uint64_t piece_bytes_of(double mebibytes) {
  constexpr double kBytes = 1 << 20, kMost = 1 << 20;
  if (!(mebibytes > 0) || mebibytes > kMost)
    throw ConfigError(fmt::format("--stream = {} is out of range (above 0, at most {} MiB)", mebibytes, kMost));
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(mebibytes * kBytes));
}

PredictRequest request_of(const ParsedArguments& parsed) {
  PredictRequest request{
      .run = parsed.operand(0), .data = parsed.operand(1), .output = parsed.get_or<std::string>("output", "")};
  if (request.output.empty())
    throw ConfigError("'jury predict' needs --output (a .csv, .npy or .h5, or - for csv on standard output)");
  request.format = parsed.get<std::string>("format");
  if (parsed.has("header")) request.header = {parsed.get<std::string>("header")};
  request.missing = parsed.get_or<Arguments>("missing", {});
  check_data_options(request);
  request.combine = parsed.get_or<std::string>("combine", "");
  if (parsed.on("all")) request.detail = Detail::all;
  if (parsed.on("uncalibrated")) request.calibrating = Calibrating::left_out;
  if (parsed.on("members")) request.members = MemberOutput::each;
  if (parsed.on("overwrite")) request.existing = Existing::replace;
  if (parsed.has("stream")) request.piece_bytes = piece_bytes_of(parsed.get<double>("stream"));
  if (parsed.on("quiet")) request.verbosity = Verbosity::quiet;
  return request;
}

}  // namespace

ExitCode predict_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("output,o", po::value<std::string>(), "a .csv, .npy or .h5; - is csv on standard output")(
      "all,a", po::bool_switch(), "not only the answer: probabilities, mean, spread, votes and uncertainty")(
      "members,m", po::bool_switch(), "what each member (of a stack, each base) says as well")(
      "uncalibrated,u", po::bool_switch(), "label and probabilities without final.calibrate of the run")(
      "combine,c", po::value<std::string>(), "how members are joined (default: as the run reports it)")(
      "format,f", po::value<std::string>()->default_value("auto"), "of DATA, as data.format")(
      "header", po::value<std::string>(), "as data.header: auto, true or false (default: as the run)")(
      "missing", po::value<Arguments>()->composing(),
      "a cell that stands for a missing value, as data.missing (default: as the run)")(
      "stream", po::value<double>()->implicit_value(64),
      "read and predict so many MiB of DATA at a time (64 if no number is given), where it is larger than memory; "
      "nothing is scored then")("overwrite", po::bool_switch(), "replace the output that is there")(
      "quiet,q", po::bool_switch(), "print errors only");
  const ParsedArguments parsed(self, options, "DIR DATA", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const PredictRequest request = request_of(parsed);
  const MpiSession session;
  try {
    return predict_study(request, session);
  } catch (const std::exception& error) {
    const auto* of_peer = dynamic_cast<const PeerError*>(&error);
    const ExitCode code = of_peer != nullptr && of_peer->quiet() ? of_peer->exit_code() : complain();
    if (dynamic_cast<const CommError*>(&error) != nullptr) MpiSession::abandon(code);
    return code;
  }
}

}  // namespace jury
