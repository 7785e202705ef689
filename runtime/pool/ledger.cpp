#include "runtime/pool/ledger.hpp"

#include <span>
#include <string>

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

std::size_t Ledger::KeyHash::operator()(const TaskKey& key) const noexcept {
  return static_cast<std::size_t>(hash_bytes(std::as_bytes(std::span(&key, 1))));
}

void Ledger::deal(std::size_t worker, const std::vector<ReadyTask>& tasks) {
  for (const ReadyTask& task : tasks) in_flight_[task.key] = {worker, next_batch_, task.cost, task.settings};
  batches_[worker][next_batch_++] = tasks.size();
}

Ledger::Receipt Ledger::take(const Record& record) {
  const std::uint64_t result = result_hash(record);
  if (const auto known = done_.find(record.key); known != done_.end()) {
    const bool decided = is_final(record.state) && is_final(known->second.state);
    if (decided && known->second.result != result)
      throw CommError("two different results for " + to_string(record.key) +
                      " (a task must depend on its key alone; the second came from rank " +
                      std::to_string(record.rank) + " on " + record.host + ")");
    return {Verdict::duplicate};
  }
  const auto task = in_flight_.find(record.key);
  if (task == in_flight_.end())
    throw CommError("record of " + to_string(record.key) + " from rank " + std::to_string(record.rank) + " on " +
                    record.host + " (nobody was asked for it)");
  const Owner owner = task->second;
  in_flight_.erase(task);
  auto& batches = batches_[owner.worker];
  if (--batches[owner.batch] == 0) batches.erase(owner.batch);
  done_.emplace(record.key, Done{result, record.state});
  return {Verdict::fresh, owner.cost, owner.settings};
}

std::vector<ReadyTask> Ledger::forget(std::size_t worker) {
  std::vector<ReadyTask> tasks;
  for (auto task = in_flight_.begin(); task != in_flight_.end();) {
    if (task->second.worker != worker) {
      ++task;
      continue;
    }
    tasks.push_back({task->first, task->second.cost, task->second.settings});
    task = in_flight_.erase(task);
  }
  batches_[worker].clear();
  return tasks;
}

}  // namespace jury
