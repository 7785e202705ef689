// How fast delimited text becomes a table.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace jury {

/// Contents whose cost differs: digits per number, texts and missing cells beside them.
struct BenchText {
  std::string_view name;
  std::string_view what;
};
std::span<const BenchText> bench_texts() noexcept;

/// A csv of about so many bytes with this content, the same each time. Throws ConfigError when there is none of this
/// name.
std::string make_bench_text(std::string_view name, std::size_t bytes);

/// Medians, in seconds. Processor time is of this thread, the kernel's share included: other work on the machine does
/// not count.
struct ReadingTime {
  std::size_t bytes = 0;
  double table_cpu = 0, table_wall = 0;  ///< from the path to the table of numbers
  double plain_cpu = 0, plain_wall = 0;  ///< the file into memory, no more
};

/// Reads the file `repeats` times each way, in turn. Throws DataError.
ReadingTime measure_reading(const std::filesystem::path& file, int repeats);

}  // namespace jury
