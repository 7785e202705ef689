#include "tools/command/slurm_options.hpp"

#include <gtest/gtest.h>

#include <boost/program_options.hpp>
#include <cstdlib>
#include <filesystem>

#include "support/error_of.hpp"
#include "support/scratch.hpp"
#include "tools/command/shared_places.hpp"

namespace jury {
namespace {

TEST(SlurmTime, IsReadAsSlurmWritesIt) {
  for (const auto& [text, seconds] :
       {std::pair("90", 5400.0), std::pair("90:30", 5430.0), std::pair("4:00:00", 14400.0), std::pair("1-12", 129600.0),
        std::pair("1-12:30", 131400.0), std::pair("0-0:00:07", 7.0)})
    EXPECT_EQ(parse_slurm_time(text), seconds) << text;
  for (const char* text : {"", "-", "1-", "-1", "a", "1h", "1:2:3:4", ":", "1::2", "1-1-1", "9999999"})
    EXPECT_EQ(parse_slurm_time(text), std::nullopt) << text;
}

TEST(SbatchValues, NoFlagTakesWhatCouldEndItsLineOrBeTextOfAShell) {
  for (const SbatchFlag& flag : sbatch_flags())
    for (const std::string hostile : {"\n", "1\ntouch canary", "1\r", "$(id)", "`id`", "1;id", "'", "\"", "1 2", "\\",
                                      "<1", ">1", "#", "!1", "\x01", "\xc3\xa9", ""}) {
      SbatchValues values;
      EXPECT_NE(error_of<ConfigError>([&] { values.set(flag.name, hostile); }), "not thrown")
          << flag.name << ' ' << hostile;
      EXPECT_EQ(values.arguments(), Arguments{});
    }
}

TEST(SbatchValues, ArgumentsHaveTheNamesAndOrderOfTheTable) {
  SbatchValues values;
  values.set("mem-per-cpu", "2G");
  values.set("nodes", "2-4");
  values.set("constraint", "[rack1*2&rack2*4]|(ib,avx512)");
  values.set("exclusive", "true");
  values.set("nodes", "3");
  EXPECT_EQ(values.arguments(),
            (Arguments{"--nodes=3", "--mem-per-cpu=2G", "--constraint=[rack1*2&rack2*4]|(ib,avx512)", "--exclusive"}));
}

TEST(SbatchValues, MistakesAreSaid) {
  SbatchValues values;
  EXPECT_EQ(error_of<ConfigError>([&] { values.set("partitoin", "x"); }),
            "sbatch.partitoin is no option that jury hands on to sbatch did you mean 'partition'?");
  EXPECT_EQ(error_of<ConfigError>([&] { values.set("time", "4:"); }),
            "--time '4:' is no time limit of Slurm (minutes, H:MM:SS or D-HH:MM:SS)");
  EXPECT_EQ(error_of<ConfigError>([&] { values.set("nodes", "two"); }),
            "--nodes \"two\" has 't' in it, which may not stand in a batch script (allowed here: 0123456789-)");
  EXPECT_EQ(error_of<ConfigError>([&] { values.set("exclusive", "yes"); }),
            "--exclusive 'yes' is no switch (true or false)");
}

// Files of a site in a folder of its own, which is HOME as well.
class SlurmSite : public testing::Test {
 protected:
  void SetUp() override {
    home_ = std::getenv("HOME") != nullptr ? std::getenv("HOME") : "";
    ::setenv("HOME", folder_.path().c_str(), 1);
    ::unsetenv("XDG_CONFIG_HOME");
    ::unsetenv("JURY_SITE");
    std::filesystem::create_directories(folder_ / ".config/jury");
    std::filesystem::create_directories(folder_ / "study");
  }
  void TearDown() override {
    ::setenv("HOME", home_.c_str(), 1);
    ::unsetenv("JURY_SITE");
  }
  std::string own(std::string_view text) { return folder_.write(".config/jury/slurm.toml", text); }
  std::string refusal(std::string_view text) {
    return error_of<ConfigError>([&] { read_site_file(own(text), experiment_); });
  }

