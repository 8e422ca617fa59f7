#include "sanerf/segmentation/ignored_views.h"

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

class IgnoredViewsTest : public SessionTest {
 protected:
  // The scene with a mask at one of its training views, black on the left half.
  std::shared_ptr<scene::Scene> WithMaskAt(int view_idx, const std::filesystem::path& path) const {
    auto scene = std::make_shared<scene::Scene>(*shared_scene_);
    scene::View& view = scene->views[size_t(view_idx)];
    ImageU8 mask(view.camera.width, view.camera.height, 1, 255);
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width / 2; ++x) mask.At(x, y) = 0;
    WritePng(path, mask);
    view.ignored = {{path, /*where_black=*/true}};
    return scene;
  }
  SegmentationInput InputOf(std::shared_ptr<const scene::Scene> scene) const {
    return {scene, *nerf_, features_, sam_, scene->TrainViews()};
  }
};

TEST_F(IgnoredViewsTest, AreReadInTheOrderOfTheViews) {
  const std::vector<int> views = shared_scene_->TrainViews();
  const auto scene = WithMaskAt(views[1], *folder_ / "ignored.png");
  IgnoredViews ignored(InputOf(scene));
  const std::vector<ImageU8>& masks = ignored.Read(job_);
  ASSERT_EQ(masks.size(), views.size());
  for (size_t v = 0; v < masks.size(); ++v) EXPECT_EQ(masks[v].empty(), v != 1) << v;
  ASSERT_FALSE(masks[1].empty());
  EXPECT_EQ(masks[1].At(0, 3), 255);
  EXPECT_EQ(masks[1].At(masks[1].width - 1, 3), 0);
  std::filesystem::remove(*folder_ / "ignored.png");
  EXPECT_EQ(&ignored.Read(job_), &masks) << "they are read once";
  EXPECT_EQ(ignored.Read(job_)[1].At(0, 3), 255);
}

TEST_F(IgnoredViewsTest, AMaskThatIsGoneIsAnErrorWithItsName) {
  const auto scene = WithMaskAt(shared_scene_->TrainViews()[0], *folder_ / "gone.png");
  std::filesystem::remove(*folder_ / "gone.png");
  IgnoredViews ignored(InputOf(scene));
  EXPECT_THAT(ErrorTextOf<Error>([&] { ignored.Read(job_); }), testing::HasSubstr("gone.png"));
}

// SAM finds the ball everywhere; what lies under a mask is not held against the field, nor for it.
TEST_F(IgnoredViewsTest, NoRayOfAnIgnoredPixelIsSupervised) {
  const std::vector<int> views = shared_scene_->TrainViews();
  auto scene = std::make_shared<scene::Scene>(*shared_scene_);
  for (const int view_idx : views) {
    scene::View& view = scene->views[size_t(view_idx)];
    const std::filesystem::path path = *folder_ / ("all_" + std::to_string(view_idx) + ".png");
    WritePng(path, ImageU8(view.camera.width, view.camera.height, 1, 0));
    view.ignored = {{path, /*where_black=*/true}};
  }
  const auto iou_in = [&](std::shared_ptr<const scene::Scene> of) {
    Session session(InputOf(of), SegmentOptionsForTests());
    session.AddObject(Clicked("ball", kBallId));
    session.Update(job_);
    session.Step(60, job_);
    return Iou(*session.Snapshot(job_).model, {kBallId});
  };
  EXPECT_GT(iou_in(shared_scene_), 0.8);
  // Nothing is left to learn from: an error, or a field that knows nothing.
  double all_ignored = 0;
  try {
    all_ignored = iou_in(scene);
  } catch (const Error&) {
  }
  EXPECT_LT(all_ignored, 0.3);
}

}  // namespace
}  // namespace sanerf::segmentation
