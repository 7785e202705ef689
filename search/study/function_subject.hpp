// A run over a function: nothing is trained.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/study/function_source.hpp"
#include "search/study/run_subject.hpp"

namespace jury {

class FunctionSubject final : public RunSubject {
 public:
  /// The experiment has an objective and a search, and must outlive this.
  FunctionSubject(const Experiment& experiment, const std::string& directory)
      : experiment_(experiment), source_(experiment, directory) {}

  std::uint64_t identity() const override { return identity_of(experiment_, data_hash()); }
  std::uint64_t data_hash() const override { return 0; }
  std::vector<std::string> warnings() const override { return {}; }
  std::string_view task_name() const override { return "evaluation"; }
  RunWork& work() override { return source_; }
  std::unique_ptr<RunReport> report() override;

 private:
  const Experiment& experiment_;
  FunctionSource source_;
};

}  // namespace jury
