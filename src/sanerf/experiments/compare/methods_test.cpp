#include "sanerf/experiments/compare/methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::experiments {
namespace {

using ::testing::HasSubstr;

TEST(Methods, AnUnknownOneIsRefused) {
  EXPECT_THAT(ErrorTextOf<UsageError>([] { FindMethod("sann", {}); }), HasSubstr("unknown method 'sann'"));
  EXPECT_THAT(ErrorTextOf<UsageError>([] { FindMethod("something else", {}); }),
              HasSubstr("there are: sanerf, vote, sam"));
}

}  // namespace
}  // namespace sanerf::experiments
