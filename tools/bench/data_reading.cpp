#include "tools/bench/data_reading.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <vector>

#include "models/data/file_bytes.hpp"
#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

constexpr std::size_t kColumns = 20;
constexpr std::array<std::string_view, 4> kKinds = {"setosa", "versicolor", "virginica", "unknown kind"};

double clock_seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Samples {
  std::vector<double> cpu, wall;
  template <class Call>
  void add(const Call& call) {
    const double cpu_before = clock_seconds(CLOCK_THREAD_CPUTIME_ID), wall_before = clock_seconds(CLOCK_MONOTONIC);
    call();
    cpu.push_back(clock_seconds(CLOCK_THREAD_CPUTIME_ID) - cpu_before);
    wall.push_back(clock_seconds(CLOCK_MONOTONIC) - wall_before);
  }
};

double middle_time(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void append_cell(std::string& text, std::string_view content, std::size_t column, Rng& rng) {
  const auto to = std::back_inserter(text);
  if (content == "whole") {
    fmt::format_to(to, "{}", rng.below(1000));
  } else if (content == "full") {
    fmt::format_to(to, "{}", rng.normal());
  } else if (content == "mixed" && column + 2 >= kColumns) {
    text += column + 1 == kColumns ? kKinds[rng.below(kKinds.size())] : rng.below(2) == 0 ? "\"red\"" : "\"blue\"";
  } else if (content != "mixed" || rng.below(100) > 0) {
    fmt::format_to(to, "{:.6f}", rng.normal());
  }
}

}  // namespace

std::span<const BenchText> bench_texts() noexcept {
  static constexpr BenchText table[] = {
      {"six", "20 numbers with six decimals"},
      {"full", "20 numbers with all their digits"},
      {"whole", "20 whole numbers of one to three digits"},
      {"mixed", "18 numbers with six decimals, one in a hundred missing, a quoted and a plain text"}};
  return table;
}

std::string make_bench_text(std::string_view name, std::size_t bytes) {
  const auto texts = bench_texts();
  if (std::none_of(texts.begin(), texts.end(), [&](const BenchText& text) { return text.name == name; }))
    throw ConfigError(fmt::format("there is no text '{}' (known: six, full, whole, mixed)", name));
  Rng rng(1);
  std::string text;
  for (std::size_t j = 0; j < kColumns; ++j) text += fmt::format("{}x{}", j == 0 ? "" : ",", j);
  text += '\n';
  while (text.size() < bytes) {
    for (std::size_t j = 0; j < kColumns; ++j) {
      if (j > 0) text += ',';
      append_cell(text, name, j, rng);
    }
    text += '\n';
  }
  return text;
}

ReadingTime measure_reading(const std::filesystem::path& file, int repeats) {
  constexpr std::uint64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
  Samples table, plain;
  ReadingTime time{.bytes = std::filesystem::file_size(file)};
  for (int i = 0; i < repeats; ++i) {
    table.add([&] {
      read_table(
          "auto",
          {.path = file, .memory_limit_bytes = kNoLimit, .missing = {"", "NA", "?"}, .labels = Labels::optional});
    });
    plain.add([&] { read_file(file, kNoLimit); });
  }
  time.table_cpu = middle_time(std::move(table.cpu));
  time.table_wall = middle_time(std::move(table.wall));
  time.plain_cpu = middle_time(std::move(plain.cpu));
  time.plain_wall = middle_time(std::move(plain.wall));
  return time;
}

}  // namespace jury
