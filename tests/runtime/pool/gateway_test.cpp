#include "runtime/pool/gateway.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_ranks.hpp"
#include "fakes.hpp"
#include "runtime/pool/coordinator.hpp"
#include "runtime/pool/loopback_channel.hpp"
#include "runtime/pool/rank_channels.hpp"
#include "runtime/pool/relay.hpp"

namespace jury {
namespace {

/// Six ranks on three nodes, {0, 1}, {2, 3, 4} and {5}: rank 2 is the gateway of 3 and 4, rank 5 its own.
class GatewayTest : public testing::Test {
 protected:
  static Routes three_nodes() { return Routes({0, 0, 1, 1, 1, 2}, 0); }

  /// Every rank's end of the channel; rank 0's is the hub.
  Channel& end(int rank) {
    Channel* const ends[] = {&hub_, &one_, &two_, &three_, &four_, &five_};
    return *ends[rank];
  }
  void turn() {
    two_.turn();
    five_.turn();
  }
  /// Members of the tasks that arrive at this end, of which peer; mail is moved on until there is none.
  std::vector<std::pair<int, int>> heard(Channel& end) {
    std::vector<std::pair<int, int>> tasks;
    for (int round = 0; round < 3; ++round) {
      turn();
      while (const auto frame = end.receive()) {
        const auto message = assemblers_[{&end, frame->peer}].add(frame->bytes);
        if (message && message->kind == MessageKind::tasks)
          for (const TaskKey& key : read_tasks(*message)) tasks.emplace_back(frame->peer, key.member);
      }
    }
    return tasks;
  }

