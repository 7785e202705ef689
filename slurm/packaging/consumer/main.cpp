// Reads an experiment file with jury's libraries and says what it would train: what a program that links jury::jury can
// do.
#include <cstdio>
#include <exception>

#include "models/nn/session.hpp"
#include "search/study/experiment.hpp"
#include "search/study/versions.hpp"
#include "tools/config/toml.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: consumer FILE\n", stderr);
    return 2;
  }
  try {
    jury::Problems problems;
    const jury::Experiment experiment = jury::read_experiment(jury::load_toml(argv[1]), problems);
    problems.throw_if_any();
    std::printf("jury %s, oneDNN %s: '%s' is %d x %s\n", jury::jury_version().c_str(), jury::onednn_version().c_str(),
                experiment.experiment.name.c_str(), jury::max_members(experiment.ensemble),
                experiment.model.type.c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "consumer: %s\n", error.what());
    return 2;
  }
}
