// The readers of binary arrays and image sets.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/data/array_view.hpp"
#include "models/data/files.hpp"
#include "models/data/reader.hpp"
#include "runtime/base/rng.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using Numbers = std::vector<double>;

std::string npy(const std::string& dictionary, const std::string& data) {
  std::string header = dictionary;
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  return std::string("\x93NUMPY\x01\0", 8) + raw_bytes(static_cast<std::uint16_t>(header.size())) + header + data;
}

std::string npy_of(const std::string& type, const std::string& shape, const std::string& data,
                   const char* fortran = "False") {
  return npy("{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }", data);
}

template <class T>
std::string packed(std::initializer_list<T> values) {
  std::string out;
  for (const T value : values) out += raw_bytes(value);
  return out;
}

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

RawTable from_array(RawTable (*reader)(const Bytes&, const ReadRequest&), std::string_view content,
                    const std::string& path = "t") {
  return reader(bytes_of(content), {.path = path, .memory_limit_bytes = std::uint64_t{1} << 30});
}

// A zip archive: content as it is, or what zlib makes of it.
enum class Packing { stored, deflated };
std::string zip(const std::vector<std::pair<std::string, std::string>>& members, Packing packing) {
  std::string archive, directory;
  for (const auto& [name, content] : members) {
    const std::string gz = gzipped(content);
    const std::string data = packing == Packing::stored ? content : gz.substr(10, gz.size() - 18);
    const auto crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    const std::string common =
        packed<std::uint16_t>({20, 0, static_cast<std::uint16_t>(packing == Packing::stored ? 0 : 8), 0, 0}) +
        packed<std::uint32_t>(
            {crc, static_cast<std::uint32_t>(data.size()), static_cast<std::uint32_t>(content.size())}) +
        packed<std::uint16_t>({static_cast<std::uint16_t>(name.size()), 0});
    directory += packed<std::uint32_t>({0x02014b50}) + packed<std::uint16_t>({20}) + common +
                 packed<std::uint16_t>({0, 0, 0}) +
                 packed<std::uint32_t>({0, static_cast<std::uint32_t>(archive.size())}) + name;
    archive += packed<std::uint32_t>({0x04034b50}) + common + name + data;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return archive + directory + packed<std::uint32_t>({0x06054b50}) + packed<std::uint16_t>({0, 0, count, count}) +
         packed<std::uint32_t>(
             {static_cast<std::uint32_t>(directory.size()), static_cast<std::uint32_t>(archive.size())}) +
         packed<std::uint16_t>({0});
}

std::string idx(char type, const std::vector<std::uint32_t>& shape, const std::string& data) {
  std::string out = {'\0', '\0', type, static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape)
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(extent >> shift & 255U);
  return out + data;
}

TEST(Npy, ReadsEveryNumberType) {
  const struct {
    const char* type;
    std::string data;
  } cases[] = {{"<f8", packed<double>({1, 2, -3, 4})},         {"<f4", packed<float>({1, 2, -3, 4})},
               {"<i8", packed<std::int64_t>({1, 2, -3, 4})},   {"<i4", packed<std::int32_t>({1, 2, -3, 4})},
               {"<i2", packed<std::int16_t>({1, 2, -3, 4})},   {"|i1", packed<std::int8_t>({1, 2, -3, 4})},
               {">i2", std::string("\0\1\0\2\xff\xfd\0\4", 8)}};
  for (const auto& c : cases) {
    const RawTable table = from_array(read_npy, npy_of(c.type, "(2, 2)", c.data));
    EXPECT_EQ(table.columns[0].numbers, (Numbers{1, -3})) << c.type;
    EXPECT_EQ(table.columns[1].numbers, (Numbers{2, 4})) << c.type;
    EXPECT_EQ(table.columns[1].name, "x1");
  }
}

TEST(Npy, FortranOrderIsTheSameMatrix) {
  const RawTable table = from_array(read_npy, npy_of("<f8", "(2, 3)", packed<double>({1, 4, 2, 5, 3, 6}), "True"));
  EXPECT_EQ(table.columns[0].numbers, (Numbers{1, 4}));
  EXPECT_EQ(table.columns[2].numbers, (Numbers{3, 6}));
  const std::string cube = npy_of("|u1", "(1, 2, 2)", std::string("\1\3\2\4", 4), "True");
  const Bytes bytes = bytes_of(cube);
  const ArrayView array = parse_npy(bytes, "t");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(array.at(0, i), static_cast<double>(i + 1));
}

TEST(Npy, DeclaredSizesMustBeTheFiles) {
  const std::string data = packed<double>({1, 2, 3, 4});
  for (const char* shape :
       {"(2, 3)", "(2, 1)", "(4000000000, 4000000000)", "(0, 2)", "(-1, 2)", "(2, 2, 99999999999999)"})
    EXPECT_THROW(from_array(read_npy, npy_of("<f8", shape, data)), DataError) << shape;
  EXPECT_THROW(from_array(read_npy, npy_of("|O", "(2, 2)", data)), DataError);
  EXPECT_THROW(from_array(read_npy, npy_of("<c16", "(1, 2)", data)), DataError);
  EXPECT_THROW(from_array(read_npy, npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (4,), }", data)),
               DataError);
  EXPECT_THROW(from_array(read_npy, npy_of("<f8", "(4,)", data)), DataError);  // one dimension
  EXPECT_THROW(from_array(read_npy, "\x93NUMPY\x01"), DataError);
  EXPECT_THROW(from_array(read_npy, "something else entirely"), DataError);
}

TEST(Npy, SurvivesDamageAnywhere) {
  const std::string good = npy_of("<f8", "(2, 2)", packed<double>({1, 2, 3, 4}));
  Rng rng(5);
  for (int round = 0; round < 2000; ++round) {
    std::string bad = good;
    bad[rng.below(bad.size())] = static_cast<char>(rng.below(256));
    try {
      EXPECT_LE(from_array(read_npy, bad).num_rows, 4U);
    } catch (const DataError&) {
    }
  }
}

TEST(Npz, ReadsStoredAndDeflatedMembers) {
  const std::string x = npy_of("<f4", "(3, 2)", packed<float>({1, 2, 3, 4, 5, 6}));
  const std::string y = npy_of("<i8", "(3,)", packed<std::int64_t>({0, 1, 0}));
  for (const Packing packing : {Packing::stored, Packing::deflated}) {
    const RawTable table = from_array(read_npz, zip({{"x.npy", x}, {"y.npy", y}}, packing));
    EXPECT_EQ(table.num_rows, 3U);
    EXPECT_EQ(table.columns[1].numbers, (Numbers{2, 4, 6}));
    EXPECT_EQ(table.columns[2].numbers, (Numbers{0, 1, 0}));
    EXPECT_EQ(table.targets, std::vector<std::string>{"y"});
  }
}

TEST(Npz, TestArraysAreTheTestPartAndBytesStayBytes) {
  const auto images = [](std::size_t n) {
    return npy_of("|u1", "(" + std::to_string(n) + ", 2, 2)", std::string(4 * n, '\7'));
  };
  const auto labels = [](std::size_t n) { return npy_of("|u1", "(" + std::to_string(n) + ",)", std::string(n, '\1')); };
  const RawTable table = from_array(read_npz, zip({{"x_train.npy", images(3)},
                                                   {"y_train.npy", labels(3)},
                                                   {"x_test.npy", images(2)},
                                                   {"y_test.npy", labels(2)}},
                                                  Packing::deflated));
  EXPECT_EQ(table.num_rows, 5U);
  EXPECT_EQ(table.num_test, 2U);
  EXPECT_EQ(table.pixels, std::vector<std::uint8_t>(20, 7));
  EXPECT_EQ(table.shape, (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(table.columns[0].numbers.size(), 5U);
}

TEST(Npz, RefusesDamageAndWhatIsMissing) {
  const std::string x = npy_of("<f4", "(2, 1)", packed<float>({1, 2})),
                    y = npy_of("<f4", "(3,)", packed<float>({1, 2, 3}));
  EXPECT_THROW(from_array(read_npz, zip({{"x.npy", x}}, Packing::stored)), DataError);
  EXPECT_THROW(from_array(read_npz, zip({{"x.npy", x}, {"y.npy", y}}, Packing::stored)), DataError);
  EXPECT_THROW(from_array(read_npz, "PK"), DataError);
  const std::string good =
      zip({{"x.npy", x}, {"y.npy", npy_of("<f4", "(2,)", packed<float>({1, 2}))}}, Packing::deflated);
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(from_array(read_npz, good.substr(0, size)), DataError) << size;
  Rng rng(6);
  for (int round = 0; round < 3000; ++round) {
    std::string bad = good;
    bad[rng.below(bad.size())] = static_cast<char>(rng.below(256));
    try {
      EXPECT_EQ(from_array(read_npz, bad).num_rows, 2U);
    } catch (const DataError&) {
    }
  }
}

TEST(Idx, FindsTheLabelsBesideTheImages) {
  const Scratch folder;
  const std::string images = idx(0x08, {2, 2, 2}, std::string("\1\2\3\4\5\6\7\xff", 8)),
                    labels = idx(0x08, {2}, std::string("\3\1", 2));
  folder.write("train-labels-idx1-ubyte", labels);
  folder.write("t10k-labels-idx1-ubyte.gz", gzipped(labels));
  for (const char* name : {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"}) {
    const RawTable table = from_array(read_idx, images, folder / name);
    EXPECT_EQ(table.num_rows, 2U);
    EXPECT_EQ(table.pixels[7], 255);
    EXPECT_EQ(table.shape, (std::vector<std::int64_t>{2, 2}));
    EXPECT_EQ(table.columns[0].numbers, (Numbers{3, 1}));
    EXPECT_EQ(table.targets, std::vector<std::string>{"label"});
  }
}

TEST(Idx, NamesWhatIsMissing) {
  const Scratch folder;
  const std::string images = idx(0x08, {2, 1, 1}, "ab");
  const auto refusal = [&](const std::string& name, const std::string& content) {
    return message_of<DataError>(folder, [&] { from_array(read_idx, content, folder / name); });
  };
  EXPECT_EQ(refusal("a-images-idx3-ubyte", images),
            "a-images-idx3-ubyte: its labels are missing (looked for 'a-labels-idx1-ubyte')");
  EXPECT_EQ(refusal("pictures.idx", images),
            "pictures.idx: its labels cannot be found (the name must be as in train-images-idx3-ubyte.gz, the labels "
            "being in train-labels-idx1-ubyte.gz)");
  folder.write("b-labels-idx1-ubyte", idx(0x08, {3}, "abc"));
  EXPECT_EQ(refusal("b-images-idx3-ubyte", images), "b-labels-idx1-ubyte: has 3 labels (there are 2 images)");
  EXPECT_EQ(refusal("b-images-idx3-ubyte", idx(0x08, {2}, "ab")),
            "b-images-idx3-ubyte: holds labels, not samples (name the file of the images)");
}

TEST(Idx, DeclaredSizesMustBeTheFiles) {
  const Scratch folder;
  const auto path = folder / "a-images-idx3-ubyte";
  EXPECT_THROW(from_array(read_idx, idx(0x08, {0xffffffff, 0xffffffff, 0xffffffff}, "ab"), path), DataError);
  EXPECT_THROW(from_array(read_idx, idx(0x08, {3, 1, 1}, "ab"), path), DataError);
  EXPECT_THROW(from_array(read_idx, idx(0x07, {2, 1, 1}, "ab"), path), DataError);
  EXPECT_THROW(from_array(read_idx, std::string("\0\0\x08\xff\0\0\0\1", 8), path), DataError);
  EXPECT_THROW(from_array(read_idx, "\1\2\3\4\5\6\7\x08", path), DataError);
}

TEST(Cifar10, RecordsAreALabelAndThreeChannels) {
  std::string batch;
  for (int record = 0; record < 2; ++record)
    batch += static_cast<char>(record + 8) + std::string(3072, static_cast<char>(record));
  const RawTable table = from_array(read_cifar10, batch);
  EXPECT_EQ(table.num_rows, 2U);
  EXPECT_EQ(table.shape, (std::vector<std::int64_t>{3, 32, 32}));
  EXPECT_EQ(table.columns[0].numbers, (Numbers{8, 9}));
  EXPECT_EQ(table.pixels[3071], 0);
  EXPECT_EQ(table.pixels[3072], 1);
  EXPECT_THROW(from_array(read_cifar10, batch + "x"), DataError);
  batch[0] = 10;
  EXPECT_THROW(from_array(read_cifar10, batch), DataError);
}

}  // namespace
}  // namespace jury
