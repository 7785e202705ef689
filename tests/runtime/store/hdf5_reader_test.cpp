// What of a foreign file is read, and what is refused. The foreign files are made with the C API.
#include "runtime/store/hdf5_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_writer.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ForeignFile : public testing::Test {
 protected:
  void SetUp() override { file_ = H5Fcreate(path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT); }
  void TearDown() override { close(); }
  void close() {
    if (file_ >= 0) H5Fclose(file_);
    file_ = -1;
  }
  std::string path() const { return scratch_ / "foreign.h5"; }

  // An array of this file type and shape, written when there is data.
  void add(const char* name, hid_t type, const std::vector<hsize_t>& dims, hid_t memory, const void* data,
           hid_t list = H5P_DEFAULT) {
    const hid_t space = H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr);
    const hid_t set = H5Dcreate2(file_, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    if (data != nullptr) H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
    H5Dclose(set);
    H5Sclose(space);
  }
  Hdf5Array read(const std::string& name, Hdf5Limits limits = {}) {
    close();
    return Hdf5Reader(path(), limits).read_foreign(name);
  }
  std::string refusal(const std::string& name, Hdf5Limits limits = {}) {
    try {
      read(name, limits);
    } catch (const DataError& error) {
      return error.what();
    }
    return "was read";
  }

  const double numbers_[6] = {1, 2, 3, 4, 5, 6.5};
  Scratch scratch_;
  hid_t file_ = H5I_INVALID_HID;
};

TEST_F(ForeignFile, NumbersOfAnyByteOrderAndSizeAreRead) {
  add("big", H5T_IEEE_F64BE, {2, 3}, H5T_NATIVE_DOUBLE, numbers_);
  add("short", H5T_STD_I16BE, {6}, H5T_NATIVE_DOUBLE, numbers_);
  close();
  const Hdf5Reader file(path());
  const Hdf5Array big = file.read_foreign("/big");
  EXPECT_THAT(big.dims, ElementsAre(2, 3));
  EXPECT_THAT(as_doubles(big), ElementsAre(1, 2, 3, 4, 5, 6.5));
  EXPECT_EQ(file.read_foreign("short").type, ElementType::int16);
  EXPECT_THAT(as_doubles(file.read_foreign("short")), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(ForeignFile, SomeRowsAreReadAndTheLimitIsOnThem) {
  add("big", H5T_IEEE_F64BE, {3, 2}, H5T_NATIVE_DOUBLE, numbers_);
  close();
  const Hdf5Reader file(path(), {.max_bytes = 40});
  EXPECT_THAT(as_doubles(file.read_foreign("/big", {.first = 1, .count = 1})), ElementsAre(3, 4));
  const Hdf5Array rest = file.read_foreign("/big", {.first = 1, .count = 9});
  EXPECT_THAT(rest.dims, ElementsAre(2, 2));
  EXPECT_THAT(as_doubles(rest), ElementsAre(3, 4, 5, 6.5));
  EXPECT_THAT(file.read_foreign("/big", {.first = 7, .count = 1}).dims, ElementsAre(0, 2));
  EXPECT_THROW(file.read_foreign("/big"), DataError);
}

TEST_F(ForeignFile, CompressedChunksAreRead) {
  const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {2};
  H5Pset_chunk(list, 1, chunk);
  H5Pset_shuffle(list);
  H5Pset_deflate(list, 9);
  H5Pset_fletcher32(list);
  add("x", H5T_IEEE_F32LE, {6}, H5T_NATIVE_DOUBLE, numbers_, list);
  H5Pclose(list);
  EXPECT_THAT(as_doubles(read("/x")), ElementsAre(1, 2, 3, 4, 5, 6.5));
}

TEST_F(ForeignFile, FixedTextIsReadWithoutItsPadding) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, 4);
  H5Tset_strpad(type, H5T_STR_SPACEPAD);
  add("x", type, {2}, type, "ab  wxyz");
  H5Tclose(type);
  EXPECT_THAT(read("/x").texts, ElementsAre("ab", "wxyz"));
}

TEST_F(ForeignFile, TextOfVariableLengthIsRefused) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  const char* text = "a";
  add("x", type, {1}, type, &text);
  H5Tclose(type);
  EXPECT_THAT(refusal("/x"), HasSubstr("variable length"));
}

TEST_F(ForeignFile, CompoundElementsAreRefused) {
  const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
  H5Tinsert(type, "a", 0, H5T_NATIVE_DOUBLE);
  add("x", type, {6}, type, numbers_);
  H5Tclose(type);
  EXPECT_THAT(refusal("/x"), HasSubstr("unsupported type"));
}

