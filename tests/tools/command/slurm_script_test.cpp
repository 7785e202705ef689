#include "tools/command/slurm_script.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/base/text.hpp"
#include "support/error_of.hpp"

namespace jury {
namespace {

SlurmScript script_with(std::vector<std::string> arguments) {
  SlurmScript script{.arguments = std::move(arguments), .jury = "/opt/jury"};
  script.sbatch.set("job-name", "wine");
  return script;
}

std::vector<std::string> lines_that_begin(const std::string& text, std::string_view start) {
  std::vector<std::string> found;
  for (const std::string_view line : split_text(text, '\n'))
    if (line.starts_with(start)) found.emplace_back(line);
  return found;
}

TEST(SlurmScript, ArgumentsOfAnyBytesComeBackAsTheyWere) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::vector<std::string> arguments = {
      "run", "/a/plain/path.toml", all, "", "%41", "$(touch canary)", "a\n#JURY b\nrm -rf /", "  "};
  EXPECT_EQ(script_arguments(to_text(script_with(arguments))), arguments);
}

TEST(SlurmScript, WhateverTheArgumentsTheShellSeesTheSameText) {
  const auto without_arguments = [](const SlurmScript& script) {
    std::string kept;
    const std::string text = to_text(script);
    for (const std::string_view line : split_text(text, '\n'))
      if (!line.starts_with("#JURY ")) kept += std::string(line) + "\n";
    return kept;
  };
  const std::string plain = without_arguments(script_with({"run", "x.toml"}));
  for (const std::string hostile :
       {"$(touch canary)", "`id`", "\ntouch canary", "\r\n#SBATCH --uid=0", "';id;'", "\"", "\\\n", "#JURY x", "é\xff"})
    EXPECT_EQ(without_arguments(script_with({"run", hostile})), plain) << hostile;
}

TEST(SlurmScript, ReadableArgumentsStayReadable) {
  const std::string text = to_text(script_with({"run", "/home/ada/wine-2.toml", "--set=train.lr=0.01"}));
  EXPECT_EQ(lines_that_begin(text, "#JURY "),
            (std::vector<std::string>{"#JURY run", "#JURY /home/ada/wine-2.toml", "#JURY --set=train.lr=0.01"}));
}

TEST(SlurmScript, AScriptWithoutArgumentsOrWithDamagedOnesIsRefused) {
  EXPECT_NE(error_of<DataError>([] { script_arguments("#!/bin/bash\nexit\n"); }).find("no line begins with '#JURY '"),
            std::string::npos);
  for (const std::string damaged : {"%", "%4", "%G1", "%4g", "%00", "a%"})
    EXPECT_NE(error_of<DataError>([&] { script_arguments("#JURY " + damaged); }), "not thrown") << damaged;
}

TEST(SlurmScript, ValuesOfSbatchStandInItsOwnLinesInTheOrderOfTheTable) {
  SlurmScript script = script_with({"run"});
  script.sbatch.set("time", "1-12");
  script.sbatch.set("nodes", "2");
  script.sbatch.set("exclusive", "true");
  script.sbatch.set("no-kill", "false");
  script.signal_seconds = 90;
  EXPECT_EQ(
      lines_that_begin(to_text(script), "#SBATCH"),
      (std::vector<std::string>{"#SBATCH --job-name=wine", "#SBATCH --nodes=2", "#SBATCH --time=1-12",
                                "#SBATCH --exclusive", "#SBATCH --output=wine-%j.log", "#SBATCH --signal=B:USR1@90",
                                "#SBATCH --requeue", "#SBATCH --open-mode=append"}));
}

TEST(SlurmScript, EachLauncherHasItsLine) {
  SlurmScript script = script_with({"run"});
  for (const auto& [launcher, line] :
       {std::pair(Launcher::srun, R"(  srun --mpi=pmix "$jury" "${arguments[@]}" &)"),
        std::pair(Launcher::mpirun, R"(  mpirun "$jury" "${arguments[@]}" &)"),
        std::pair(Launcher::launch, R"(  "$jury" "${arguments[@]}" -n "${SLURM_NTASKS:-)")}) {
    script.launcher = launcher;
    EXPECT_EQ(lines_that_begin(to_text(script), std::string_view(line)).size(), 1U) << line;
  }
}

TEST(SlurmScript, TasksOfAnArrayAreShardsAndRequeueThemselvesAlone) {
  SlurmScript script = script_with({"run", "100%I"});
  EXPECT_EQ(lines_that_begin(to_text(script), "job="), std::vector<std::string>{"job=${SLURM_JOB_ID}"});
  script.sbatch.set("array", "1-8%4");
  script.shards = "my runs";
  const std::string text = to_text(script);
  EXPECT_EQ(lines_that_begin(text, "job=").back(), "job=${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}");
  EXPECT_EQ(lines_that_begin(text, "#SBATCH --output").front(), "#SBATCH --output=wine-%A_%a.log");
  EXPECT_EQ(script_arguments(text, {.index = "3", .count = "8"}),
            (std::vector<std::string>{"run", "100%I", "--output=my runs/3", "--shard=3/8"}));
  for (const ArrayTask& task : {ArrayTask{}, ArrayTask{"3", ""}, ArrayTask{"$(id)", "8"}})
    EXPECT_NE(error_of<DataError>([&] { script_arguments(text, task); }).find("is of a task of an array"),
              std::string::npos);
}

}  // namespace
}  // namespace jury
