// A run that trains: one study, or the studies of a search.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/store/blob.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/run_subject.hpp"
#include "search/study/study_work.hpp"

namespace jury {

class StudySubject final : public RunSubject {
 public:
  /// `flops_per_draw`: CheckedStudy::flops_per_draw(). The plan must outlive this.
  StudySubject(const StudyPlan& plan, const std::string& directory, const std::vector<double>& flops_per_draw);

  std::uint64_t identity() const override { return plan_.identity(); }
  std::uint64_t data_hash() const override { return plan_.dataset().hash(); }
  std::vector<std::string> warnings() const override;
  std::string_view task_name() const override { return "fit"; }
  RunWork& work() override { return *work_; }
  std::unique_ptr<RunReport> report() override;

 private:
  const StudyPlan& plan_;
  BlobStore blobs_;
  Checkpoints checkpoints_;
  std::unique_ptr<StudyWork> work_;
};

/// Fits of one jury (a fold's, a replicate's, the final ensemble's) that did not complete are too
/// many when none of it completed, or when they are more than half of all.
bool too_many_failed(const StudyPlan& plan, const Fits& fits);

}  // namespace jury
