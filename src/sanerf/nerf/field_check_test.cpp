#include "sanerf/nerf/field_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"

namespace sanerf::nerf {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A held-out gray photo at x = 0; training photos at x = 1, a little brighter, and at x = 5, black.
class FieldCheck : public ::testing::Test {
 protected:
  FieldCheck() {
    Add("held_out.png", 0, 102, /*is_test=*/true);  // 0.4
    Add("near.png", 1, 128, false);                 // 0.5
    Add("far.png", 5, 0, false);
  }
  void Add(const std::string& name, double x, uint8_t gray, bool is_test) {
    scene::View view;
    view.name = name;
    view.image_path = folder_ / name;
    view.camera.width = 8, view.camera.height = 6;
    view.camera.fx = view.camera.fy = 8;
    view.camera.cx = 4, view.camera.cy = 3;
    view.camera.world_from_cam.translation.x() = x;
    view.is_test = is_test;
    WritePng(view.image_path, ImageU8(8, 6, 3, gray));
    scene_.views.push_back(view);
  }
  static ImageF Gray(const Camera& camera, float value) { return ImageF(camera.width, camera.height, 3, value); }

  TestFolder folder_;
  scene::Scene scene_;
};

TEST_F(FieldCheck, ComparesWithTheNearestPhotoAndItsColor) {
  const auto psnr = CompareWithTrivialPictures(scene_, [](const Camera& camera) { return Gray(camera, 0.41f); });
  ASSERT_TRUE(psnr.has_value());
  EXPECT_NEAR(psnr->field, 40, 0.1);                         // 0.01²
  EXPECT_NEAR(psnr->nearest_photo, 19.8, 0.1);               // (26 / 255)²
  EXPECT_NEAR(psnr->flat_color, psnr->nearest_photo, 1e-3);  // of one color itself
  EXPECT_FALSE(psnr->IsUseless());

  scene_.views[0].is_test = false;
  EXPECT_FALSE(CompareWithTrivialPictures(scene_, [](const Camera& camera) { return Gray(camera, 0); }));
}

// Half of the nearest photo is wrong by 1, so that the mean color is nearer to the truth.
TEST_F(FieldCheck, IsUselessWhenEitherTrivialPictureIsAsGood) {
  ImageU8 stripes(8, 6, 3, 0);
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 8 * 3; ++x) stripes.data[size_t(y * 8 * 3 + x)] = 255;
  WritePng(folder_ / "near.png", stripes);
  WritePng(folder_ / "held_out.png", ImageU8(8, 6, 3, 128));
  const auto shown = [&](float value) {
    return *CompareWithTrivialPictures(scene_, [&](const Camera& camera) { return Gray(camera, value); });
  };
  EXPECT_NEAR(shown(0).nearest_photo, 6.0, 0.1);  // 0.5²
  EXPECT_GT(shown(0).flat_color, 40);
  EXPECT_TRUE(shown(0.6f).IsUseless());  // 20 dB: better than the photo, not than the color
  EXPECT_FALSE(shown(128 / 255.0f).IsUseless());
}

TEST_F(FieldCheck, WarnsWithTheNumbersAndTheNextCommand) {
  scene_.root = "my photos";
  EventRecorder events;
  const Job job = Job().With(events);
  WarnIfUseless({20, 15, 12}, scene_, "sanerf train", job);
  EXPECT_THAT(events.Texts("warning"), IsEmpty());
  WarnIfUseless({14, 15, 12}, scene_, "sanerf train 'my photos' --out run", job);
  EXPECT_THAT(events.Texts("warning"), ElementsAre(AllOf(HasSubstr("14.0 dB"), HasSubstr("15.0"), HasSubstr("12.0"),
                                                         HasSubstr("sanerf info 'my photos'"),
                                                         HasSubstr("then: sanerf train 'my photos' --out run"))));
}

}  // namespace
}  // namespace sanerf::nerf
