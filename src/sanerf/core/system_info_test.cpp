#include "sanerf/core/system_info.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf {
namespace {

TEST(CheckMemory, SaysWhatNeedsHowMuch) {
  EXPECT_NO_THROW(CheckMemory("the masks", 1e9, "take less", {1'000'000'000, "are free"}));
  EXPECT_EQ(ErrorTextOf<Error>([] {
              CheckMemory("the masks of 200 objects", 25.3e9, "take less", {16'000'000'000, "are free"});
            }),
            "the masks of 200 objects need 25.3 GB of memory: 16.0 GB are free\ntake less");
  EXPECT_GT(AvailableMemoryBytes(), 0);
}

TEST(RssBytes, IsAtMostItsPeak) {
  const int64_t now = RssBytes();
  EXPECT_GT(now, 0);
  EXPECT_LE(now, PeakRssBytes());
}

TEST(FolderBesideProgram, IsFoundInTheNearestFoldersAbove) {
  const std::filesystem::path shared = FolderBesideProgram("share/sanerf");  // the build makes it
  EXPECT_TRUE(shared.is_absolute());
  EXPECT_TRUE(std::filesystem::is_directory(shared)) << shared;
  EXPECT_EQ(FolderBesideProgram("share/sanerf/no_such_folder"), "");
}

}  // namespace
}  // namespace sanerf
