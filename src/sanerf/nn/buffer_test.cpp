#include "sanerf/nn/buffer.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <limits>

#include "sanerf/core/error.h"

namespace sanerf::nn {
namespace {

TEST(Buffer, StartsEmptyOrFilled) {
  const Buffer none;
  EXPECT_EQ(none.size(), 0);
  EXPECT_TRUE(none.span().empty());
  const Buffer threes(5, 3.0f);
  EXPECT_THAT(threes.span(), testing::Each(3.0f));
  EXPECT_EQ(threes.size(), 5);
  const Buffer empty(0);
  EXPECT_EQ(empty.size(), 0);
}

TEST(Buffer, IsAlignedForRegistersAndHugePages) {
  for (const int64_t size : {1, 17, 1000, 1 << 20})
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Buffer(size).data()) % 64, 0u);
  const int64_t large = int64_t{8} << 20;  // 32 MiB
  EXPECT_EQ(reinterpret_cast<uintptr_t>(Buffer(large).data()) % (2 << 20), 0u);
}

TEST(Buffer, ReserveKeepsItsMemoryWhenItFits) {
  Buffer buffer(100);
  const float* data = buffer.data();
  EXPECT_EQ(buffer.Reserve(40), data);
  EXPECT_EQ(buffer.size(), 40);
  EXPECT_EQ(buffer.Reserve(100), data);
  buffer.Reserve(200);
  EXPECT_EQ(buffer.size(), 200);
  buffer.Fill(1.0f);
  EXPECT_THAT(buffer.span(), testing::Each(1.0f));
}

TEST(Buffer, GrowKeepsTheContents) {
  Buffer buffer;
  for (int i = 0; i < 1000; ++i) {
    buffer.Grow(i + 1);
    buffer[i] = float(i);
  }
  EXPECT_EQ(buffer.size(), 1000);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(buffer[i], float(i));
}

TEST(Buffer, MovesWithoutCopying) {
  Buffer a(10, 2.0f);
  const float* data = a.data();
  Buffer b = std::move(a);
  EXPECT_EQ(b.data(), data);
  EXPECT_EQ(b.size(), 10);
  a = Buffer();
  EXPECT_EQ(a.size(), 0);
  b = Buffer(3, 7.0f);
  EXPECT_THAT(b.span(), testing::ElementsAre(7.0f, 7.0f, 7.0f));
}

TEST(Buffer, TooLargeIsAnErrorWithAHint) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers end the process when memory runs out";
#endif
  Buffer buffer(10, 4.0f);
  try {
    buffer.Reserve(int64_t{1} << 58);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("out of memory"));
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_EQ(buffer.size(), 0);
  buffer.Reserve(5);
  EXPECT_EQ(buffer.size(), 5);
}

}  // namespace
}  // namespace sanerf::nn
