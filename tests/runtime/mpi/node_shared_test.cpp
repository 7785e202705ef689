#include "runtime/mpi/node_shared.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "runtime/base/hash.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/comm.hpp"

namespace jury {
namespace {

Bytes numbers(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 % 253);
  return bytes;
}

void expect_the_same_everywhere(const NodeShared& shared, std::size_t size) {
  EXPECT_EQ(hash_bytes(shared.bytes()), hash_bytes(numbers(size)));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(shared.bytes().data()) % 64, 0U);
}

/// A folder that is gone with the test; made and removed by rank 0.
std::string scratch(const Comm& comm) {
  std::string name = (std::filesystem::temp_directory_path() / "jury-node-shared-XXXXXX").string();
  if (comm.rank() == 0) {
    EXPECT_NE(mkdtemp(name.data()), nullptr);
  }
  return comm.broadcast(name, 0);
}

TEST(NodeShared, AllRanksSeeTheBytesThatRankZeroLoaded) {
  const Comm comm = Comm::world();
  int loads = 0;
  const auto shared = NodeShared::load(comm, [&] {
    ++loads;
    return numbers(100003);
  });
  EXPECT_EQ(loads, comm.rank() == 0 ? 1 : 0);
  EXPECT_EQ(shared->backing(), comm.size() == 1 ? NodeShared::Backing::own : NodeShared::Backing::window);
  if (comm.size() > 1) {
    expect_the_same_everywhere(*shared, 100003);
  }
  EXPECT_EQ(shared->bytes().size(), 100003U);
}

TEST(NodeShared, AnEmptyBlockIsABlock) {
  const auto shared = NodeShared::load(Comm::world(), [] { return Bytes(); });
  EXPECT_TRUE(shared->bytes().empty());
}

TEST(NodeShared, SeveralBlocksLiveSideBySide) {
  const Comm comm = Comm::world();
  const auto a = NodeShared::load(comm, [] { return numbers(10); });
  const auto b = NodeShared::load(comm, [] { return numbers(5000); });
  EXPECT_EQ(hash_bytes(a->bytes()), hash_bytes(numbers(10)));
  EXPECT_EQ(hash_bytes(b->bytes()), hash_bytes(numbers(5000)));
}

TEST(NodeShared, FallsBackToAFileThatLeavesNoNameBehind) {
  const Comm comm = Comm::world();
  const std::string dir = scratch(comm);
  {
    const auto shared =
        NodeShared::load(comm, [] { return numbers(70001); }, {.shared_dir = "/nowhere", .file_dir = dir});
    EXPECT_EQ(shared->backing(), comm.size() == 1 ? NodeShared::Backing::own : NodeShared::Backing::file);
    if (comm.size() > 1) {
      expect_the_same_everywhere(*shared, 70001);
    }
    comm.barrier();
    EXPECT_TRUE(std::filesystem::is_empty(dir));
  }
  comm.barrier();
  if (comm.rank() == 0) std::filesystem::remove_all(dir);
}

TEST(NodeShared, RoomIsAskedForBeforeAnythingIsWritten) {
  const Comm comm = Comm::world();
  if (comm.size() == 1) GTEST_SKIP() << "one rank owns its bytes";
  try {
    NodeShared::load(comm, [] { return numbers(10); }, {.shared_dir = "/nowhere", .file_dir = "/nowhere"});
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::io);
    EXPECT_EQ(dynamic_cast<const PeerError*>(&error) == nullptr, comm.rank() == 0);
  }
}

TEST(NodeShared, AnErrorOfTheLoaderReachesAllRanksAsOneExitCode) {
  const Comm comm = Comm::world();
  try {
    NodeShared::load(comm, []() -> Bytes { throw DataError("ragged row (line 7)"); });
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::data);
    if (comm.rank() == 0) {
      EXPECT_STREQ(error.what(), "ragged row (line 7)");
    } else {
      EXPECT_TRUE(dynamic_cast<const PeerError&>(error).quiet());
    }
  }
}

}  // namespace
}  // namespace jury
