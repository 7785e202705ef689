#include "runtime/base/line_output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

#include "support/scratch.hpp"

namespace jury {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  std::string read() const {
    std::array<char, 65536> bytes{};
    const ssize_t count = ::read(ends[0], bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(0, count))};
  }
  std::array<int, 2> ends{};
};

TEST(LineOutput, WritesLinesAtOnceWhereThereIsRoom) {
  const Pipe pipe;
  LineOutput out(pipe.ends[1]);
  out.add("one");
  out.add("two");
  EXPECT_EQ(pipe.read(), "one\ntwo\n");
}

TEST(LineOutput, NeverWaitsForAReaderAndLosesNothingOfWhatItKeeps) {
  const Pipe pipe;
  LineOutput out(pipe.ends[1]);
  const std::string line(9999, 'x');
  for (int i = 0; i < 300; ++i) out.add(line);  // 3 MB into a pipe of 64 KiB
  std::string read;
  while (read.size() < 300 * 10000) {
    read += pipe.read();
    out.pump();
  }
  std::string expected;
  for (int i = 0; i < 300; ++i) expected += line + "\n";
  EXPECT_EQ(read, expected);
  EXPECT_EQ(out.take_dropped(), 0U);
}

TEST(LineOutput, DropsWholeLinesAndCountsThemWhenNobodyReads) {
  const Pipe pipe;
  LineOutput out(pipe.ends[1]);
  const std::string line((std::size_t{1} << 20) - 1, 'x');
  for (int i = 0; i < 70; ++i) out.add(line);
  const std::uint64_t dropped = out.take_dropped();
  EXPECT_GE(dropped, 5U);
  EXPECT_LE(dropped, 7U);
  EXPECT_EQ(out.take_dropped(), 0U);
}

TEST(LineOutput, AReaderThatWentAwayIsNoError) {
  Pipe pipe;
  LineOutput out(pipe.ends[1]);
  pipe.close_reader();
  for (int i = 0; i < 10; ++i) out.add("line");
  out.finish(10);
  EXPECT_EQ(out.error(), "");
}

TEST(LineOutput, ADiskThatIsFullIs) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  LineOutput out(full);
  out.add("line");
  out.finish(10);
  EXPECT_NE(out.error(), "");
  ::close(full);
}

TEST(LineOutput, AFileIsContinuedWhereItStands) {
  const Scratch scratch;
  scratch.write("file", "before\n");
  const int file = ::open((scratch / "file").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  LineOutput(file).add("after");
  ::close(file);
  std::string text(20, '\0');
  const int again = ::open((scratch / "file").c_str(), O_RDONLY | O_CLOEXEC);
  text.resize(static_cast<std::size_t>(::read(again, text.data(), text.size())));
  ::close(again);
  EXPECT_EQ(text, "before\nafter\n");
}

}  // namespace
}  // namespace jury