  FakeClock clock_;
  FakeRanks ranks_{6};
  HubChannel hub_{ranks_.at(0), three_nodes()};
  SpokeChannel one_{ranks_.at(1), 0};
  Gateway two_{ranks_.at(2), three_nodes(), 2, {.hold_seconds = 1, .clock = &clock_}};
  SpokeChannel three_{ranks_.at(3), 2};
  SpokeChannel four_{ranks_.at(4), 2};
  Gateway five_{ranks_.at(5), three_nodes(), 5, {.hold_seconds = 1, .clock = &clock_}};
  std::map<std::pair<Channel*, int>, Assembler> assemblers_;
};

using Heard = std::vector<std::pair<int, int>>;

TEST_F(GatewayTest, TheCoordinatorReachesEveryRankInOneMailPerNode) {
  for (int peer = 0; peer < hub_.num_peers(); ++peer) Sender(hub_, peer).send(tasks_message({task(peer)}));
  hub_.receive();
  for (int rank = 1; rank < 6; ++rank) EXPECT_EQ(heard(end(rank)), (Heard{{0, rank - 1}})) << rank;
  EXPECT_EQ(ranks_.num_mails(0, 2), 1);
  EXPECT_EQ(ranks_.num_mails(0, 3), 0);
  EXPECT_EQ(ranks_.num_mails(2, 3), 1);
}

TEST_F(GatewayTest, ACoordinatorThatTurnsToSomethingElseHasSentWhatItSaidBefore) {
  PoolOptions options;
  options.clock = &clock_;
  const Coordinator coordinator({&hub_}, options);
  EXPECT_EQ(ranks_.num_mails(0, 2), 1);
  turn();
  EXPECT_DOUBLE_EQ(read_heartbeat(*Assembler().add(three_.receive()->bytes)).promise_seconds, options.quiet_seconds);
}

TEST_F(GatewayTest, EveryRankReachesTheCoordinatorUnderItsOwnName) {
  for (int rank = 1; rank < 6; ++rank) Sender(end(rank), 0).send(tasks_message({task(rank)}));
  Heard all = heard(hub_);
  std::ranges::sort(all);
  EXPECT_EQ(all, (Heard{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}}));
  EXPECT_EQ(ranks_.num_mails(2, 0), 1);
  EXPECT_EQ(ranks_.num_mails(3, 0), 0);
}

TEST_F(GatewayTest, MessagesOfAllSizesKeepTheirOrderBothWaysBetweenAllPairs) {
  Rng rng(11);
  std::map<std::pair<Channel*, int>, std::unique_ptr<Sender>> senders;
  std::map<std::pair<Channel*, int>, int> sent;
  std::map<std::pair<Channel*, int>, int> got;
  const auto take = [&](Channel& at) {
    while (const auto frame = at.receive()) {
      const auto message = assemblers_[{&at, frame->peer}].add(frame->bytes);
      if (!message) continue;
      EXPECT_EQ(read_records(*message).front().key.member, (got[{&at, frame->peer}]++));
    }
  };
  for (int i = 0; i < 2000; ++i) {
    const int rank = 1 + static_cast<int>(rng.below(5));
    const bool is_down = rng.below(2) == 0;
    const std::pair<Channel*, int> from =
        is_down ? std::pair<Channel*, int>{&hub_, rank - 1} : std::pair<Channel*, int>{&end(rank), 0};
    auto& sender = senders[from];
    if (!sender) sender = std::make_unique<Sender>(*from.first, from.second);
    const std::size_t largest = rng.below(5) == 0 ? 60000 : 300;
    const std::pair<Channel*, int> there =
        is_down ? std::pair<Channel*, int>{&end(rank), 0} : std::pair<Channel*, int>{&hub_, rank - 1};
    sender->send(records_message({to_bytes(honest_record(task(sent[there]++), rng.below(largest)))}));
    if (rng.below(3) == 0) turn();
    if (rng.below(3) == 0) take(end(static_cast<int>(rng.below(6))));
  }
  for (int round = 0; round < 3; ++round) {
    for (int rank = 0; rank < 6; ++rank) take(end(rank));
    turn();
  }
  EXPECT_EQ(got, sent);
}

TEST_F(GatewayTest, HeartbeatsWaitForCompany) {
  for (int second = 0; second < 100; ++second)
    for (const int rank : {3, 4, 2}) {
      clock_.sleep(1.0 / 3);
      Sender(end(rank), 0).send(heartbeat_message(1));
      turn();
    }
  EXPECT_GE(ranks_.num_mails(2, 0), 70);  // three ranks, a hundred seconds
  EXPECT_LE(ranks_.num_mails(2, 0), 100);
}

TEST_F(GatewayTest, AnythingElseTakesTheHeartbeatsAlongAtOnce) {
  Sender(three_, 0).send(heartbeat_message(1));
  turn();
  EXPECT_EQ(ranks_.num_mails(2, 0), 0);
  Sender(four_, 0).send(drained_message());
  turn();
  EXPECT_EQ(ranks_.num_mails(2, 0), 1);
  EXPECT_EQ(hub_.receive()->peer, 2);
  EXPECT_EQ(hub_.receive()->peer, 3);
}

TEST_F(GatewayTest, ItsDeathSilencesItsGroupAndNoOther) {
  ranks_.kill(2);
  for (int rank = 1; rank < 6; ++rank) Sender(end(rank), 0).send(tasks_message({task(rank)}));
  EXPECT_EQ(heard(hub_), (Heard{{0, 1}, {4, 5}}));
  for (int peer = 0; peer < 5; ++peer) Sender(hub_, peer).send(tasks_message({task(peer)}));
  hub_.receive();
  EXPECT_EQ(heard(five_), (Heard{{0, 4}}));
  EXPECT_TRUE(heard(three_).empty());
}

TEST_F(GatewayTest, AWorkerBehindADeadGatewayLeavesWhenTheCoordinatorsPromiseIsBroken) {
  auto [port, thread] = LoopbackChannel::make_pair();
  Relay relay(three_, port, {.first_word_seconds = 1000, .clock = &clock_});
  Sender(hub_, 2).send(heartbeat_message(5));
  hub_.receive();
  turn();
  ranks_.kill(2);
  const double start = clock_.seconds();
  EXPECT_THROW(relay.run(), CommError);
  EXPECT_NEAR(clock_.seconds() - start, 5, 0.1);
}

TEST_F(GatewayTest, ItsRelayWorksBesideIt) {
  auto [port, thread] = LoopbackChannel::make_pair();
  Relay relay(two_, port, {.clock = &clock_, .beside = [&] { return two_.turn(); }});
  for (int peer = 1; peer < 4; ++peer) Sender(hub_, peer).send(tasks_message({task(peer)}));
  hub_.receive();
  EXPECT_TRUE(relay.turn());
  EXPECT_TRUE(thread.receive().has_value());
  EXPECT_TRUE(three_.receive().has_value());
  Sender(thread, 0).send(drained_message());
  EXPECT_TRUE(relay.turn());
  relay.turn();
  EXPECT_EQ(hub_.receive()->peer, 1);
}

TEST_F(GatewayTest, LeavesAtOnceWhenAllOfItsGroupWereToldTo) {
  for (int peer = 0; peer < 5; ++peer) Sender(hub_, peer).send(stop_message(ExitCode::done));
  hub_.receive();
  const double start = clock_.seconds();
  two_.leave(5);
  EXPECT_LT(clock_.seconds() - start, 0.1);
  EXPECT_TRUE(three_.receive().has_value());
  EXPECT_TRUE(four_.receive().has_value());
}

TEST_F(GatewayTest, LeavesAllTheSameWhenTheWordForTheOthersDoesNotCome) {
  Sender(hub_, 1).send(stop_message(ExitCode::done));
  hub_.receive();
  const double start = clock_.seconds();
  two_.leave(5);
  EXPECT_NEAR(clock_.seconds() - start, 5, 0.1);
}

TEST_F(GatewayTest, MailOfOrForAnotherGroupIsAnError) {
  Bundler foreign(ranks_.at(0), 2);
  foreign.add(5, to_frames(drained_message(), 0).front());
  foreign.flush();
  EXPECT_THROW(two_.turn(), CommError);
  ranks_.at(5).send(2, to_frames(drained_message(), 0).front());
  EXPECT_THROW(two_.turn(), CommError);
  Bundler wrong_way(ranks_.at(5), 0);
  wrong_way.add(3, to_frames(drained_message(), 0).front());
  wrong_way.flush();
  EXPECT_THROW(hub_.receive(), CommError);
  ranks_.at(0).send(3, to_frames(drained_message(), 0).front());
  EXPECT_THROW(three_.receive(), CommError);
}

TEST_F(GatewayTest, DamagedMailIsAnError) {
  ranks_.at(0).send(2, Bytes(30));
  EXPECT_THROW(two_.turn(), CommError);
  ranks_.at(3).send(2, Bytes(30));
  EXPECT_THROW(two_.turn(), CommError);
  ranks_.at(2).send(0, Bytes(30));
  EXPECT_THROW(hub_.receive(), CommError);
}

}  // namespace
}  // namespace jury
