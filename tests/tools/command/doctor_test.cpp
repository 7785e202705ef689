// What is said of machines that are not this one.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "tools/command/doctor_report.hpp"

namespace jury {
namespace {

DoctorFacts healthy() {
  return {.versions = {{"jury", "0.1.0"}},
          .ranks = {{.rank = 0, .host = "n1", .version = "0.1.0", .isa = "avx2", .cpus = {0, 1}, .cores = 2},
                    {.rank = 1, .host = "n1", .version = "0.1.0", .isa = "avx2", .cpus = {0, 1}, .cores = 2}},
          .output = {.folder = "runs",
                     .existing = "/home/me",
                     .file_system = "ext4",
                     .free_bytes = std::uint64_t{9} << 30,
                     .locks = Locks::work},
          .memory_bytes = std::uint64_t{4} << 30,
          .environment = {},
          .mpirun = "/usr/bin/mpirun",
          .is_launched = true};
}

TEST(Doctor, FindsNothingWhereAllIsWell) {
  EXPECT_TRUE(findings_of(healthy()).empty());
  const std::string text = doctor_text(healthy(), {});
  EXPECT_NE(text.find("hosts        n1: 2 ranks on 2 cores, may use all of them, avx2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("output       runs in /home/me: ext4, 9.0 GiB left, locks work\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\nall is well\n"));
}

struct Ill {
  const char* problem;
  const char* fix;  // the begin of it
  std::function<void(DoctorFacts&)> make;
};

TEST(Doctor, SaysOfEachIllWhatMendsIt) {
  const Ill ills[] = {
      {"3 ranks on n1 share 2 cores", "start at most 2 there", [](DoctorFacts& f) { f.ranks.push_back(f.ranks[0]); }},
      {"2 ranks on n1 share 1 core", "add --bind-to core",
       [](DoctorFacts& f) { f.ranks[0].cpus = f.ranks[1].cpus = {1}; }},
      {"2 ranks of 4 threads each on n1 have 2 cores", "export OMP_NUM_THREADS=1",
       [](DoctorFacts& f) {
         f.environment = {{"OMP_NUM_THREADS", "4"}};
       }},
      {"the ranks have different instruction sets", "run on nodes of one kind",
       [](DoctorFacts& f) { f.ranks[1].isa = "avx512_core"; }},
      {"the ranks run different versions of jury", "install one version",
       [](DoctorFacts& f) { f.ranks[1].version = "0.0.9"; }},
      {"nothing can be written to 'runs'", "name another folder",
       [](DoctorFacts& f) { f.output.problem = "Permission denied"; }},
      {"'runs' is in memory", "name a folder on a disk", [](DoctorFacts& f) { f.output.file_system = "tmpfs"; }},
      {"'runs' has no file locks", "let its administrator mount it with locks",
       [](DoctorFacts& f) { f.output.locks = Locks::absent; }},
      {"locks in 'runs' keep nobody out", "name a folder on another file system",
       [](DoctorFacts& f) { f.output.locks = Locks::ignored; }},
      {"rank 1 on n1 does not see what rank 0 writes to 'runs'", "name a folder that all nodes share",
       [](DoctorFacts& f) { f.ranks[1].sees_output = false; }},
      {"rank 1 on n1 gets a lock that rank 0 holds in 'runs'", "never start two runs",
       [](DoctorFacts& f) { f.ranks[1].locks_out = false; }},
      {"'runs' has 10.0 MiB left", "make room", [](DoctorFacts& f) { f.output.free_bytes = 10 << 20; }},
      {"50.0 MiB of memory is left", "ask Slurm for more", [](DoctorFacts& f) { f.memory_bytes = 50 << 20; }},
      {"there is no mpirun", "apt-get install openmpi-bin",
       [](DoctorFacts& f) {
         f.is_launched = false;
         f.mpirun = "";
       }},
      {"mpirun will refuse to start", "become another user",
       [](DoctorFacts& f) {
         f.is_launched = false;
         f.is_root = true;
       }},
      {"this job of Slurm has 8 tasks, and this is one process", "start it with srun",
       [](DoctorFacts& f) {
         f.is_launched = false;
         f.environment = {{"SLURM_NTASKS", "8"}};
       }},
      {"each of 8 tasks of Slurm is a world of its own", "start it with mpirun",
       [](DoctorFacts& f) {
         f.ranks.resize(1);
         f.environment = {{"SLURM_NTASKS", "8"}};
       }},
  };
  for (const Ill& ill : ills) {
    DoctorFacts facts = healthy();
    ill.make(facts);
    const auto findings = findings_of(facts);
    ASSERT_EQ(findings.size(), 1U) << ill.problem;
    EXPECT_EQ(findings[0].problem, ill.problem);
    EXPECT_TRUE(findings[0].fix.starts_with(ill.fix)) << findings[0].fix;
    EXPECT_FALSE(findings[0].why.empty());
    EXPECT_EQ((findings[0].problem + findings[0].why + findings[0].fix).find('\n'), std::string::npos);
    EXPECT_TRUE(doctor_text(facts, findings).ends_with("\n1 thing to mend\n"));
  }
}

TEST(Doctor, RootMayRunMpiWhereItIsSaid) {
  DoctorFacts facts = healthy();
  facts.is_launched = false;
  facts.is_root = true;
  facts.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
  EXPECT_TRUE(findings_of(facts).empty());
}

TEST(Doctor, JsonHasFactsAndFindings) {
  DoctorFacts facts = healthy();
  facts.output.locks = Locks::absent;
  const auto json = nlohmann::json::parse(doctor_json(facts, findings_of(facts)));
  EXPECT_FALSE(json["well"].get<bool>());
  EXPECT_EQ(json["findings"].size(), 1U);
  EXPECT_EQ(json["ranks"][1]["cpus"], (std::vector<int>{0, 1}));
  EXPECT_EQ(json["output"]["locks"], "no locks");
}

TEST(Doctor, WritesProcessorsAsRanges) {
  EXPECT_EQ(ranges_of({0, 1, 2, 3, 8}), "0-3,8");
  EXPECT_EQ(ranges_of({5}), "5");
  EXPECT_EQ(ranges_of({}), "");
}

}  // namespace
}  // namespace jury
