#include "models/data/file_bytes.hpp"

#include <sys/stat.h>

#include "models/data/files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 40;

std::string text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
std::span<const std::byte> view_of(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(ReadFile, GivesTheBytes) {
  const Scratch folder;
  EXPECT_EQ(text_of(read_file(folder.write("a", "some\nbytes"), kPlenty)), "some\nbytes");
  EXPECT_TRUE(read_file(folder.write("b", ""), kPlenty).empty());
}

TEST(ReadFile, NamesWhatCannotBeRead) {
  const Scratch folder;
  EXPECT_EQ(message_of<DataError>(folder, [&] { read_file(folder / "none.csv", kPlenty); }),
            "data file 'none.csv' cannot be read (No such file or directory)");
  std::filesystem::create_directory(folder / "sub");
  EXPECT_EQ(message_of<DataError>(folder, [&] { read_file(folder / "sub", kPlenty); }),
            "data file 'sub' cannot be read (it is a folder)");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(message_of<DataError>(folder, [&] { read_file(folder / "pipe", kPlenty); }),
            "data file 'pipe' cannot be read (it is no regular file)");
  EXPECT_EQ(message_of<DataError>(folder, [&] { read_file(folder.write("c", "12345"), 4); }),
            "data file 'c' cannot be read (5 B do not fit into the 4 B of memory there are)");
}

TEST(Gunzip, GivesBackWhatWasPacked) {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += std::to_string(i) + ",";
  EXPECT_EQ(text_of(gunzip(view_of(gzipped(text)), "t", kPlenty)), text);
  const Scratch folder;
  EXPECT_EQ(text_of(read_unpacked(folder.write("t.gz", gzipped(text)), kPlenty)), text);
}

TEST(Gunzip, JoinsMembersAndIgnoresPadding) {
  const std::string two = gzipped("first ") + gzipped("second") + std::string(512, '\0');
  EXPECT_EQ(text_of(gunzip(view_of(two), "t", kPlenty)), "first second");
}

TEST(Gunzip, RefusesAFileCutAnywhere) {
  const std::string packed = gzipped("some text that is long enough to be cut at many places, 1 2 3 4 5 6 7 8 9");
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_THROW(gunzip(view_of(packed.substr(0, size)), "t", kPlenty), DataError) << size;
}

TEST(Gunzip, RefusesADamagedChecksum) {
  std::string packed = gzipped("some text");
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
  EXPECT_THROW(gunzip(view_of(packed), "t", kPlenty), DataError);
}

TEST(Gunzip, RefusesWhatExpandsWithoutBound) {
  const Scratch folder;
  const std::string bomb = gzipped(std::string(std::size_t{70} << 20, '\0'));
  ASSERT_LT(bomb.size(), 100000U);
  EXPECT_EQ(message_of<DataError>(folder, [&] { gunzip(view_of(bomb), "bomb.csv.gz", kPlenty); }),
            "bomb.csv.gz: unpacks to more than 64.0 MiB (limited by memory and to 256 times its packed size) unpack it "
            "yourself if it is sound");
  EXPECT_THROW(gunzip(view_of(gzipped(std::string(5000, 'x'))), "t", 4000), DataError);
}

TEST(InflateRaw, RefusesASizeThatIsNotTheContents) {
  const std::string packed = gzipped("0123456789");
  const std::string raw = packed.substr(10, packed.size() - 18);  // without gzip's header and trailer
  EXPECT_EQ(text_of(inflate_raw(view_of(raw), "t", 10)), "0123456789");
  EXPECT_THROW(inflate_raw(view_of(raw), "t", 9), DataError);
  EXPECT_THROW(inflate_raw(view_of(raw), "t", 11), DataError);
  EXPECT_THROW(inflate_raw(view_of(raw), "t", std::size_t{1} << 40), DataError);
}

TEST(AvailableMemory, IsMoreThanNothing) { EXPECT_GT(available_memory(), std::uint64_t{1} << 20); }

}  // namespace
}  // namespace jury
