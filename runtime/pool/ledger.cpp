#include "runtime/pool/ledger.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

std::uint64_t result_hash(const Record& record) {
  Hasher hasher;
  hasher.add(static_cast<std::uint64_t>(record.state))
      .add(record.message)
      .add(std::span<const std::byte>(record.payload));
  if (record.blob) hasher.add(*record.blob);
  return hasher.digest();
}

}  // namespace

void Ledger::enter(std::size_t worker) {
  is_here_[worker] = true;
  recount(worker, num_batches(worker));
}

const std::set<std::size_t>& Ledger::holding(std::size_t num_batches) const {
  static const std::set<std::size_t> none;
  return num_batches < holding_.size() ? holding_[num_batches] : none;
}

void Ledger::recount(std::size_t worker, std::size_t before) {
  if (!is_here_[worker]) return;
  const std::size_t now = num_batches(worker);
  if (std::max(now, before) >= holding_.size()) holding_.resize(std::max(now, before) + 1);
  holding_[before].erase(worker);
  holding_[now].insert(worker);
}

void Ledger::deal(std::size_t worker, const std::vector<ReadyTask>& tasks) {
  Batch batch;
  for (const ReadyTask& task : tasks) {
    in_flight_[task.key] = {worker, next_batch_, task.cost, task.settings};
    batch.keys.push_back(task.key);
    // The same key may be asked for once more when it is done, and mean something else.
    if (const auto lost = lost_.find(task.key); lost != lost_.end() && lost->second.done) lost_.erase(lost);
  }
  batch.left = tasks.size();
  batches_[worker][next_batch_++] = std::move(batch);
  recount(worker, num_batches(worker) - 1);
}

Ledger::Receipt Ledger::take(const Record& record) {
  const auto task = in_flight_.find(record.key);
  if (task == in_flight_.end()) return take_lost(record);
  const Owner owner = task->second;
  in_flight_.erase(task);
  auto& batches = batches_[owner.worker];
  if (--batches[owner.batch].left == 0) {
    batches.erase(owner.batch);
    recount(owner.worker, batches.size() + 1);
  }
  if (const auto lost = lost_.find(record.key); lost != lost_.end())
    lost->second.done = Done{result_hash(record), record.state};
  return {Verdict::fresh, owner.cost, owner.settings};
}

Ledger::Receipt Ledger::take_lost(const Record& record) {
  const auto lost = lost_.find(record.key);
  if (lost == lost_.end())
    throw CommError("record of " + to_string(record.key) + " from rank " + std::to_string(record.rank) + " on " +
                    record.host + " (nobody was asked for it)");
  const Done now{result_hash(record), record.state};
  if (!lost->second.done) {
    lost->second.done = now;
    return {Verdict::fresh, lost->second.task.cost, lost->second.task.settings, true};
  }
  const bool decided = is_final(now.state) && is_final(lost->second.done->state);
  if (decided && lost->second.done->result != now.result)
    throw CommError("two different results for " + to_string(record.key) +
                    " (a task must depend on its key alone; the second came from rank " + std::to_string(record.rank) +
                    " on " + record.host + ")");
  return {Verdict::duplicate};
}

std::vector<ReadyTask> Ledger::forget(std::size_t worker) {
  std::vector<ReadyTask> tasks;
  const auto batches = std::exchange(batches_[worker], {});
  for (const auto& [number, batch] : batches)
    for (const TaskKey& key : batch.keys) {
      const auto task = in_flight_.find(key);
      if (task == in_flight_.end() || task->second.batch != number) continue;
      tasks.push_back({key, task->second.cost, task->second.settings});
      in_flight_.erase(task);
    }
  recount(worker, batches.size());
  std::ranges::sort(tasks, {}, &ReadyTask::key);
  return tasks;
}

std::vector<Ledger::Lost> Ledger::lose(std::size_t worker) {
  std::vector<Lost> all;
  holding_.resize(std::max(holding_.size(), num_batches(worker) + 1));
  holding_[num_batches(worker)].erase(worker);
  is_here_[worker] = false;
  for (const ReadyTask& task : forget(worker)) {
    LostTask& lost = lost_[task.key];
    lost.task = task;
    all.push_back({task, ++lost.times});
  }
  return all;
}

void Ledger::give_up(const Record& record) { lost_[record.key].done = Done{result_hash(record), record.state}; }

}  // namespace jury
