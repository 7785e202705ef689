// Interrupted runs from a seed, and at every call in turn.
#pragma once

#include <optional>

#include "runtime/store/crash_run.hpp"

namespace jury {

/// Runs one process with a fault. Returns whether it came to its end. What ends it must be a stop or an IoError.
inline bool survives(CrashRun& run, FakeFiles& files, const Fault& fault) {
  files.plan(fault);
  try {
    run.work();
    return true;
  } catch (const FakeFiles::Stop&) {
  } catch (const IoError&) {
  }
  return false;
}

/// Ends the run without faults, cuts the power, and looks whether all of it is there.
inline void finish_and_check(CrashRun& run, FakeFiles& files, Outage loss) {
  for (const Outage after : {loss, Outage::power, Outage::power}) {
    files.restart(after);
    run.work();
  }
  files.restart(Outage::power);
  run.expect_whole();
}

/// What went wrong in the history of this seed, if anything: up to five processes with a fault each, and a last one
/// without.
inline std::optional<std::string> crash_history(std::uint64_t seed) {
  static constexpr int kErrors[] = {ENOSPC, EIO, EDQUOT, EROFS, ENOENT, ESTALE};
  Rng rng(stream_key(seed, Purpose::noise, {1}));
  FakeFiles files(stream_key(seed, Purpose::noise, {2}));
  CrashRun run({.num_tasks = static_cast<std::int32_t>(1 + rng.below(8)), .group = 1 + rng.below(4), .seed = seed},
               files);
  std::string story;
  const auto loss = [&] { return rng.below(2) == 0 ? Outage::process : Outage::power; };
  try {
    files.mkdir("/runs", 0755);  // of the user, and long since on the disk
    files.fsync(files.open("/", O_RDONLY | O_DIRECTORY, 0));
    Outage lost = Outage::process;
    for (std::uint64_t processes = 1 + rng.below(5); processes > 0; --processes) {
      files.restart(lost);
      const Fault fault{.kind = static_cast<Fault::Kind>(1 + rng.below(6)),
                        .call = rng.below(rng.below(3) == 0 ? 30 : 150),
                        .error = kErrors[rng.below(std::size(kErrors))]};
      lost = loss();
      story += fmt::format("fault {} at call {}{}; ", static_cast<int>(fault.kind), fault.call,
                           lost == Outage::power ? ", then power cut" : "");
      survives(run, files, fault);
    }
    finish_and_check(run, files, lost);
  } catch (const std::exception& error) {
    return fmt::format("seed {}: {} ({})", seed, error.what(), story);
  }
  return std::nullopt;
}

/// The first of these seeds whose history went wrong, told; nothing when all went well.
inline std::optional<std::string> first_broken(std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t seed = begin; seed < end; ++seed)
    if (const auto broken = crash_history(seed)) return broken;
  return std::nullopt;
}

}  // namespace jury
