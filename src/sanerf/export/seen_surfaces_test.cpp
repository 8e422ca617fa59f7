#include "sanerf/export/seen_surfaces.h"

#include <gtest/gtest.h>

#include "sanerf/export/export_test_support.h"

namespace sanerf::exports {
namespace {

using SeenTest = ExportTest;

TEST_F(SeenTest, WhatAPhotoShowsIsSeenAndWhatIsBehindItIsNot) {
  // One photo alone: what is behind its surfaces nobody has seen.
  const scene::Scene scene = Some({7});
  const Camera& camera = scene.views[0].camera;
  const SeenSurfaces seen(*nerf_, scene, Job());
  const ImageF depth = nerf_->Render(camera, Job()).depth;
  int64_t on = 0, found = 0, behind = 0, before = 0;
  for (int y = 2; y < 62; y += 3)
    for (int x = 2; x < 62; x += 3) {
      const double z = double(depth.At(x, y));
      if (z <= 0) continue;
      ++on;
      found += seen.Has(camera.Lift({x + 0.5, y + 0.5}, z));
      behind += seen.Has(camera.Lift({x + 0.5, y + 0.5}, 1.5 * z));
      before += seen.Has(camera.Lift({x + 0.5, y + 0.5}, 0.5 * z));
    }
  ASSERT_GT(on, 100);
  EXPECT_EQ(found, on);
  // Neighboring pixels may end elsewhere: a few on outlines.
  EXPECT_LT(double(behind), 0.05 * double(on));
  EXPECT_LT(double(before), 0.05 * double(on));
  EXPECT_FALSE(seen.Has(camera.Lift({-500, 20}, 1)));                     // beside the picture
  EXPECT_FALSE(seen.Has(camera.center() - camera.RayInWorld({32, 32})));  // behind the camera
}

}  // namespace
}  // namespace sanerf::exports
