// HDF5 through the limited child, and what such a child could say.
#include "fuzz.hpp"
#include "models/data/load.hpp"
#include "runtime/store/hdf5_stream.hpp"
#include "runtime/store/hdf5_writer.hpp"
#include "search/study/donor.hpp"
#include "search/study/stored_ensemble.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

std::vector<Bytes> array_samples() {
  std::vector<Bytes> all;
  for (const std::uint64_t rows : {3U, 12U}) {
    write_hdf5_aside(scratch() / "sample.h5", [&](Hdf5Writer& file) {
      std::vector<float> values(rows * 2);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 5);
      file.root().array("x", values, {{"row", rows}, {"column", 2}});
    });
    all.push_back(read_file(scratch() / "sample.h5"));
  }
  return all;
}

void read_array(const Bytes& input) {
  scratch().write("t.h5", fuzz_text(input));
  load_dataset({.train = scratch() / "t.h5:/x", .target = {"last"}}, 1,
               {.memory_limit_bytes = std::uint64_t{64} << 20});
}

// All that is read of a foreign results file.
void read_any_results(const Bytes& input) {
  const std::string file = scratch().write("results.h5", fuzz_text(input));
  Hdf5Child child(file);
  child.list_all();
  for (const char* group : {"/", "/fits", "/data/features"}) {
    try {
      child.read_group(group);
    } catch (const DataError&) {
    }
  }
  try {
    read_ensemble(file);
  } catch (const Error&) {
  }
  read_donor({.from = file});
}

std::vector<Bytes> stream_samples() {
  const Attributes attributes = {{"a", std::int64_t{1}}, {"b", 2.5}, {"c", std::string("text")}};
  return {hdf5_stream::to_bytes(attributes),
          hdf5_stream::to_bytes(Hdf5Array{.path = "/x", .dims = {2, 3}, .attributes = attributes}),
          hdf5_stream::to_bytes(Hdf5Difference{})};
}
template <class Read>
void attempt(const Read& read) {
  try {
    read();
  } catch (const DataError&) {
  }
}
void read_stream(const Bytes& input) {
  const auto with = [&](auto read) {
    attempt([&] {
      ByteReader in(input);
      read(in);
    });
  };
  with([](ByteReader& in) { hdf5_stream::attributes_from(in); });
  with([](ByteReader& in) { hdf5_stream::array_from(in); });
  with([](ByteReader& in) { hdf5_stream::difference_from(in); });
}

constexpr FuzzTarget kHdf5Targets[] = {
    {"hdf5", array_samples, read_array},
    {"results", fuzz_results_samples, read_any_results},
    {"stream", stream_samples, read_stream},
};

}  // namespace

std::span<const FuzzTarget> hdf5_targets() { return kHdf5Targets; }

}  // namespace jury
