#include "sanerf/feature_container/rendered_depth.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/nerf/foggy_field_test_support.h"

namespace sanerf::feature_container {
namespace {

using RenderedDepthTest = nerf::FoggyFieldTest;

// Maps of views 0 and 2, without depth.
class Maps : public FeatureContainer {
 public:
  explicit Maps(const scene::Scene& scene) : scene_(scene) {}
  Camera WorkingCamera(int view_idx) const override {
    return feature_container::WorkingCamera(scene_.views[size_t(view_idx)], 40);
  }
  bool Has(int view_idx) const override { return view_idx == 0 || view_idx == 2; }
  std::shared_ptr<const sam::SamFeatures> Features(int, const Job&) const override { return features; }
  ImageF Depth(int, const Job&) const override { throw Error("no depth is stored"); }
  ImageF Opacity(int, const Job&) const override { throw Error("no opacity is stored"); }
  ImageF Rgb(int view_idx, const Job&) const override { return ImageF(40, 40, 3, float(view_idx)); }
  uint64_t ModelFingerprint() const override { return 77; }

  const std::shared_ptr<const sam::SamFeatures> features = std::make_shared<const sam::SamFeatures>();

 private:
  const scene::Scene& scene_;
};

TEST_F(RenderedDepthTest, MapsAreTheOthersAndDepthIsTheFields) {
  const auto maps = std::make_shared<const Maps>(*scene_);
  const RenderedDepth container(maps, *nerf_);
  EXPECT_TRUE(container.Has(2));
  EXPECT_FALSE(container.Has(1));
  EXPECT_EQ(container.Features(2, Job()), maps->features);
  EXPECT_EQ(container.Rgb(2, Job()).data[0], 2.f);
  EXPECT_EQ(container.ModelFingerprint(), 77u);
  const nerf::RenderedView view = nerf_->Render(maps->WorkingCamera(2), Job());
  EXPECT_EQ(container.Depth(2, Job()).data, view.depth.data);
  EXPECT_EQ(container.Opacity(2, Job()).data, view.opacity.data);

  // Once: what is kept needs no second rendering, which a stopped job would refuse.
  StopSource stop;
  stop.RequestStop();
  const Job stopped = Job().With(stop.token());
  EXPECT_EQ(container.Depth(2, stopped).data, view.depth.data);
  EXPECT_THROW(container.Depth(0, stopped), InterruptedError);
  EXPECT_EQ(container.Depth(0, Job()).width, 40);
}

}  // namespace
}  // namespace sanerf::feature_container
