#include "runtime/mpi/agreement.hpp"

#include <gtest/gtest.h>

#include <string>

#include "runtime/mpi/comm.hpp"

namespace jury {
namespace {

TEST(Agree, ReturnsWhenNoRankFails) {
  int calls = 0;
  agree(Comm::world(), [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(Agree, AFailureOfTheFirstRankIsItsOwnExceptionThereAndQuietElsewhere) {
  const Comm comm = Comm::world();
  try {
    agree(comm, [&] {
      if (comm.rank() == 0) throw DataError("ragged row (7 cells)");
    });
    FAIL() << "no exception";
  } catch (const PeerError& error) {
    EXPECT_NE(comm.rank(), 0);
    EXPECT_TRUE(error.quiet());
    EXPECT_EQ(error.exit_code(), ExitCode::data);
  } catch (const DataError& error) {
    EXPECT_EQ(comm.rank(), 0);
    EXPECT_EQ(std::string(error.what()), "ragged row (7 cells)");
  }
}

TEST(Agree, AFailureOfTheLastRankIsToldByTheFirst) {
  const Comm comm = Comm::world();
  const int last = comm.size() - 1;
  try {
    agree(comm, [&] {
      if (comm.rank() == last) throw IoError("disk full");
    });
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::io);
    const auto* peer = dynamic_cast<const PeerError*>(&error);
    EXPECT_EQ(peer == nullptr, last == 0);
    if (peer != nullptr) {
      EXPECT_EQ(peer->quiet(), comm.rank() != 0);
      EXPECT_EQ(std::string(error.what()), "rank " + std::to_string(last) + ": disk full");
    }
  }
}

TEST(Agree, TheLowestFailedRankDecidesTheExitCodeOfAll) {
  const Comm comm = Comm::world();
  try {
    agree(comm, [&] {
      if (comm.rank() == 0) throw ConfigError("unknown key");
      throw IoError("disk full");
    });
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::usage);
  }
}

TEST(Agree, AForeignExceptionCountsAsFailed) {
  const Comm comm = Comm::world();
  const int last = comm.size() - 1;
  try {
    agree(comm, [&] {
      if (comm.rank() == last) throw std::runtime_error("odd");
    });
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::failed);
  } catch (const std::runtime_error&) {
    EXPECT_EQ(comm.size(), 1);
  }
}

}  // namespace
}  // namespace jury