TEST_F(ForeignFile, MoreThanThreeDimensionsAreRefused) {
  add("x", H5T_IEEE_F64LE, {1, 1, 2, 3}, H5T_NATIVE_DOUBLE, numbers_);
  EXPECT_THAT(refusal("/x"), HasSubstr("too many dimensions"));
}

TEST_F(ForeignFile, ExternalStorageIsRefused) {
  const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(list, "/etc/passwd", 0, 48);
  add("x", H5T_IEEE_F64LE, {6}, H5T_NATIVE_DOUBLE, nullptr, list);
  H5Pclose(list);
  EXPECT_THAT(refusal("/x"), HasSubstr("external storage"));
}

TEST_F(ForeignFile, OtherLayoutsAndFiltersAreRefused) {
  const hid_t compact = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_layout(compact, H5D_COMPACT);
  add("compact", H5T_IEEE_F64LE, {6}, H5T_NATIVE_DOUBLE, numbers_, compact);
  H5Pclose(compact);
  const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {6};
  H5Pset_chunk(list, 1, chunk);
  H5Pset_scaleoffset(list, H5Z_SO_INT, 0);
  add("scaled", H5T_STD_I32LE, {6}, H5T_NATIVE_DOUBLE, numbers_, list);
  H5Pclose(list);
  const hid_t twice = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(twice, 1, chunk);
  H5Pset_deflate(twice, 9);
  H5Pset_deflate(twice, 9);
  add("twice", H5T_STD_I32LE, {6}, H5T_NATIVE_DOUBLE, numbers_, twice);
  H5Pclose(twice);
  EXPECT_THAT(refusal("/compact"), HasSubstr("contiguous or chunked"));
  EXPECT_THAT(refusal("/scaled"), HasSubstr("unsupported filter"));
  EXPECT_THAT(refusal("/twice"), HasSubstr("unsupported filter"));
}

TEST_F(ForeignFile, SoftAndExternalLinksAreNotFollowed) {
  add("x", H5T_IEEE_F64LE, {6}, H5T_NATIVE_DOUBLE, numbers_);
  H5Lcreate_soft("/x", file_, "soft", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_external("other.h5", "/x", file_, "external", H5P_DEFAULT, H5P_DEFAULT);
  EXPECT_THAT(refusal("/soft"), HasSubstr("links are not followed"));
  EXPECT_THAT(refusal("/external"), HasSubstr("links are not followed"));
  EXPECT_THAT(refusal("/external/y"), HasSubstr("links are not followed"));
  const Hdf5Reader file(path());
  for (const Hdf5Entry& entry : file.list_all("/"))
    EXPECT_EQ(entry.kind, entry.path == "/x" ? Hdf5Entry::Kind::array : Hdf5Entry::Kind::other);
}

TEST_F(ForeignFile, AGroupThatContainsItselfEndsInAnError) {
  const hid_t group = H5Gcreate2(file_, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_hard(file_, "/a", group, "again", H5P_DEFAULT, H5P_DEFAULT);
  H5Gclose(group);
  close();
  EXPECT_THROW(Hdf5Reader(path()).list_all("/"), DataError);
}

TEST_F(ForeignFile, ClaimsBeyondTheFileOrTheLimitAreRefused) {
  add("never", H5T_IEEE_F64LE, {1'000'000}, H5T_NATIVE_DOUBLE, nullptr);
  add("huge", H5T_IEEE_F64LE, {1ULL << 40, 1ULL << 20}, H5T_NATIVE_DOUBLE, nullptr);
  add("x", H5T_IEEE_F64LE, {6}, H5T_NATIVE_DOUBLE, numbers_);
  EXPECT_THAT(refusal("/never"), HasSubstr("claims more data"));
  EXPECT_THAT(refusal("/huge"), HasSubstr("too large"));
  EXPECT_THAT(refusal("/x", {.max_bytes = 47}), HasSubstr("too large"));
}

TEST_F(ForeignFile, WhatIsNotThereIsNamed) {
  add("x", H5T_IEEE_F64LE, {6}, H5T_NATIVE_DOUBLE, numbers_);
  H5Gclose(H5Gcreate2(file_, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  EXPECT_THAT(refusal("/y"), HasSubstr("there is no '/y'"));
  EXPECT_THAT(refusal("/g"), HasSubstr("is no array"));
}

TEST(Hdf5Reader, AFileOfAnotherKindIsADataError) {
  const Scratch scratch;
  replace_file(scratch / "text", "this is no HDF5 file");
  EXPECT_THROW(Hdf5Reader(scratch / "text"), DataError);
  EXPECT_THROW(Hdf5Reader(scratch / "none"), IoError);
}

}  // namespace
}  // namespace jury
