#include "sanerf/scene/hdf5.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/odd_files_test_support.h"
#ifdef SANERF_HAS_HDF5
#include "sanerf/scene/hdf5_test_support.h"
#endif

namespace sanerf::scene {
namespace {

#ifndef SANERF_HAS_HDF5

TEST(Hdf5, WithoutTheLibraryTheErrorSaysWhatToInstall) {
  EXPECT_THAT(ErrorTextOf<Error>([] { ReadHdf5("masks/0.hdf5", {"colors"}); }),
              testing::AllOf(testing::HasSubstr("masks/0.hdf5: "), testing::HasSubstr("libhdf5-dev")));
}

#else

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

class Hdf5Test : public ::testing::Test {
 protected:
  std::string ErrorOf(const std::string& name) const {
    return ErrorTextOf<Error>([&] { ReadHdf5(path_, {name}); });
  }
  void WriteFourNumbersInChunksOf(hsize_t rows, hsize_t columns) const {
    const hid_t file = H5Fcreate(path_.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t shape[2] = {2, 2}, most[2] = {H5S_UNLIMITED, H5S_UNLIMITED}, chunk[2] = {rows, columns};
    const hid_t space = H5Screate_simple(2, shape, most), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 2, chunk);
    H5Dclose(H5Dcreate2(file, "ids", H5T_NATIVE_INT, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Pclose(creation), H5Sclose(space), H5Fclose(file);
  }

  const TestFolder folder_;
  const std::filesystem::path path_ = folder_ / "a.hdf5";
};

TEST_F(Hdf5Test, NumbersOfAnyTypeAreRead) {
  WriteHdf5<int64_t>(path_, "long", {2, 3}, H5T_NATIVE_INT64, {-1, 0, 70000, 3, 4, 5});
  WriteHdf5<uint8_t>(path_, "byte", {2, 1}, H5T_NATIVE_UINT8, {255, 7});
  WriteHdf5<float>(path_, "float", {3}, H5T_NATIVE_FLOAT, {0.5f, -2, 1e6f});
  EXPECT_THAT(ReadHdf5(path_, {"long"}).shape, ElementsAre(2, 3));
  EXPECT_THAT(ReadHdf5(path_, {"long"}).data, ElementsAre(-1, 0, 70000, 3, 4, 5));
  EXPECT_THAT(ReadHdf5(path_, {"byte"}).data, ElementsAre(255, 7));
  EXPECT_THAT(ReadHdf5(path_, {"float"}).data, ElementsAre(0.5, -2, 1e6));
  EXPECT_THAT(ReadHdf5(path_, {"none", "byte", "long"}).shape, ElementsAre(2, 1));  // the first that is there
}

TEST_F(Hdf5Test, WhatCannotBeReadIsAnError) {
  EXPECT_THAT(ErrorOf("ids"), HasSubstr("a.hdf5: there is no such file"));
  WriteFileAtomic(path_, "\x89HDF and no more");
  EXPECT_THAT(ErrorOf("ids"), HasSubstr("a.hdf5: this is not an HDF5 file, or it is damaged"));
  std::filesystem::remove(path_);
  WriteHdf5<int>(path_, "colors", {2}, H5T_NATIVE_INT, {1, 2});
  WriteHdf5<int>(path_, "depth", {2}, H5T_NATIVE_INT, {1, 2});
  EXPECT_THAT(ErrorOf("ids"), AllOf(HasSubstr("it has none of the data sets ids"), HasSubstr("it has: colors, depth")));
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, 4);
  WriteHdf5<char>(path_, "text", {2}, text, {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'});
  H5Tclose(text);
  EXPECT_THAT(ErrorOf("text"), HasSubstr("a.hdf5, text: it does not hold numbers"));
}

// A data set that was announced and never written takes no room in the file, and must take none in memory.
TEST_F(Hdf5Test, ShapesThatTheFileIsTooShortForAreAnError) {
  const auto announce = [&](const char* name, hsize_t side) {
    const hid_t file = std::filesystem::exists(path_)
                           ? H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                           : H5Fcreate(path_.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t shape[2] = {side, side};
    const hid_t space = H5Screate_simple(2, shape, nullptr);
    H5Dclose(H5Dcreate2(file, name, H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space), H5Fclose(file);
  };
  announce("wide", 16000);
  announce("huge", 17000);
  EXPECT_THAT(ErrorOf("wide"), HasSubstr("a.hdf5, wide: the file is too short for its shape"));
  EXPECT_THAT(ErrorOf("huge"), HasSubstr("a.hdf5, huge: it is too large"));
}

// Four numbers, in a chunk that would take two gigabytes.
TEST_F(Hdf5Test, ChunksThatAreTooLargeAreAnError) {
  WriteFourNumbersInChunksOf(1 << 15, 1 << 14);
  EXPECT_THAT(ErrorOf("ids"), HasSubstr("a.hdf5, ids: its chunks are too large"));
}

// Chunks of 64 megabytes, in a file of kilobytes.
TEST_F(Hdf5Test, ChunksThatTheFileIsTooShortForAreAnError) {
  WriteFourNumbersInChunksOf(1 << 12, 1 << 12);
  EXPECT_THAT(ErrorOf("ids"), HasSubstr("a.hdf5, ids: its chunks are too large"));
}

TEST_F(Hdf5Test, SeveralChunksAreReadAndTheLastMayReachBeyond) {
  const hid_t file = H5Fcreate(path_.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t shape[2] = {3, 5}, chunk[2] = {2, 2};
  const hid_t space = H5Screate_simple(2, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(creation, 2, chunk);
  const hid_t data_set = H5Dcreate2(file, "ids", H5T_NATIVE_INT, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  std::vector<int> numbers(15);
  std::iota(numbers.begin(), numbers.end(), 1);
  H5Dwrite(data_set, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data());
  H5Dclose(data_set), H5Pclose(creation), H5Sclose(space), H5Fclose(file);
  const NumericArray array = ReadHdf5(path_, {"ids"});
  EXPECT_THAT(array.shape, ElementsAre(3, 5));
  EXPECT_THAT(array.data, ElementsAreArray(numbers));
}

// The index says that the only chunk takes four gigabytes of the file.
TEST_F(Hdf5Test, ChunksThatAreSaidToBeLargerThanTheFileAreAnError) {
  WriteHdf5<int>(path_, "ids", {4}, H5T_NATIVE_INT, {1, 2, 3, 4});
  std::string bytes = ReadFile(path_);
  const size_t node = bytes.find("TREE\x01");  // of the index of chunks; after 24 bytes the size of its first
  ASSERT_LT(node, bytes.size());
  bytes.replace(node + 24, 4, "\xff\xff\xff\xff");
  WriteFileAtomic(path_, bytes);
  EXPECT_THAT(ErrorOf("ids"), HasSubstr("a.hdf5, ids: the file is damaged: it is too short for its chunks"));
}

// Half of the compressed numbers are gone.
TEST_F(Hdf5Test, ATruncatedFileIsAnError) {
  std::vector<int> numbers;
  for (int i = 0; i < 20000; ++i) numbers.push_back(i * i);
  WriteHdf5<int>(path_, "ids", {20000}, H5T_NATIVE_INT, numbers);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  EXPECT_THAT(ErrorOf("ids"), HasSubstr("damaged"));
}

TEST(Hdf5, NumbersInOtherFilesAreNotLookedFor) {
  const TestFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
  WriteHdf5<int>(folder / "other.h5", "data", {2}, H5T_NATIVE_INT, {1, 2});
  H5Lcreate_external("other.h5", "/data", file, "linked", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/linked", file, "by_way_of_linked", H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t shape[1] = {4};
  const hid_t space = H5Screate_simple(1, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(creation, "/dev/zero", 0, 16);
  const hid_t data_set = H5Dcreate2(file, "outside", H5T_NATIVE_INT, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  H5Dclose(data_set), H5Pclose(creation), H5Sclose(space), H5Fclose(file);
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadHdf5(path, {"linked"}); }), HasSubstr("it is in another file"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadHdf5(path, {"by_way_of_linked"}); }),
              HasSubstr("a.h5, by_way_of_linked: this is not a data set"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadHdf5(path, {"outside"}); }), HasSubstr("its numbers are in another file"));
}

TEST(Hdf5, WhatIsNoFileAndWhatIsTooLargeIsRefused) {
  ExpectOddFilesAreRefused("a.hdf5", [](const std::filesystem::path& path) { ReadHdf5(path, {"data"}); });
}

#endif

}  // namespace
}  // namespace sanerf::scene
