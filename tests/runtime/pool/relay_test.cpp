#include "runtime/pool/relay.hpp"

#include <gtest/gtest.h>

#include <string>

#include "fakes.hpp"
#include "runtime/pool/loopback_channel.hpp"
#include "support/error_of.hpp"

namespace jury {
namespace {

/// A relay between two channels whose far ends the test holds.
class RelayTest : public testing::Test {
 protected:
  std::vector<Message> heard_by(LoopbackChannel& end) {
    std::vector<Message> messages;
    Assembler assembler;
    while (auto frame = end.receive())
      if (auto message = assembler.add(frame->bytes)) messages.push_back(*message);
    return messages;
  }

  FakeClock clock_;
  std::pair<LoopbackChannel, LoopbackChannel> up_ = LoopbackChannel::make_pair();
  std::pair<LoopbackChannel, LoopbackChannel> down_ = LoopbackChannel::make_pair();
  LoopbackChannel& coordinator_ = up_.second;
  LoopbackChannel& worker_ = down_.second;
  Relay relay_{up_.first, down_.first, {.heartbeat_seconds = 1, .first_word_seconds = 100, .clock = &clock_}};
};

TEST_F(RelayTest, PassesFramesBothWaysUnopened) {
  Sender(coordinator_, 0).send(tasks_message({task(1)}));
  Sender(worker_, 0).send(records_message({to_bytes(honest_record(task(1), 9000))}));
  EXPECT_TRUE(relay_.turn());
  EXPECT_EQ(heard_by(worker_).at(0).kind, MessageKind::tasks);
  EXPECT_EQ(heard_by(coordinator_).at(0).kind, MessageKind::records);
  EXPECT_FALSE(relay_.turn());
}

TEST_F(RelayTest, BreathesOnceASecondAndNoMore) {
  for (int i = 0; i < 100; ++i) {
    clock_.sleep(0.1);
    relay_.turn();
  }
  const std::vector<Message> heard = heard_by(coordinator_);
  EXPECT_GE(heard.size(), 9U);
  EXPECT_LE(heard.size(), 10U);
  for (const Message& message : heard) EXPECT_EQ(message.kind, MessageKind::heartbeat);
}

TEST_F(RelayTest, KeepsHeartbeatsOfTheCoordinatorToItself) {
  Sender(coordinator_, 0).send(heartbeat_message(5));
  EXPECT_TRUE(relay_.turn());
  EXPECT_TRUE(heard_by(worker_).empty());
}

TEST_F(RelayTest, LeavesWithTheCoordinatorsExitCodeAfterTellingItsThread) {
  Sender(coordinator_, 0).send(stop_message(ExitCode::too_many_failed));
  EXPECT_EQ(relay_.run(), ExitCode::too_many_failed);
  EXPECT_EQ(heard_by(worker_).at(0).kind, MessageKind::stop);
}

TEST_F(RelayTest, LeavesWhenTheCoordinatorNeverSpeaks) {
  const double start = clock_.seconds();
  try {
    relay_.run();
    FAIL() << "no exception";
  } catch (const CommError& error) {
    EXPECT_NE(std::string(error.what()).find("nothing heard of the coordinator"), std::string::npos);
  }
  EXPECT_NEAR(clock_.seconds() - start, 100, 1);
}

TEST_F(RelayTest, TheLatestPromiseDecidesHowLongItWaits) {
  Sender(coordinator_, 0).send(heartbeat_message(5));
  const double start = clock_.seconds();
  EXPECT_THROW(relay_.run(), CommError);
  EXPECT_NEAR(clock_.seconds() - start, 5, 0.1);
}

TEST_F(RelayTest, AnyWordOfTheCoordinatorCountsAsLife) {
  Sender(coordinator_, 0).send(heartbeat_message(5));
  Sender sender(coordinator_, 0);
  for (int i = 0; i < 10; ++i) {
    clock_.sleep(4);
    sender.send(tasks_message({task(i)}));
    EXPECT_NO_THROW(relay_.turn());
  }
}

TEST_F(RelayTest, AnIdleRelayHardlyPolls) {
  const double start = clock_.seconds();
  EXPECT_THROW(relay_.run(), CommError);
  EXPECT_LT(clock_.num_sleeps, 1.02e3 * (clock_.seconds() - start));
}

TEST_F(RelayTest, ADamagedFrameIsAnError) {
  coordinator_.send(0, Bytes(30));
  EXPECT_THROW(relay_.turn(), CommError);
}

TEST_F(RelayTest, AFrameThatNeverCameIsAnError) {
  Sender sender(coordinator_, 0);
  sender.send(tasks_message({task(1)}));
  sender.send(heartbeat_message(5, sender.trail().value()));
  EXPECT_NO_THROW(relay_.turn());
  sender.send(heartbeat_message(5, sender.trail().value() + 1));
  EXPECT_EQ(
      error_of<CommError>([&] { relay_.turn(); }),
      "what the coordinator sent is not what arrived (the network loses, doubles or swaps messages) resume the run");
}

TEST_F(RelayTest, ItsHeartbeatsSayWhatItsThreadSent) {
  Sender sender(worker_, 0);
  sender.send(records_message({to_bytes(honest_record(task(1), 9000))}));
  clock_.sleep(1.5);
  relay_.turn();
  EXPECT_NE(sender.trail().value(), 0U);
  EXPECT_EQ(read_heartbeat(heard_by(coordinator_).back()).trail, sender.trail().value());
}

TEST_F(RelayTest, KeepsItsThreadsFramesBackWhileTheCoordinatorIsBehind) {
  Sender sender(worker_, 0);
  for (int i = 0; i < 200; ++i) sender.send(drained_message());
  relay_.turn();
  EXPECT_EQ(heard_by(coordinator_).size(), 64U);
  relay_.turn();
  EXPECT_EQ(heard_by(coordinator_).size(), 64U);
}

}  // namespace
}  // namespace jury
