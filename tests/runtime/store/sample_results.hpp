// A small results file with one of everything that the writer can write.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "runtime/store/provenance.hpp"

namespace jury {

inline void fill_sample(Hdf5Writer& file) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  file.root().attribute("format", "jury-results");
  file.root().attribute("format_version", std::int64_t{1});
  file.root().attribute("seed", std::int64_t{20260101});
  file.root().attribute("share", 0.25);
  file.group("config").text("resolved_json", "{\"seed\": 20260101}");

  TableWriter(file.group("trials"), "row", 3)
      .column("trial", std::vector<std::int32_t>{0, 1, 2})
      .column("state", std::vector<std::string>{"complete", "diverged", ""})
      .column("value", std::vector<double>{0.5, nan, -1e300}, {.help = "score of the objective"})
      .column("seconds", std::vector<double>{1.5, 2.5, 3.5}, {.units = "s"})
      .column("pruned", std::vector<bool>{true, false, true})
      .column("param.train.lr", std::vector<float>{1e-3F, 1e-2F, 1e-1F})
      .column("epochs", std::vector<std::int64_t>{1, 1LL << 40, -1});
  TableWriter(file.group("fits"), "row", 0)
      .column("trial", std::vector<std::int32_t>{})
      .column("error", std::vector<std::string>{})
      .column("value", std::vector<double>{});
  TableWriter(file.group("ensemble/by_size"), "size", 2)
      .column("size", std::vector<std::int32_t>{1, 5})
      .column("mean.accuracy", std::vector<double>{0.9, 0.95});

  const Hdf5Group oof = file.group("predictions/oof");
  oof.texts("class",
            std::vector<std::string>{"Gr\xC3\xBC\xC3\x9F"
                                     "e",
                                     "caf\xE9"},
            {{"class", 2}});
  std::vector<float> proba(3 * 4 * 2);
  for (std::size_t i = 0; i < proba.size(); ++i) proba[i] = static_cast<float>(i) / 8.0F;
  oof.array("proba", proba, {{"member", 3}, {"row", 4}, {"class", 2}});
  oof.array("votes", std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 8}, {{"row", 4}, {"class", 2}});
  oof.array("truth", std::vector<std::int32_t>{0, 1, 1, 0}, {{"row", 4}});

  std::vector<double> big(400 * 500);
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = std::sqrt(static_cast<double>(i));
  file.group("models/mlp").array("weights_best", big, {{"member", 400}, {"param", 500}});
  file.group("models/mlp").array("preprocess", std::vector<std::uint8_t>{0, 1, 255}, {{"byte", 3}});

  TableWriter(file.group("timing/tasks"), "row", 1).column("seconds", std::vector<double>{1.25}, {.units = "s"});
  write_provenance(file, {.experiment_toml = "[data]\n",
                          .version = "0.1.0",
                          .git = "",
                          .libraries = {{"HDF5", "1.10.8"}},
                          .sessions = {{.started = "2026-01-31T12:00:00Z", .host = "node1", .pid = 7}}});
}

}  // namespace jury
