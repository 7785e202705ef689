// What one process does without MPI: nothing here may start it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/comm.hpp"
#include "runtime/mpi/mailbox.hpp"
#include "runtime/mpi/node_shared.hpp"
#include "runtime/mpi/session.hpp"

namespace jury {
namespace {

class LaunchEnvironment : public testing::Test {
 protected:
  void SetUp() override { clear(); }
  void TearDown() override { clear(); }
  static void clear() {
    for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"}) unsetenv(name);
  }
};

TEST_F(LaunchEnvironment, APlainProcessIsNotLaunchedByMpi) { EXPECT_FALSE(launched_by_mpi()); }

TEST_F(LaunchEnvironment, EachLauncherIsRecognisedByItsVariable) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"}) {
    setenv(name, "0", 1);
    EXPECT_TRUE(launched_by_mpi()) << name;
    unsetenv(name);
  }
}

TEST_F(LaunchEnvironment, ASessionOfAPlainProcessHasOneRankAndNoMpi) {
  const MpiSession session;
  EXPECT_TRUE(session.world().is_solo());
  EXPECT_EQ(session.placement().size, 1);
  EXPECT_EQ(session.placement().num_nodes, 1);
  ASSERT_EQ(session.placement().hosts.size(), 1U);
  EXPECT_EQ(session.placement().hosts[0], host_name());
  int started = 1;
  MPI_Initialized(&started);
  EXPECT_EQ(started, 0);
}

TEST_F(LaunchEnvironment, AbandonEndsTheProcessWithTheCode) {
  EXPECT_EXIT(MpiSession::abandon(ExitCode::io), testing::ExitedWithCode(74), "");
}

TEST(SoloComm, EveryOperationReturnsAtOnceWithItsOwnValue) {
  const Comm comm = Comm::world();
  ASSERT_TRUE(comm.is_solo());
  EXPECT_EQ(comm.rank(), 0);
  EXPECT_EQ(comm.size(), 1);
  comm.barrier();
  EXPECT_EQ(comm.broadcast(std::uint64_t{7}, 0), 7U);
  EXPECT_EQ(comm.broadcast("text", 0), "text");
  EXPECT_EQ(comm.gather(Bytes(3, std::byte{9}), 0), Bytes(3, std::byte{9}));
  EXPECT_EQ(comm.min(3), 3);
  EXPECT_EQ(comm.max(-3), -3);
  EXPECT_EQ(comm.all_gather("a").size(), 1U);
  EXPECT_EQ(comm.all_gather(5).front(), 5);
  EXPECT_TRUE(comm.dup().is_solo());
  EXPECT_TRUE(comm.split(0).is_solo());
  EXPECT_TRUE(comm.split_by_node().is_solo());
}

TEST(SoloComm, ItsMailboxIsEmpty) {
  Mailbox mailbox(Comm::solo());
  EXPECT_FALSE(mailbox.poll().has_value());
}

TEST(SoloComm, AgreePassesTheExceptionOn) {
  EXPECT_THROW(agree(Comm::solo(), [] { throw DataError("no such column"); }), DataError);
  EXPECT_THROW(agree(Comm::solo(), [] { throw std::runtime_error("odd"); }), std::runtime_error);
  agree(Comm::solo(), [] {});
}

TEST(SoloNodeShared, OwnsItsBytes) {
  const auto shared = NodeShared::load(Comm::solo(), [] { return Bytes(5, std::byte{7}); });
  EXPECT_EQ(shared->backing(), NodeShared::Backing::own);
  ASSERT_EQ(shared->bytes().size(), 5U);
  EXPECT_EQ(shared->bytes()[4], std::byte{7});
}

TEST(SoloNodeShared, PassesTheLoadersErrorOn) {
  EXPECT_THROW(NodeShared::load(Comm::solo(), []() -> Bytes { throw DataError("ragged row"); }), DataError);
}

}  // namespace
}  // namespace jury
