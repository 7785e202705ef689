// jury doctor: is this machine, or this job, fit to run on.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <nlohmann/json.hpp>

#include "runtime/base/text.hpp"
#include "runtime/mpi/session.hpp"
#include "tools/command/command.hpp"
#include "tools/command/doctor_facts.hpp"
#include "tools/command/doctor_report.hpp"

namespace jury {

ExitCode doctor_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("json", po::bool_switch(), "print JSON");
  const ParsedArguments parsed(self, options, "[DIR]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const MpiSession session;
  const std::string folder = parsed.operand(0).empty() ? "runs" : parsed.operand(0);
  const DoctorFacts facts = gather_facts(session.world(), folder);
  std::vector<Finding> findings;
  if (session.world().rank() == 0) {
    findings = findings_of(facts);
    fmt::print("{}", parsed.on("json") ? doctor_json(facts, findings) : doctor_text(facts, findings));
    std::fflush(stdout);
  }
  const bool well = session.world().broadcast(std::uint64_t{findings.size()}, 0) == 0;
  return well ? ExitCode::done : ExitCode::failed;
}

}  // namespace jury
