#include "sanerf/export/background.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/export/export_test_support.h"
#include "sanerf/export/seen_surfaces.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

using Background = ExportTest;

TEST_F(Background, OnlyWhereTheObjectWasAnythingChangesAndHolesAreOpen) {
  const Camera& camera = scene_->views[0].camera;
  const BackgroundPicture picture = BackgroundOf(Input(*scene_), camera, SeenSurfaces(*nerf_, *scene_, Job()), Job());
  const ImageU8 mask = Rendered(camera, 1), whole = ToU8(nerf_->Render(camera, Job()).rgb);
  int64_t object = 0, filled = 0, far_away = 0, same = 0;
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x) {
      const bool is_hole = picture.holes.At(x, y) == 255;
      ASSERT_EQ(picture.rgba.At(x, y, 3), is_hole ? 0 : 255);
      bool is_near = false;
      for (int v = std::max(0, y - 2); v <= std::min(63, y + 2); ++v)
        for (int u = std::max(0, x - 2); u <= std::min(63, x + 2); ++u) is_near |= mask.At(u, v) != 0;
      if (!is_near) {
        ASSERT_FALSE(is_hole) << x << " " << y;
        ++far_away;
        int most = 0;
        for (int c = 0; c < 3; ++c) most = std::max(most, std::abs(picture.rgba.At(x, y, c) - whole.At(x, y, c)));
        same += most <= 25;
      }
      object += mask.At(x, y) != 0;
      filled += mask.At(x, y) != 0 && !is_hole;
    }
  ASSERT_GT(object, 50);
  EXPECT_GT(double(same), 0.9 * double(far_away));
  EXPECT_GT(filled, 0);  // other photos look behind it
}

// With one photo nobody knows what is behind the object: all of it is open.
TEST_F(Background, WhatNobodySawIsAHole) {
  const scene::Scene scene = Some({0});
  const Camera& camera = scene.views[0].camera;
  const BackgroundPicture picture = BackgroundOf(Input(scene), camera, SeenSurfaces(*nerf_, scene, Job()), Job());
  const ImageU8 mask = Rendered(camera, 1);
  int64_t object = 0, open = 0;
  for (size_t i = 0; i < mask.data.size(); ++i) {
    object += mask.data[i] != 0;
    open += mask.data[i] != 0 && picture.holes.data[i] != 0;
  }
  EXPECT_GT(double(open), 0.6 * double(object));
}

TEST_F(Background, IsWrittenBesideItsHoles) {
  const scene::Scene scene = Some({0, 1});
  const std::vector<ExportedFile> files = WriteBackgrounds(Input(scene), {}, out_.path(), Job());
  ASSERT_EQ(files.size(), 2u);
  const std::string name = fs::path(scene.views[0].name).filename().string();
  EXPECT_EQ(ReadImageInfo(out_ / "background" / name).channels, 4);
  EXPECT_EQ(ReadImageInfo(out_ / "holes" / name).channels, 1);
  const scene::Scene away = LookingAway(scene);
  EXPECT_THAT(ErrorTextOf<Error>([&] { WriteBackgrounds(Input(away), {}, out_ / "away", Job()); }),
              HasSubstr("the object 'box' is empty"));
}

}  // namespace
}  // namespace sanerf::exports
