#include "sanerf/feature_container/view_agreement.h"

#include <gtest/gtest.h>

#include <set>

#include "sanerf/core/error.h"

namespace sanerf::feature_container {
namespace {

// Views before a wall 5 away, 40 pixels wide; in view 1 fog hides its left half. The third is not there.
class FoggyWall : public FeatureContainer {
 public:
  Camera WorkingCamera(int view_idx) const override {
    Camera camera;
    camera.width = camera.height = 40;
    camera.fx = camera.fy = 40;
    camera.cx = camera.cy = 20;
    camera.world_from_cam.translation = Vec3(0.25 * view_idx, 0, 0);
    return camera;
  }
  bool Has(int view_idx) const override { return view_idx != 2; }
  std::shared_ptr<const sam::SamFeatures> Features(int, const Job&) const override { return nullptr; }
  ImageF Depth(int view_idx, const Job&) const override {
    if (!Has(view_idx)) throw Error("not encoded");
    asked.insert(view_idx);
    ImageF depth(40, 40, 1, 5);
    for (int y = 0; y < 40 && view_idx == 1; ++y)
      for (int x = 0; x < 20; ++x) depth.At(x, y) = 2.5f;
    return depth;
  }
  ImageF Opacity(int, const Job&) const override { return ImageF(40, 40, 1, 1); }
  ImageF Rgb(int, const Job&) const override { return {}; }
  uint64_t ModelFingerprint() const override { return 0; }

  mutable std::set<int> asked;
};

TEST(ViewAgreement, OfTheViewsThatAreThereTheNearestAreAsked) {
  const FoggyWall container;
  const ImageF agreement = ViewAgreement(container, 1, {0, 1, 2, 3, 4}, {.neighbors = 2}, Job());
  EXPECT_EQ(agreement.At(10, 20), 0);
  EXPECT_EQ(agreement.At(30, 20), 1);
  EXPECT_EQ(container.asked, (std::set<int>{0, 1, 3}));
}

}  // namespace
}  // namespace sanerf::feature_container
