#include "sanerf/export/layer_writer.h"

#include <gtest/gtest.h>

namespace sanerf::exports {
namespace {

TEST(FrameBytes, CountEveryPixel) {
  EXPECT_DOUBLE_EQ(FrameBytes(200, 100, false, false), 200 * 100 * 44);
  EXPECT_GT(FrameBytes(200, 100, true, false), FrameBytes(200, 100, false, false));
  EXPECT_GT(FrameBytes(200, 100, true, true), 2 * FrameBytes(200, 100, true, false));
}

}  // namespace
}  // namespace sanerf::exports
