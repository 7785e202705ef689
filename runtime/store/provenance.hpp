// Where a result comes from: what is recorded so that a reader can tell how it was made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/store/hdf5_writer.hpp"

namespace jury {

/// One start of the program on a run. Goes into the journal, so that a resumed run knows them all.
struct Session {
  std::string started = {};  ///< UTC, "2026-01-31T12:00:00Z"
  std::string host = {};
  std::int64_t pid = 0;
  std::int32_t num_ranks = 1;
  std::string isa = {};
  std::string slurm_job_id = {};  ///< "" outside Slurm, as the others
  std::string slurm_nodes = {};   ///< SLURM_JOB_NODELIST
  std::int32_t slurm_restarts = 0;

  bool operator==(const Session&) const = default;
};

/// This process, now. The caller knows the number of ranks and the instruction set.
Session this_session(std::int32_t num_ranks, std::string isa);

Bytes to_bytes(const Session& session);
/// Throws DataError when the bytes are no session.
Session session_from_bytes(std::span<const std::byte> bytes);

struct Provenance {
  std::string experiment = {};       ///< its name
  std::string experiment_toml = {};  ///< as the user wrote it
  std::string version = {};          ///< of jury
  std::string git = {};              ///< `git describe` of the source, "" when built outside git
  std::vector<std::pair<std::string, std::string>> libraries = {};  ///< name and version
  std::vector<Session> sessions = {};
};

/// "1.10.8": the HDF5 library this process runs with.
std::string hdf5_version();

/// Writes /provenance: the text toml, attributes experiment, version and git, and the tables libraries and sessions.
void write_provenance(Hdf5Writer& file, const Provenance& provenance);

}  // namespace jury
