// Members that follow from one another: interrupted, continued, extended, shortened.
#include "search/study/rounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "support/methods.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

bool is_sequential(const Experiment& experiment) { return traits_of(experiment.ensemble).is_sequential; }

/// Runs body(experiment) for every method whose members follow from one another.
template <class Body>
void for_each_sequential(Body&& body) {
  for_each_method([&](const MethodCase&, Experiment experiment) {
    if (is_sequential(experiment)) body(std::move(experiment));
  });
}

// Rounds that are stopped before a given one.
class StoppedBefore final : public Rounds {
 public:
  StoppedBefore(std::unique_ptr<Rounds> rounds, std::int32_t round) : rounds_(std::move(rounds)), round_(round) {}

  std::optional<Outcome> next(std::int32_t round, const StopFlag& stop) override {
    if (round == round_) return std::nullopt;
    return rounds_->next(round, stop);
  }
  void save(ByteWriter& writer) const override { rounds_->save(writer); }
  void load(ByteReader& reader) override { rounds_->load(reader); }

 private:
  std::unique_ptr<Rounds> rounds_;
  std::int32_t round_;
};

// One task of a study with a worker's things around it.
struct Task {
  Task(const SmallStudy& study, const TaskKey& of)
      : key(of), rows(study.plan.rows(of)), plan(study.plan), trainer(study.plan, caches) {}

  std::unique_ptr<Rounds> rounds() {
    return make_rounds({.trainer = trainer, .dataset = plan.dataset(), .rows = rows, .key = key});
  }

  /// The checkpoint that a stop before this round leaves; nothing when there is none.
  std::optional<Bytes> stop_before(std::int32_t round, std::optional<Bytes> begun = {}) {
    std::optional<Bytes> saved;
    StoppedBefore stopped(rounds(), round);
    const auto result =
        run_rounds(stopped, key.member, key.member + plan.num_fits_of(key),
                   {.begun = std::move(begun), .save = [&](const Bytes& bytes) { saved = bytes; }}, StopFlag());
    EXPECT_FALSE(result.has_value());
    return saved;
  }

  TaskKey key;
  FitRows rows;
  const StudyPlan& plan;
  TrainingCaches caches;
  MemberTrainer trainer;
};

class RoundsOfATask : public testing::Test {
 protected:
  const Scratch folder_;
  const Checkpoints checkpoints_{folder_.path(), 5};
  const BlobStore blobs_{folder_.path()};

  // What a session that starts from these records gives out, does and ends with.
  struct Session {
    std::vector<TaskKey> given;
    std::vector<Record> records;  // of earlier sessions, too
    Fits fits;
  };
  Session run(SmallStudy& study, std::vector<Record> earlier = {}) {
    Session session{.given = {}, .records = std::move(earlier), .fits = {}};
    const std::vector<double> flops(study.experiment.bases.size() + 1, 100.0);
    StudySource source(study.plan, blobs_, checkpoints_, flops);
    for (const Record& record : session.records) source.restore(record);
    source.settle();
    StudyEvaluator worker(study.plan, checkpoints_);
    for (const ReadyTask& task : source.take_ready()) {
      session.given.push_back(task.key);
      session.records.push_back(worker.evaluate(task.key, StopFlag()).value());
      source.done(session.records.back());
    }
    EXPECT_EQ(source.num_left(), 0U);
    session.fits = source.fits();
    return session;
  }
};

Experiment with_members(Experiment experiment, std::int32_t members) {
  experiment.ensemble.members = members;
  experiment.bias_variance.reset();
  return experiment;
}

void expect_same(const Fits& a, const Fits& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [key, fit] : a) {
    ASSERT_TRUE(b.contains(key)) << to_string(key);
    EXPECT_EQ(to_bytes(TaskResult{.fits = {fit}}), to_bytes(TaskResult{.fits = {b.at(key)}})) << to_string(key);
  }
}

TEST_F(RoundsOfATask, GoOnFromACheckpointToTheSameBytes) {
  for_each_sequential([&](Experiment experiment) {
    SmallStudy study(std::move(experiment));
    for (const TaskKey key : {TaskKey{.repeat = 0, .fold = 1, .member = 0}, TaskKey{.member = 0}}) {
      const Record straight = study.evaluate(key);
      const auto rounds = static_cast<std::int32_t>(read_task_result(straight.payload).fits.size());
      for (std::int32_t round = 1; round < rounds; ++round) {
        Task task(study, key);
        const std::optional<Bytes> saved = task.stop_before(round);
        ASSERT_TRUE(saved.has_value());
        checkpoints_.write(key, *saved);
        StudyEvaluator worker(study.plan, checkpoints_);
        EXPECT_EQ(worker.evaluate(key, StopFlag())->payload, straight.payload) << "stopped before round " << round;
      }
      checkpoints_.remove(key);
    }
  });
}

