#include "sanerf/models/page_allocator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace sanerf::models {
namespace {

TEST(PageAllocator, BlocksOfAllSizesAreAlignedAndTheirOwn) {
  PageAllocator pages;
  std::vector<std::pair<char*, size_t>> blocks;
  for (const size_t size : {size_t{1}, size_t{63}, size_t{64}, size_t{65}, PageAllocator::kMapped - 1,
                            PageAllocator::kMapped, PageAllocator::kMapped + 1, size_t{5'000'001}}) {
    char* const block = static_cast<char*>(pages.Alloc(&pages, size));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % PageAllocator::kAlignment, 0u);
    std::memset(block, int(blocks.size()) + 1, size);
    blocks.emplace_back(block, size);
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, size] = blocks[i];
    EXPECT_EQ(std::count(block, block + size, char(i + 1)), std::ptrdiff_t(size));
    pages.Free(&pages, block);
  }
  EXPECT_EQ(pages.Alloc(&pages, 0), nullptr);
  EXPECT_EQ(pages.Alloc(&pages, ~size_t{0}), nullptr);
  EXPECT_EQ(pages.Alloc(&pages, ~size_t{0} / 2), nullptr);
  pages.Free(&pages, nullptr);
}

}  // namespace
}  // namespace sanerf::models
