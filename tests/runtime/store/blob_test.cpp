#include "runtime/store/blob.hpp"

#include <gtest/gtest.h>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/store/faulty_files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

TEST(BlobStore, GivesBackWhatWasPutUnderTheHashOfItsContent) {
  const Scratch scratch;
  const BlobStore blobs(scratch / "blobs");
  for (const Bytes& bytes : {Bytes(), Bytes(5, std::byte{1}), Bytes(200'000, std::byte{2})}) {
    const std::uint64_t hash = blobs.put(bytes);
    EXPECT_EQ(hash, hash_bytes(bytes));
    EXPECT_EQ(blobs.path(hash), scratch / "blobs/" + hex(hash));
    EXPECT_EQ(blobs.get(hash), bytes);
    EXPECT_EQ(blobs.put(bytes), hash);
  }
}

TEST(BlobStore, NoticesADamagedOrMissingFile) {
  const Scratch scratch;
  const BlobStore blobs(scratch / "blobs");
  const Bytes bytes(10, std::byte{3});
  const std::uint64_t hash = blobs.put(bytes);
  replace_file(blobs.path(hash), "0123456789");
  EXPECT_THROW(blobs.get(hash), DataError);
  EXPECT_THROW(blobs.get(hash + 1), IoError);
  blobs.put(bytes);  // puts it right
  EXPECT_EQ(blobs.get(hash), bytes);
}

TEST(BlobStore, AFailureAtAnyCallIsAnErrorAndLeavesNoHalfBlob) {
  FaultyFiles counter;
  const Scratch first;
  const Bytes bytes(1000, std::byte{5});
  const std::uint64_t hash = BlobStore(first / "blobs", counter).put(bytes);
  for (int n = 0; n < counter.num_calls(); ++n) {
    const Scratch scratch;
    FaultyFiles files(n);
    EXPECT_THROW(BlobStore(scratch / "blobs", files).put(bytes), IoError) << n;
    const BlobStore blobs(scratch / "blobs");
    EXPECT_EQ(blobs.put(bytes), hash);
    EXPECT_EQ(blobs.get(hash), bytes);
  }
}

TEST(BlobStore, TakesOnlyLargePayloadsOutOfRecords) {
  const Scratch scratch;
  const BlobStore blobs(scratch / "blobs");
  Record small;
  small.payload = Bytes(100, std::byte{1});
  move_large_payload(small, blobs, 100);
  EXPECT_FALSE(small.blob.has_value());
  Record large;
  large.payload = Bytes(101, std::byte{1});
  move_large_payload(large, blobs, 100);
  EXPECT_TRUE(large.payload.empty());
  EXPECT_EQ(payload_of(small, blobs).size(), 100U);
  EXPECT_EQ(payload_of(large, blobs).size(), 101U);
}

TEST(BlobStore, AFolderThatIsALinkIsNotWrittenTo) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "elsewhere");
  std::filesystem::create_directory_symlink(scratch / "elsewhere", scratch / "blobs");
  EXPECT_THROW(BlobStore(scratch / "blobs").put(Bytes(10)), IoError);
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "elsewhere"));
}

}  // namespace
}  // namespace jury
