#include "sanerf/pipeline/render_stage.h"

#include <gtest/gtest.h>

namespace sanerf::pipeline {
namespace {

TEST(FrameBytes, CountEveryPixel) {
  EXPECT_DOUBLE_EQ(FrameBytes(200, 100, false), 200 * 100 * 44);
  EXPECT_GT(FrameBytes(200, 100, true), FrameBytes(200, 100, false));
}

}  // namespace
}  // namespace sanerf::pipeline