  Scratch folder_;
  std::string home_;
  std::string experiment_ = folder_ / "study/wine.toml";
};

TEST_F(SlurmSite, TheFileIsTheOneNamedElseBesideTheExperimentElseTheUsersOwn) {
  EXPECT_EQ(find_site_file(experiment_), "");
  const std::string own_file = own("");
  EXPECT_EQ(find_site_file(experiment_), own_file);
  const std::string beside = folder_.write("study/slurm.toml", "");
  EXPECT_EQ(find_site_file(experiment_), beside);
  const std::string named = folder_.write("site.toml", "");
  ::setenv("JURY_SITE", named.c_str(), 1);
  EXPECT_EQ(find_site_file(experiment_), named);
  ::setenv("JURY_SITE", "no/such/file", 1);
  EXPECT_EQ(error_of<ConfigError>([&] { find_site_file(experiment_); }),
            "JURY_SITE names 'no/such/file', which is no file (unset it, or write the file)");
}

TEST_F(SlurmSite, CommandLineGoesOverTheFile) {
  const SiteOptions site =
      read_site_file(own("launcher = 'srun'\nmodules = ['openmpi/4.1.4']\n[environment]\nOMPI_MCA_btl = '^openib'\n"
                         "[sbatch]\npartition = 'batch'\nnodes = 2\nexclusive = true\n"),
                     experiment_);
  EXPECT_EQ(site.launcher, "srun");
  boost::program_options::options_description options;
  add_sbatch_options(options);
  const Command command{"slurm", "", "", "", nullptr};
  EXPECT_EQ(sbatch_values(site, ParsedArguments(command, options, "", {"--nodes=4", "--time", "30"})).arguments(),
            (Arguments{"--nodes=4", "--time=30", "--partition=batch", "--exclusive"}));
}

TEST_F(SlurmSite, WhatWouldReachAShellIsRefused) {
  EXPECT_NE(refusal("jury = '/opt/$(id)'").find("has '$' in it"), std::string::npos);
  EXPECT_NE(refusal("modules = ['a; id']").find("has ';' in it"), std::string::npos);
  EXPECT_NE(refusal("[environment]\n'A;id' = '1'").find("has ';' in it"), std::string::npos);
  EXPECT_NE(refusal("[environment]\n'1A' = '1'").find("no name of a variable"), std::string::npos);
  EXPECT_NE(refusal("[environment]\nA = \"x'; id; '\"").find("has ''' in it"), std::string::npos);
  EXPECT_NE(refusal("[environment]\nA = \"x\\n id\"").find("has byte 0x0a in it"), std::string::npos);
  EXPECT_NE(refusal("[sbatch]\npartition = \"a\\nid\"").find("has byte 0x0a in it"), std::string::npos);
}

TEST_F(SlurmSite, MistakesAreNamedWithTheirPlace) {
  EXPECT_EQ(refusal("luncher = 'srun'"),
            own("luncher = 'srun'") + ":1:1: unknown key 'luncher' did you mean 'launcher'?");
  EXPECT_EQ(refusal("sbatch = 3"), own("sbatch = 3") + ":1:1: sbatch is a whole number (must be a table)");
  EXPECT_NE(refusal("[sbatch]\nuid = 0").find(":2:1: sbatch.uid is no option that jury hands on"), std::string::npos);
}

TEST_F(SlurmSite, AFileThatCameWithAnExperimentDecidesNothingThatRuns) {
  const std::string beside =
      folder_.write("study/slurm.toml",
                    "jury = '/home/eve/jury'\n[environment]\nLD_PRELOAD = '/home/eve/x.so'\n[sbatch]\nnodes = 1\n");
  const std::string said = error_of<ConfigError>([&] { read_site_file(beside, experiment_); });
  EXPECT_NE(said.find("jury may not stand in a file beside an experiment"), std::string::npos);
  EXPECT_NE(said.find("environment may not stand"), std::string::npos);
  ::setenv("JURY_SITE", beside.c_str(), 1);
  EXPECT_EQ(read_site_file(beside, experiment_).jury, "/home/eve/jury") << "naming it is trusting it";
}

TEST(SharedPlaces, WhatANodeHasForItselfIsRefused) {
  for (const std::string path :
       {"/tmp/runs", "/tmp", "/var/tmp/a/b", "/dev/shm/runs", "/run/x", "/proc/self", "/usr/../tmp/x"})
    EXPECT_NE(error_of<ConfigError>([&] {
                expect_seen_by_all_nodes("the output folder", path, {});
              }).find("is not seen by all nodes"),
              std::string::npos)
        << path;
  EXPECT_NO_THROW(expect_seen_by_all_nodes("x", "/usr/share/not/there", {}));
  EXPECT_NO_THROW(expect_seen_by_all_nodes("x", "/tmpfoo", {}));
}

TEST(SharedPlaces, ALinkToSuchAPlaceIsOneAndAFolderThatIsSharedIsNot) {
  const Scratch folder;
  EXPECT_NO_THROW(expect_seen_by_all_nodes("x", folder / "runs", {folder.path()}));
  EXPECT_NO_THROW(expect_seen_by_all_nodes("x", folder.path(), {folder.path() + "/"}));
  std::filesystem::create_symlink("/dev/shm", folder / "link");
  EXPECT_NE(error_of<ConfigError>([&] { expect_seen_by_all_nodes("x", folder / "link/runs", {folder.path()}); }),
            "not thrown");
}

}  // namespace
}  // namespace jury
