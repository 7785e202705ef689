// Files of samples, each format through the whole way from a path to a dataset.
#include <zlib.h>

#include <bit>
#include <stdexcept>

#include "fuzz.hpp"
#include "models/data/load.hpp"
#include "models/data/reader.hpp"
#include "models/data/row_pieces.hpp"
#include "models/data/split_files.hpp"
#include "models/data/writer.hpp"
#include "runtime/base/hash.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

constexpr std::uint64_t kMemoryBytes = std::uint64_t{64} << 20;

template <class... T>
std::string packed(T... values) {
  std::string out;
  (out.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
  return out;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Loads what was written to `name` in one of several ways, which the input itself decides.
void load(const Bytes& input, const std::string& name, DataOptions options) {
  static constexpr const char* kTasks[] = {"auto", "classification", "regression"};
  const std::uint64_t way = hash_bytes(input);
  options.train = scratch().write(name, fuzz_text(input));
  options.task = kTasks[way % 3];
  if (way % 5 == 0) options.test_fraction = 0.3;
  if (way % 7 == 0) options.missing = {"", "a", "0"};
  Dataset::own(load_dataset(options, 1, {.memory_limit_bytes = kMemoryBytes}));
}

std::vector<Bytes> of_texts(std::initializer_list<std::string> texts) {
  std::vector<Bytes> all;
  for (const std::string& text : texts) all.push_back(fuzz_bytes(text));
  return all;
}

std::vector<Bytes> csv_samples() {
  return of_texts({"a,b,y\n1,2,0\n3,4.5,1\n-1e3,?,0\n2,3,1\n",
                   "\"a\",\"b \"\"x\"\"\",y\r\n1,red,no\r\n2,\"blue\r\n\",yes\r\n3,,no\r\n", "1;2;3\n4;5;6\n7;8;9\n",
                   "\xEF\xBB\xBFx,y\n0.1,0.2\n,0.3\nNA,0.4\n"});
}
std::vector<Bytes> tsv_samples() {
  return of_texts({"a\tb\ty\n1\t2\t0\n3\t4.5\t1\n-1e3\t?\t0\n", "1\tred\tno\n2\tblue\tyes\n3\t\tno\n"});
}
std::vector<Bytes> table_samples() {
  return of_texts({"1 2 0\n3 4 1\n  5\t6 0\n7 8 1\n", "0.5 -1e-3 2.5\n1.5 2e2 3.5\n"});
}
std::vector<Bytes> arff_samples() {
  return of_texts(
      {"% c\n@relation r\n@attribute a numeric\n@attribute 'b c' {red, 'light blue'}\n@attribute y {no,yes}\n"
       "@data\n1,red,no\n?,'light blue',yes\n2.5,red,no\n",
       "@RELATION x\n@ATTRIBUTE d INTEGER\n@ATTRIBUTE s STRING\n@ATTRIBUTE y REAL\n@DATA\n1,\"a\\\"b\",2\n3,c,4\n"});
}
std::vector<Bytes> libsvm_samples() {
  return of_texts({"1 1:0.5 3:2\n-1 2:1\n1 1:0.25 2:-3e2 # c\n-1\n", "0.5 qid:1 1:1\n2.5 1:3 4:5\n"});
}
std::vector<Bytes> dt_samples() {
  return of_texts(
      {"bool_in=1\nreal_in=1\nbool_out=2\nreal_out=0\ntraining_examples=2\nvalidation_examples=1\ntest_examples=1\n"
       "1 0.5 1 0\n0 0.25 0 1\n1 0.1 1 0\n0 1 0 1\n",
       "bool_in=0\nreal_in=2\nbool_out=0\nreal_out=1\ntraining_examples=2\nvalidation_examples=0\ntest_examples=1\n"
       "1 2 3\n4 5 6\n7 8 9\n"});
}

std::string npy(const std::string& type, const std::string& shape, const std::string& data) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  return std::string("\x93NUMPY\x01\0", 8) + packed(static_cast<std::uint16_t>(header.size())) + header + data;
}
std::vector<Bytes> npy_samples() {
  return of_texts({npy("<f8", "(2, 3)", packed(1.0, 2.0, 0.0, 3.0, 4.0, 1.0)),
                   npy("<i4", "(3, 2)", packed(1, 0, 2, 1, 3, 0)), npy(">f4", "(2, 2)", packed(1.0F, 2.0F, 3.0F, 4.0F)),
                   npy("|u1", "(4, 2)", std::string("\1\0\2\1\3\0\4\1", 8))});
}
std::string zip(const std::vector<std::pair<std::string, std::string>>& members, bool deflated) {
  std::string archive, directory;
  for (const auto& [name, content] : members) {
    const std::string gz = gzip(content);
    const std::string data = deflated ? gz.substr(10, gz.size() - 18) : content;
    const auto crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    const auto half = [](std::size_t number) { return static_cast<std::uint16_t>(number); };
    const auto word = [](std::size_t number) { return static_cast<std::uint32_t>(number); };
    const std::string common = packed(half(20), half(0), half(deflated ? 8 : 0), half(0), half(0), crc,
                                      word(data.size()), word(content.size()), half(name.size()), half(0));
    directory += packed(word(0x02014b50), half(20)) + common +
                 packed(half(0), half(0), half(0), word(0), word(archive.size())) + name;
    archive += packed(word(0x04034b50)) + common + name + data;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return archive + directory +
         packed(std::uint32_t{0x06054b50}, std::uint16_t{0}, std::uint16_t{0}, count, count,
                static_cast<std::uint32_t>(directory.size()), static_cast<std::uint32_t>(archive.size()),
                std::uint16_t{0});
}
std::vector<Bytes> npz_samples() {
  const std::string x = npy("<f8", "(3, 2)", packed(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)),
                    y = npy("<i8", "(3,)", packed(0L, 1L, 0L));
  return of_texts({zip({{"x.npy", x}, {"y.npy", y}}, false), zip({{"x.npy", x}, {"y.npy", y}}, true)});
}
std::vector<Bytes> idx_samples() {
  return of_texts({std::string("\0\0\x08\x03\0\0\0\3\0\0\0\2\0\0\0\2abcdefghijkl", 28),
                   std::string("\0\0\x08\x01\0\0\0\3\0\1\0", 11),
                   std::string("\0\0\x0D\x02\0\0\0\3\0\0\0\1", 12) + std::string(12, '\x3F')});
}
std::vector<Bytes> cifar_samples() { return {Bytes(2 * 3073, std::byte{1}), Bytes(3073, std::byte{0})}; }
std::vector<Bytes> gzip_samples() {
  return of_texts({gzip("a,y\n1,0\n2,1\n3,0\n"), gzip("a,y\n1,0\n") + gzip("2,1\n3,0\n"),
                   gzip("a,y\n" + std::string(30000, '1') + ",0\n2,1\n")});
}
std::vector<Bytes> split_samples() { return of_texts({"0 1 2 3\n", "1.0e+01\n2.0e+00\n", gzip("4\n5\n")}); }

// The input is the images, or the labels of sound images.
void read_idx_pair(const Bytes& input) {
  static const std::vector<Bytes> sound = idx_samples();
  const bool labels = hash_bytes(input) % 3 == 0;
  scratch().write("train-labels-idx1-ubyte", fuzz_text(labels ? input : sound[1]));
  load(labels ? sound[0] : input, "train-images-idx3-ubyte", {});
}

void read_split(const Bytes& input) {
  const std::string name = hash_bytes(input) % 2 == 0 ? "index_{}.txt" : "index_{}.txt.gz";
  scratch().write(name == "index_{}.txt" ? "index_0.txt" : "index_0.txt.gz", fuzz_text(input));
  read_split_files({.test_index = scratch() / name, .count = 1}, 100);
}

RawTable read_any(const std::string& path, Header header) {
  return read_table("auto", {.path = path,
                             .memory_limit_bytes = kMemoryBytes,
                             .header = header,
                             .missing = {"", "NA", "?"},
                             .labels = Labels::optional});
}

// The cell as bits of its number, or as its text.
std::string cell_text(const RawColumn& column, std::size_t row) {
  if (column.is_missing(row)) return "missing";
  if (column.kind == FeatureKind::numeric) return std::to_string(std::bit_cast<std::uint64_t>(column.numbers[row]));
  return "'" + column.vocabulary[column.codes[row]];
}

// Whatever can be read can be written and read again, and is then the same.
void read_and_write(const Bytes& input) {
  const RawTable table = read_any(scratch().write("in.csv", fuzz_text(input)), Header::detect);
  for (const char* name : {"out.csv", "out.tsv", "out.arff"}) {
    try {
      write_table(table, {.path = scratch() / name});
    } catch (const DataError&) {
      continue;  // a text of several lines in arff, an infinite number
    }
    std::string problem;
    try {
      const RawTable again = read_any(scratch() / name, Header::present);
      if (again.num_rows != table.num_rows || again.columns.size() != table.columns.size()) problem = "another shape";
      for (std::size_t j = 0; problem.empty() && j < table.columns.size(); ++j)
        for (std::size_t row = 0; row < table.num_rows; ++row)
          if (cell_text(table.columns[j], row) != cell_text(again.columns[j], row))
            problem = "another cell in row " + std::to_string(row);
    } catch (const Error& error) {
      problem = error.what();
    }
    if (!problem.empty()) throw std::logic_error(std::string(name) + ": " + problem);
  }
}

// Texts, line by line and place by place.
std::vector<std::string> texts_of(RowPieces& pieces, const ReadRequest& request) {
  std::vector<std::string> rows;
  while (pieces.next()) {
    const RawTable table = pieces.table(request);
    for (std::size_t row = 0; row < table.num_rows; ++row) {
      rows.push_back(table.place(row));
      for (const RawColumn& column : table.columns) rows.back() += " " + column.name + "=" + cell_text(column, row);
    }
  }
  return rows;
}

// What can be read at once can be read in pieces, and is the same; the input many times over, so that there are some.
void read_in_pieces(const Bytes& input) {
  const std::string once = fuzz_text(input);
  std::string text = once;
  while (text.size() < 20'000) text += once + "\n";
  const bool blanks = hash_bytes(input) % 4 == 0;
  ReadRequest request{.path = scratch().write(blanks ? "t.dat" : "t.csv", text),
                      .memory_limit_bytes = kMemoryBytes,
                      .missing = {"", "NA", "?"}};
  for (const RawColumn& column : read_table("auto", request).columns)
    request.kinds.emplace_back(column.name, FeatureKind::categorical);
  const auto whole = texts_of(*one_piece("auto"), request);
  try {
    if (texts_of(*cut_rows(request.path, "auto", 1 + hash_bytes(input) % 999), request) != whole)
      throw std::logic_error("other rows");
  } catch (const Error& error) {
    throw std::logic_error(error.what());
  }
}

constexpr FuzzTarget kTargets[] = {
    {"pieces", csv_samples, read_in_pieces},
    {"convert", csv_samples, read_and_write},
    {"csv", csv_samples, [](const Bytes& input) { load(input, "t.csv", {.target = {"last"}}); }},
    {"tsv", tsv_samples, [](const Bytes& input) { load(input, "t.tsv", {.target = {"last"}}); }},
    {"table", table_samples, [](const Bytes& input) { load(input, "t.dat", {.target = {"0"}}); }},
    {"arff", arff_samples, [](const Bytes& input) { load(input, "t.arff", {.target = {"last"}}); }},
    {"libsvm", libsvm_samples, [](const Bytes& input) { load(input, "t.libsvm", {}); }},
    {"dt", dt_samples, [](const Bytes& input) { load(input, "t.dt", {}); }},
    {"npy", npy_samples, [](const Bytes& input) { load(input, "t.npy", {.target = {"last"}}); }},
    {"npz", npz_samples, [](const Bytes& input) { load(input, "t.npz", {}); }},
    {"idx", idx_samples, read_idx_pair},
    {"cifar10", cifar_samples, [](const Bytes& input) { load(input, "data_batch_1.bin", {}); }},
    {"gz", gzip_samples, [](const Bytes& input) { load(input, "t.csv.gz", {.target = {"last"}}); }},
    {"split", split_samples, read_split},
};

}  // namespace

std::span<const FuzzTarget> data_targets() { return kTargets; }

}  // namespace jury
