#include "sanerf/core/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string NpyBytes(const std::string& header, const std::string& data, char major = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += major;
  bytes += '\0';
  bytes += char(header.size());
  bytes.append(major == 1 ? 1 : 3, '\0');
  return bytes + header + data;
}

template <class T>
std::string Raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

NumericArray ReadBytes(const std::string& bytes) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.npy", bytes);
  return ReadNpy(folder / "a.npy");
}

TEST(Npy, WhatWasWrittenIsRead) {
  const TestFolder folder;
  const std::vector<float> data = {1, 2, 3, 4, 5, 6.5f};
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{2, 3}, {6}, {1, 6, 1}}) {
    WriteNpy(folder / "a.npy", shape, data.data());
    const NumericArray array = ReadNpy(folder / "a.npy");
    EXPECT_EQ(array.shape, shape);
    EXPECT_THAT(array.data, ElementsAre(1, 2, 3, 4, 5, 6.5));
    EXPECT_EQ((ReadFile(folder / "a.npy").size() - 24) % 64, 0u);  // NumPy aligns the data to 64 bytes
  }
}

TEST(Npy, ReadsTheUsualTypesVersionsAndOrders) {
  EXPECT_THAT(
      ReadBytes(NpyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", Raw<double>({0.1, -3}))).data,
      ElementsAre(0.1, -3));
  EXPECT_THAT(ReadBytes(NpyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", "\x01\xff")).data,
              ElementsAre(1, 255));
  EXPECT_THAT(
      ReadBytes(NpyBytes("{'shape': (2,), 'descr': '<i8', 'fortran_order': False}\n", Raw<int64_t>({-5, 6}), 2)).data,
      ElementsAre(-5, 6));
  EXPECT_THAT(ReadBytes(NpyBytes("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }\n",
                                 Raw<int32_t>({1, 4, 2, 5, 3, 6})))
                  .data,
              ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(ReadBytes(NpyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n", Raw<float>({2.5f}))).data,
              ElementsAre(2.5));
  EXPECT_TRUE(ReadBytes(NpyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9), }\n", "")).data.empty());
}

TEST(Npy, MalformedFilesAreErrors) {
  const auto error_of = [](const std::string& bytes) { return ErrorTextOf<Error>([&] { ReadBytes(bytes); }); };
  EXPECT_THAT(error_of("hello, this is no array"), HasSubstr("not a NumPy"));
  EXPECT_THAT(error_of(""), HasSubstr("not a NumPy"));
  EXPECT_THAT(error_of(NpyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", "abcd")),
              HasSubstr("truncated"));
  EXPECT_THAT(error_of(NpyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999), }\n", "abcd")),
              HasSubstr("truncated"));
  // 2^20 * 2^44 is 0 in 64 bits; each factor alone is what a header may say.
  EXPECT_THAT(error_of(NpyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (1048576, 17592186044416), }\n",
                                std::string(1 << 20, 'x'))),
              HasSubstr("truncated: shape (1048576, 17592186044416)"));
  std::string ones;
  for (int i = 0; i < 65; ++i) ones += "1,";
  EXPECT_THAT(error_of(NpyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (" + ones + "), }\n", "x")),
              HasSubstr("more than 64 dimensions"));
  EXPECT_THAT(error_of(NpyBytes("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", "abcd")),
              HasSubstr("'>f4' is not supported"));
  EXPECT_THAT(error_of(NpyBytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "abcd")),
              HasSubstr("plain"));
  EXPECT_THAT(error_of(NpyBytes("{'descr': '<f4', 'fortran_order': False, }\n", "abcd")), HasSubstr("'shape'"));
  EXPECT_THAT(error_of(NpyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (a,)}\n", "abcd")),
              HasSubstr("malformed shape"));
  EXPECT_THAT(error_of(std::string("\x93NUMPY\x01\x00\xff\xff{'descr'", 18)), HasSubstr("truncated header"));
  EXPECT_THAT(error_of(NpyBytes("{}", "", 9)), HasSubstr("version 9"));
}

}  // namespace
}  // namespace sanerf
