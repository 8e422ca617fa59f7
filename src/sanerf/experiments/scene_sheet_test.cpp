#include "sanerf/experiments/scene_sheet.h"

#include <gmock/gmock.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/experiments/plan_view.h"

namespace sanerf::experiments {
namespace {

using testing::HasSubstr;

// Cameras on a ring around the origin of which the first looks from +x; every 4th is held out.
scene::Scene RingOfPhotos(const std::filesystem::path& folder, int count) {
  scene::Scene scene;
  scene.summary = "photos on a ring";
  for (int i = 0; i < count; ++i) {
    scene::View view;
    view.name = "photo " + std::to_string(i) + ".png";
    view.image_path = folder / view.name;
    WritePng(view.image_path, ImageU8(40, 30, 3, 120));
    view.camera.width = 40, view.camera.height = 30;
    view.camera.fx = view.camera.fy = 40, view.camera.cx = 20, view.camera.cy = 15;
    const double angle = 2 * M_PI * i / count;
    view.camera.world_from_cam = LookAt({std::cos(angle), std::sin(angle), 0.5}, Vec3::Zero());
    view.is_test = i % 4 == 0;
    scene.views.push_back(view);
  }
  return scene;
}

// How many pixels near a place have about this color.
int CountNear(const ImageU8& picture, double x, double y, bool is_orange) {
  int count = 0;
  for (int v = int(y) - 5; v <= int(y) + 5; ++v)
    for (int u = int(x) - 5; u <= int(x) + 5; ++u) {
      const uint8_t* p = picture.Pixel(u, v);
      count += is_orange ? p[0] > 200 && p[2] < 60 : p[2] > 180 && p[0] < 60;
    }
  return count;
}

TEST(PlanView, CamerasAreWhereTheyStand) {
  const TestFolder folder;
  const scene::Scene scene = RingOfPhotos(folder.path(), 8);
  const ImageU8 plan = DrawPlan(scene, 400);
  ASSERT_EQ(plan.width, 800);
  ASSERT_EQ(plan.height, 400);
  // The ring of radius 1 with a quarter of room around it: 1.25 model units are 190 pixels.
  const double unit = 190 / 1.25;
  EXPECT_GT(CountNear(plan, 200 + unit, 200, /*is_orange=*/true), 20) << "photo 0, held out, at +x";
  EXPECT_GT(CountNear(plan, 200, 200 - unit, /*is_orange=*/false), 20) << "photo 2 at +y, upwards";
  EXPECT_GT(CountNear(plan, 600 + unit, 200 - 0.5 * unit, /*is_orange=*/true), 20) << "photo 0 from the side";
  EXPECT_EQ(CountNear(plan, 200, 200, true) + CountNear(plan, 200, 200, false), 0) << "nobody stands in the middle";
}

TEST(SceneSheet, BrokenDarkAndIgnored) {
  const TestFolder folder;
  scene::Scene scene = RingOfPhotos(folder.path(), 8);
  WritePng(scene.views[2].image_path, ImageU8(40, 30, 3, 40));
  std::filesystem::resize_file(scene.views[5].image_path, 40);
  ImageU8 mask(40, 30, 1);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 20; ++x) mask.At(x, y) = 255;
  WritePng(folder / "mask.png", mask);
  scene.views[1].ignored = {{folder / "mask.png", /*where_black=*/false}};
  const SceneSheet sheet = LookAtPhotos(scene, 4, Job());
  ASSERT_EQ(sheet.photos.size(), 8u);
  EXPECT_EQ(std::count_if(sheet.photos.begin(), sheet.photos.end(), [](const auto& p) { return !p.picture.empty(); }),
            4);
  const SceneSheet all = LookAtPhotos(scene, 0, Job());
  const ImageU8& ignoring = all.photos[1].picture;
  EXPECT_GT(ignoring.At(2, 5, 0), 180);
  EXPECT_LT(ignoring.At(2, 5, 1), 60);
  EXPECT_EQ(ignoring.At(ignoring.width - 3, 5, 0), 120);
  const std::vector<scene::Oddity> oddities = OdditiesOf(sheet, scene);
  ASSERT_EQ(oddities.size(), 2u);
  EXPECT_THAT(oddities[0].what, HasSubstr("1 photo cannot be used: cannot read image "));
  EXPECT_THAT(oddities[1].what, HasSubstr("photo 2.png (darker)"));
  EXPECT_THAT(oddities[1].advice, HasSubstr("nerf.appearance=gain"));
  const ImageU8 picture = ToPicture(all, scene);
  EXPECT_EQ(picture.channels, 3);
  EXPECT_GT(picture.height, picture.width / 2);
}

}  // namespace
}  // namespace sanerf::experiments
