#include "sanerf/core/units.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sanerf {
namespace {

TEST(Units, Durations) {
  EXPECT_EQ(FormatDuration(0.25), "250ms");
  EXPECT_EQ(FormatDuration(0.9999), "1.0s");
  EXPECT_EQ(FormatDuration(4.14), "4.1s");
  EXPECT_EQ(FormatDuration(59.97), "1m00s");
  EXPECT_EQ(FormatDuration(492), "8m12s");
  EXPECT_EQ(FormatDuration(3720), "1h02m");
  for (const double none : {-1.0, 1e300, double(INFINITY), double(NAN)}) EXPECT_EQ(FormatDuration(none), "?");
}

TEST(Units, CountsAndBytes) {
  EXPECT_EQ(FormatCount(12.14), "12.1");
  EXPECT_EQ(FormatCount(7), "7");
  EXPECT_EQ(FormatCount(7900), "7.9k");
  EXPECT_EQ(FormatCount(1.2e6), "1.20M");
  EXPECT_EQ(FormatBytes(512), "512 B");
  EXPECT_EQ(FormatBytes(2.1e6), "2.1 MB");
}

TEST(Units, Fingerprints) {
  EXPECT_EQ(HexFingerprint(0x2a), "000000000000002a");
  EXPECT_EQ(HexFingerprint(~uint64_t{0}), "ffffffffffffffff");
}

}  // namespace
}  // namespace sanerf
