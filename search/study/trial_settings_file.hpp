// How the settings of trials get from rank 0 to the others: one file of the run directory that grows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "search/study/trial_plan.hpp"

namespace jury {

// A line for each trial: outer fold, number, and its settings as JSON. Nothing else depends on it: a resumed run
// proposes the settings again and begins the file anew.

/// Rank 0's end.
class TrialSettingsWriter {
 public:
  /// Begins the file. Throws IoError.
  explicit TrialSettingsWriter(const std::string& directory);
  /// Removes it: nobody evaluates any more.
  ~TrialSettingsWriter();
  TrialSettingsWriter(const TrialSettingsWriter&) = delete;
  TrialSettingsWriter& operator=(const TrialSettingsWriter&) = delete;

  void add(const TrialId& id, const TrialSettings& settings);
  /// All ranks find what was added so far. To be called before its tasks are dealt. Throws IoError.
  void publish();

 private:
  std::string path_;
  std::string added_;
};

/// A training thread's end. Opens the file for every look, because a network file system shows what another node wrote
/// to those who open a file after it.
class TrialSettingsReader {
 public:
  explicit TrialSettingsReader(const std::string& directory);
  /// Throws DataError when there is no such trial.
  TrialSettings find(const TrialId& id);

 private:
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  void read_on();
  std::string text_at(const Place& place) const;

  std::string path_;
  std::map<std::pair<std::int32_t, std::int32_t>, Place> places_;  // by outer fold and trial
  std::uint64_t read_ = 0;                                         // up to here all lines are known
  std::uint64_t latest_begin_ = 0;
  std::string latest_;  // what was read last
};

}  // namespace jury
