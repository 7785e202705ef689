#include "runtime/store/provenance.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/hdf5_library.hpp"

namespace jury {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// One member of each session, as a column.
template <class T>
std::vector<T> column_of(const std::vector<Session>& sessions, T Session::*member) {
  std::vector<T> column;
  for (const Session& session : sessions) column.push_back(session.*member);
  return column;
}

}  // namespace

Session this_session(std::int32_t num_ranks, std::string isa) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return {.started = utc_now(),
          .host = host.data(),
          .pid = ::getpid(),
          .num_ranks = num_ranks,
          .isa = std::move(isa),
          .slurm_job_id = environment("SLURM_JOB_ID"),
          .slurm_nodes = environment("SLURM_JOB_NODELIST"),
          .slurm_restarts = static_cast<std::int32_t>(parse_number(environment("SLURM_RESTART_COUNT")).value_or(0))};
}

Bytes to_bytes(const Session& session) {
  ByteWriter out;
  out.add(std::string_view(session.started))
      .add(std::string_view(session.host))
      .add(session.pid)
      .add(session.num_ranks);
  out.add(std::string_view(session.isa)).add(std::string_view(session.slurm_job_id));
  out.add(std::string_view(session.slurm_nodes)).add(session.slurm_restarts);
  return out.take();
}

Session session_from_bytes(std::span<const std::byte> bytes) {
  ByteReader in(bytes);
  Session session;
  session.started = in.text();
  session.host = in.text();
  session.pid = in.read<std::int64_t>();
  session.num_ranks = in.read<std::int32_t>();
  session.isa = in.text();
  session.slurm_job_id = in.text();
  session.slurm_nodes = in.text();
  session.slurm_restarts = in.read<std::int32_t>();
  if (!in.empty()) throw DataError("session has bytes left over (damaged or of another version)");
  return session;
}

std::string hdf5_version() {
  hdf5::prepare_library();
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

void write_provenance(Hdf5Writer& file, const Provenance& provenance) {
  const Hdf5Group group = file.group("provenance");
  group.text("toml", provenance.experiment_toml, {.help = "the experiment as it was written"});
  group.attribute("experiment", provenance.experiment);
  group.attribute("version", provenance.version);
  group.attribute("git", provenance.git);

  std::vector<std::string> names;
  std::vector<std::string> versions;
  for (const auto& [name, version] : provenance.libraries) {
    names.push_back(name);
    versions.push_back(version);
  }
  TableWriter(group.group("libraries"), "row", names.size()).column("name", names).column("version", versions);

  const std::vector<Session>& sessions = provenance.sessions;
  TableWriter(group.group("sessions"), "row", sessions.size())
      .column("started", column_of(sessions, &Session::started))
      .column("host", column_of(sessions, &Session::host))
      .column("pid", column_of(sessions, &Session::pid))
      .column("num_ranks", column_of(sessions, &Session::num_ranks))
      .column("isa", column_of(sessions, &Session::isa))
      .column("slurm_job_id", column_of(sessions, &Session::slurm_job_id))
      .column("slurm_nodes", column_of(sessions, &Session::slurm_nodes))
      .column("slurm_restarts", column_of(sessions, &Session::slurm_restarts));
}

}  // namespace jury
