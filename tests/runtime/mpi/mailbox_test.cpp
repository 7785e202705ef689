#include "runtime/mpi/mailbox.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace jury {
namespace {

/// Polls until `count` messages have come. Bounded by the test's own timeout.
std::vector<Mail> collect(Mailbox& mailbox, std::size_t count) {
  std::vector<Mail> mails;
  while (mails.size() < count)
    if (auto mail = mailbox.poll()) mails.push_back(std::move(*mail));
  return mails;
}

TEST(Mailbox, MessagesOfOneSenderKeepTheirOrder) {
  const Comm comm = Comm::world();
  Mailbox mailbox(comm.dup());
  constexpr int kCount = 500;
  if (comm.rank() != 0) {
    for (int i = 0; i < kCount; ++i) mailbox.post(0, ByteWriter().add(i).take());
    while (mailbox.num_waiting() > 0) mailbox.poll();
  } else {
    const auto others = static_cast<std::size_t>(comm.size() - 1);
    std::vector<int> next(static_cast<std::size_t>(comm.size()), 0);
    for (const Mail& mail : collect(mailbox, others * kCount))
      EXPECT_EQ(ByteReader(mail.bytes).read<int>(), next[static_cast<std::size_t>(mail.rank)]++);
  }
  comm.barrier();
}

TEST(Mailbox, TheLargestMessageIsSentWithoutItsReceiver) {
  const Comm comm = Comm::world();
  Mailbox mailbox(comm.dup());
  if (comm.size() == 1) GTEST_SKIP() << "needs two ranks";
  if (comm.rank() == 1) {
    mailbox.post(0, Bytes(kMailBytes, std::byte{5}));
    while (mailbox.num_waiting() > 0) mailbox.poll();
  }
  comm.barrier();  // rank 0 has not looked yet
  if (comm.rank() == 0) {
    EXPECT_EQ(collect(mailbox, 1).front().bytes, Bytes(kMailBytes, std::byte{5}));
  }
  comm.barrier();
}

TEST(Mailbox, AnEmptyMessageArrives) {
  const Comm comm = Comm::world();
  Mailbox mailbox(comm.dup());
  if (comm.rank() == comm.size() - 1 && comm.size() > 1) mailbox.post(0, {});
  if (comm.rank() == 0 && comm.size() > 1) {
    EXPECT_TRUE(collect(mailbox, 1).front().bytes.empty());
  }
  comm.barrier();
}

TEST(Mailbox, TwoMailboxesDoNotMixTheirMessages) {
  const Comm comm = Comm::world();
  Mailbox a(comm.dup());
  Mailbox b(comm.dup());
  if (comm.rank() == 1) {
    a.post(0, Bytes(1));
    b.post(0, Bytes(2));
  }
  if (comm.rank() == 0 && comm.size() > 1) {
    EXPECT_EQ(collect(b, 1).front().bytes.size(), 2U);
    EXPECT_EQ(collect(a, 1).front().bytes.size(), 1U);
  }
  comm.barrier();
}

TEST(Mailbox, AMessageLargerThanAllowedIsAnError) {
  const Comm comm = Comm::world();
  if (comm.size() == 1) GTEST_SKIP() << "needs two ranks";
  Comm own = comm.dup();
  const MPI_Comm same = own.get();
  Mailbox mailbox(std::move(own));
  const Bytes large(kMailBytes + 1);
  if (comm.rank() == 1) check(MPI_Send(large.data(), static_cast<int>(large.size()), MPI_BYTE, 0, 1, same), "MPI_Send");
  comm.barrier();
  if (comm.rank() == 0) {
    EXPECT_THROW(collect(mailbox, 1), CommError);
  }
  comm.barrier();
}

TEST(Mailbox, TooManyMessagesThatWaitAreAnError) {
  const Comm comm = Comm::world();
  if (comm.size() == 1) GTEST_SKIP() << "needs two ranks";
  Mailbox mailbox(comm.dup(), 0);
  EXPECT_THROW(mailbox.post(comm.rank() == 0 ? 1 : 0, Bytes(1)), CommError);
}

}  // namespace
}  // namespace jury
