#include "runtime/store/provenance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_reader.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

TEST(Provenance, ASessionComesBackFromItsBytes) {
  ::setenv("SLURM_JOB_ID", "4711", 1);
  ::setenv("SLURM_RESTART_COUNT", "2", 1);
  const Session session = this_session(4, "avx2");
  EXPECT_EQ(session.slurm_job_id, "4711");
  EXPECT_EQ(session.slurm_restarts, 2);
  EXPECT_EQ(session.pid, ::getpid());
  EXPECT_EQ(session.num_ranks, 4);
  EXPECT_FALSE(session.host.empty());
  EXPECT_EQ(session_from_bytes(to_bytes(session)), session);
  Bytes bytes = to_bytes(session);
  bytes.push_back(std::byte{0});
  EXPECT_THROW(session_from_bytes(bytes), DataError);
}

TEST(Provenance, IsWrittenAsTables) {
  const Scratch scratch;
  Session session;
  session.host = "node1";
  write_hdf5_aside(scratch / "a.h5", [&](Hdf5Writer& file) {
    write_provenance(file, {.experiment_toml = "seed = 1\n",
                            .version = "0.1.0",
                            .libraries = {{"HDF5", hdf5_version()}},
                            .sessions = {session, session}});
  });
  const Hdf5Reader file(scratch / "a.h5");
  EXPECT_THAT(file.read("/provenance/toml").texts, ElementsAre("seed = 1\n"));
  EXPECT_THAT(file.read("/provenance/libraries/version").texts, ElementsAre(hdf5_version()));
  EXPECT_THAT(file.read("/provenance/sessions/host").texts, ElementsAre("node1", "node1"));
  EXPECT_THAT(hdf5_version(), testing::StartsWith("1."));
}

}  // namespace
}  // namespace jury