TEST_F(RoundsOfATask, TakeTheRoundsOfACheckpointAsTheyAre) {
  SmallStudy study(experiment_over(R"({"ensemble": {"method": "adaboost", "members": 4}})"));
  const TaskKey key{.member = 0};
  Task task(study, key);
  const Bytes saved = *task.stop_before(2);
  ByteReader reader(saved);
  const auto next = reader.read<std::int32_t>();
  const Bytes held = reader.vector<std::byte>();
  TaskResult done = read_task_result(held);
  ASSERT_EQ(next, 2);
  ASSERT_EQ(done.fits.size(), 2U);
  done.fits[1].message = "kept";
  const auto bytes_of = [&](const Bytes& results) {
    ByteWriter writer;
    writer.add(next).add(results);
    return writer.take();
  };
  Bytes bytes = bytes_of(to_bytes(done));
  bytes.insert(bytes.end(), saved.begin() + static_cast<std::ptrdiff_t>(bytes_of(held).size()), saved.end());
  checkpoints_.write(key, bytes);
  StudyEvaluator worker(study.plan, checkpoints_);
  EXPECT_EQ(read_task_result(worker.evaluate(key, StopFlag())->payload).fits[1].message, "kept");
}

TEST_F(RoundsOfATask, LeaveNothingWhenTheyAreStoppedBeforeTheFirst) {
  for_each_sequential([&](Experiment experiment) {
    SmallStudy study(std::move(experiment));
    EXPECT_FALSE(Task(study, {.member = 0}).stop_before(0).has_value());
    StopFlag stop;
    stop.set();
    StudyEvaluator worker(study.plan, checkpoints_);
    EXPECT_FALSE(worker.evaluate({.member = 0}, stop).has_value());
  });
}

TEST_F(RoundsOfATask, CanBeStoppedAgainAndAgain) {
  for_each_sequential([&](Experiment experiment) {
    SmallStudy study(std::move(experiment));
    const TaskKey key{.member = 0};
    const Record straight = study.evaluate(key);
    std::optional<Bytes> saved;
    const auto rounds = static_cast<std::int32_t>(read_task_result(straight.payload).fits.size());
    for (std::int32_t round = 1; round < rounds; ++round) saved = Task(study, key).stop_before(round, saved);
    if (saved) checkpoints_.write(key, *saved);
    StudyEvaluator worker(study.plan, checkpoints_);
    EXPECT_EQ(worker.evaluate(key, StopFlag())->payload, straight.payload);
    checkpoints_.remove(key);
  });
}

TEST_F(RoundsOfATask, SixNowAndFourLaterAreTenAtOnce) {
  for_each_sequential([&](Experiment experiment) {
    SmallStudy few(with_members(experiment, 3)), many(with_members(experiment, 5));
    ASSERT_EQ(few.plan.identity(), many.plan.identity());
    const Session at_once = run(many);
    const Session first = run(few);
    const Session later = run(many, first.records);
    expect_same(later.fits, at_once.fits);
    // What ended by itself needs no more; of the others only the rounds that are missing are trained.
    for (const TaskKey& task : later.given) EXPECT_EQ(task.member, 3) << to_string(task);
    const Session once_more = run(many, later.records);
    EXPECT_TRUE(once_more.given.empty());
    expect_same(once_more.fits, at_once.fits);
  });
}

TEST_F(RoundsOfATask, WithoutTheirCheckpointAreTrainedAnewToTheSameBytes) {
  for_each_sequential([&](Experiment experiment) {
    SmallStudy few(with_members(experiment, 2)), many(with_members(experiment, 4));
    const Session first = run(few);
    const std::vector<double> flops(1, 100.0);
    StudySource source(many.plan, blobs_, checkpoints_, flops);
    for (const Record& record : first.records) source.restore(record);
    source.settle();
    std::filesystem::remove_all(folder_.path());
    StudyEvaluator worker(many.plan, checkpoints_);
    for (const ReadyTask& task : source.take_ready()) source.done(worker.evaluate(task.key, StopFlag()).value());
    expect_same(source.fits(), run(many).fits);
  });
}

TEST_F(RoundsOfATask, FewerMembersAreTheFirstOnes) {
  for_each_sequential([&](Experiment experiment) {
    SmallStudy few(with_members(experiment, 2)), many(with_members(experiment, 5)),
        between(with_members(experiment, 4));
    const Session fewer = run(few, run(many).records);
    EXPECT_TRUE(fewer.given.empty());
    expect_same(fewer.fits, run(few).fits);
    // And again more than there ever were.
    SmallStudy most(with_members(experiment, 6));
    const Session more = run(most, run(between, run(few).records).records);
    expect_same(more.fits, run(most).fits);
  });
}

}  // namespace
}  // namespace jury
