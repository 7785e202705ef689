#include "runtime/mpi/comm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/base/bytes.hpp"

namespace jury {
namespace {

static_assert(!std::is_copy_constructible_v<Comm>);
static_assert(std::is_nothrow_move_constructible_v<Comm>);

TEST(Comm, WorldSeesAllRanksUnderAContextOfItsOwn) {
  const Comm comm = Comm::world();
  int relation = MPI_UNEQUAL;
  MPI_Comm_compare(comm.get(), MPI_COMM_WORLD, &relation);
  EXPECT_EQ(relation, MPI_CONGRUENT);
}

TEST(Comm, MoveAssignmentLeavesTheOtherSolo) {
  Comm a = Comm::world();
  Comm b = Comm::world();
  const MPI_Comm kept = b.get();
  a = std::move(b);
  EXPECT_EQ(a.get(), kept);
}

TEST(Comm, BroadcastSpreadsFromEveryRoot) {
  const Comm comm = Comm::world();
  for (int root = 0; root < comm.size(); ++root) {
    const bool mine = comm.rank() == root;
    EXPECT_EQ(comm.broadcast(mine ? std::uint64_t{1} << 40 : 0U, root), std::uint64_t{1} << 40);
    EXPECT_EQ(comm.broadcast(mine ? "text of the root" : "", root), "text of the root");
  }
}

TEST(Comm, BroadcastOfMoreThanOnePieceArrivesWhole) {
  const Comm comm = Comm::world();
  Bytes bytes((std::size_t{64} << 20) + 3);
  if (comm.rank() == 0)
    for (std::size_t i = 0; i < bytes.size(); i += 4093) bytes[i] = static_cast<std::byte>(i % 251);
  if (comm.rank() == 0) bytes.back() = std::byte{99};
  comm.broadcast(bytes, 0);
  EXPECT_EQ(bytes.back(), std::byte{99});
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 4093) ASSERT_EQ(bytes[i], static_cast<std::byte>(i % 251)) << i;
}

TEST(Comm, GatherPutsTheRanksBytesOneAfterTheOther) {
  const Comm comm = Comm::world();
  for (int root = 0; root < comm.size(); ++root) {
    const Bytes mine(static_cast<std::size_t>(comm.rank()) * 3,
                     static_cast<std::byte>(comm.rank()));  // rank 0 has none
    Bytes expected;
    for (int rank = 0; rank < comm.size(); ++rank)
      expected.insert(expected.end(), static_cast<std::size_t>(rank) * 3, static_cast<std::byte>(rank));
    EXPECT_EQ(comm.gather(mine, root), comm.rank() == root ? expected : Bytes{});
  }
}

TEST(Comm, GatherOfMoreThanOnePieceArrivesWhole) {
  const Comm comm = Comm::world();
  const std::size_t size = (std::size_t{64} << 20) + 5;
  const Bytes all =
      comm.gather(Bytes(comm.rank() == comm.size() - 1 ? size : 1, static_cast<std::byte>(comm.rank() + 1)), 0);
  if (comm.rank() != 0) return;
  ASSERT_EQ(all.size(), size + static_cast<std::size_t>(comm.size()) - 1);
  EXPECT_EQ(all.back(), static_cast<std::byte>(comm.size()));
  EXPECT_EQ(all[all.size() - size], static_cast<std::byte>(comm.size()));
  EXPECT_EQ(all.front(), std::byte{1});
}

TEST(Comm, MinAndMaxAreTheSameOnAllRanks) {
  const Comm comm = Comm::world();
  EXPECT_EQ(comm.min(10 + comm.rank()), 10);
  EXPECT_EQ(comm.max(10 + comm.rank()), 9 + comm.size());
}

TEST(Comm, AllGatherIsOrderedByRankAndCutsLongText) {
  const Comm comm = Comm::world();
  const auto texts = comm.all_gather(std::string(static_cast<std::size_t>(comm.rank()) * 200, 'x'));
  const auto numbers = comm.all_gather(comm.rank() * comm.rank());
  for (std::size_t rank = 0; rank < static_cast<std::size_t>(comm.size()); ++rank) {
    EXPECT_EQ(texts[rank].size(), std::min<std::size_t>(rank * 200, 255));
    EXPECT_EQ(numbers[rank], static_cast<int>(rank * rank));
  }
}

TEST(Comm, SplitKeepsTheOrderOfRanks) {
  const Comm comm = Comm::world();
  const Comm part = comm.split(comm.rank() % 2);
  EXPECT_EQ(part.rank(), comm.rank() / 2);
  EXPECT_EQ(part.size(), (comm.size() + 1 - comm.rank() % 2) / 2);
}

TEST(Comm, AFailedCallNamesTheFunctionAndTheReason) {
  try {
    check(MPI_ERR_COUNT, "MPI_Bcast");
    FAIL() << "no exception";
  } catch (const CommError& error) {
    EXPECT_NE(std::string(error.what()).find("MPI_Bcast failed (MPI_ERR_COUNT"), std::string::npos) << error.what();
  }
}

TEST(Comm, ErrorsOfACommunicatorReturnInsteadOfEndingTheJob) {
  const Comm comm = Comm::world();
  int number = 0;
  EXPECT_THROW(check(MPI_Send(&number, 1, MPI_INT, comm.size() + 5, 1, comm.get()), "MPI_Send"), CommError);
}

TEST(Placement, RanksOfOneMachineShareANode) {
  const Comm comm = Comm::world();
  const Placement place = find_placement(comm);
  EXPECT_EQ(place.num_nodes, 1);
  EXPECT_EQ(place.node, 0);
  EXPECT_EQ(place.node_rank, comm.rank());
  EXPECT_EQ(place.node_size, comm.size());
  EXPECT_EQ(place.hosts, std::vector<std::string>(static_cast<std::size_t>(comm.size()), host_name()));
  EXPECT_EQ(first_ranks_of_nodes(comm), std::vector<int>(static_cast<std::size_t>(comm.size()), 0));
}

}  // namespace
}  // namespace jury
