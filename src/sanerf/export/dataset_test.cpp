#include "sanerf/export/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/orientation.h"
#include "sanerf/export/export_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Dataset = ExportTest;

TEST_F(Dataset, WhiteIsWhatIsKept) {
  const scene::Scene scene = Some({0, 1, 2});
  for (const Keep keep : {Keep::kObject, Keep::kRest}) {
    PhotoOptions options;
    options.keep = keep;
    const fs::path folder = out_ / (keep == Keep::kObject ? "object" : "rest");
    const std::vector<DatasetPhoto> set =
        WriteDatasetPictures(Input(scene), options, MaskNames::kInsteadOfEnding, folder, Job());
    ASSERT_EQ(set.size(), 3u);
    for (const DatasetPhoto& photo : set) {
      const ImageU8 rendered = Rendered(scene.views[size_t(photo.view)].camera, 1);
      const ImageU8 mask = ReadImage(folder / "masks" / photo.mask);
      for (size_t i = 0; i < mask.data.size(); ++i)
        ASSERT_EQ(mask.data[i], (rendered.data[i] != 0) == (keep == Keep::kObject) ? 255 : 0);
    }
  }
}

TEST_F(Dataset, WhatTheSceneIgnoresIsBlackToo) {
  scene::Scene scene = Some({0});
  ImageU8 ignore(64, 64, 1, 255);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 10; ++x) ignore.At(x, y) = 0;
  WritePng(out_ / "ignore.png", ignore);
  scene.views[0].ignored.push_back({out_ / "ignore.png", true});
  PhotoOptions options;
  options.keep = Keep::kRest;
  const std::vector<DatasetPhoto> set =
      WriteDatasetPictures(Input(scene), options, MaskNames::kInsteadOfEnding, out_ / "set", Job());
  const ImageU8 mask = ReadImage(out_ / "set" / "masks" / set[0].mask);
  for (int y = 0; y < 64; ++y) ASSERT_EQ(mask.At(5, y), 0);
  EXPECT_GT(NumSet(mask), 1000);
}

TEST_F(Dataset, PhotosAreTheSameFileOrACopy) {
  const scene::Scene scene = Some({0, 1});
  PhotoOptions options;
  WriteDatasetPictures(Input(scene), options, MaskNames::kBehindEnding, out_ / "linked", Job());
  options.photos = Photos::kCopy;
  const std::vector<DatasetPhoto> set =
      WriteDatasetPictures(Input(scene), options, MaskNames::kBehindEnding, out_ / "copied", Job());
  for (const DatasetPhoto& photo : set) {
    const fs::path original = scene.views[size_t(photo.view)].image_path;
    EXPECT_TRUE(fs::equivalent(out_ / "linked" / "images" / photo.photo, original));
    EXPECT_FALSE(fs::equivalent(out_ / "copied" / "images" / photo.photo, original));
    EXPECT_EQ(ReadFile(out_ / "copied" / "images" / photo.photo), ReadFile(original));
    EXPECT_EQ(photo.mask, photo.photo + ".png");
  }
}

// A point that the upright camera sees at a pixel is where the file has that pixel.
TEST_F(Dataset, CamerasBelongToThePixelsAsStored) {
  scene::View view = scene_->views[0];
  view.camera.height = 48;
  view.camera.lens = Lens::Radial(-0.1, 0.02, 0.003, -0.004);
  for (const int orientation : {1, 3, 6, 8}) {
    view.orientation = orientation;
    const Camera stored = CameraAsStored(view);
    ImageU8 upright(64, 48, 2);  // each pixel holds its place
    for (int y = 0; y < 48; ++y)
      for (int x = 0; x < 64; ++x) {
        upright.At(x, y, 0) = uint8_t(x);
        upright.At(x, y, 1) = uint8_t(y);
      }
    const ImageU8 in_file = AsStored(upright, orientation);
    ASSERT_EQ(stored.width, in_file.width);
    ASSERT_EQ(stored.height, in_file.height);
    for (const Vec2& px : {Vec2(10.5, 20.5), Vec2(40.5, 7.5), Vec2(33.5, 44.5)}) {
      const Vec3 p = view.camera.Lift(px, 3);
      const auto there = stored.Project(p);
      ASSERT_TRUE(there);
      const uint8_t* pixel = in_file.Pixel(int(there->x()), int(there->y()));
      EXPECT_EQ(pixel[0], int(px.x())) << orientation;
      EXPECT_EQ(pixel[1], int(px.y())) << orientation;
    }
  }
  view.orientation = 5;
  EXPECT_THAT(ErrorTextOf<Error>([&] { CameraAsStored(view); }), HasSubstr("its file is mirrored"));
}

TEST_F(Dataset, PhotosWithoutAnythingToLookAtAreLeftOutAndNamed) {
  scene::Scene scene = Some({0, 1, 2});
  scene.views[1] = LookingAway(Some({1})).views[0];
  EventRecorder recorder;
  const std::vector<DatasetPhoto> set =
      WriteDatasetPictures(Input(scene), {}, MaskNames::kInsteadOfEnding, out_.path(), Job().With(recorder));
  EXPECT_EQ(set.size(), 2u);
  EXPECT_THAT(recorder.Texts("info"),
              ElementsAre(HasSubstr("1 photo in which nothing would be looked at: " + scene.views[1].name)));
}

TEST_F(Dataset, PointsLieOnWhatIsKept) {
  PhotoOptions options;
  options.points = 4000;
  const PointCloud object = DatasetPoints(Input(*scene_), options, Job());
  options.keep = Keep::kRest;
  const PointCloud rest = DatasetPoints(Input(*scene_), options, Job());
  ASSERT_GT(object.points.size(), 30u);
  EXPECT_GT(rest.points.size(), object.points.size());
  const std::vector<float> of_object = field_->ProbabilitiesAt(object.points, Job());
  for (size_t i = 0; i < object.points.size(); ++i) EXPECT_GE(of_object[3 * i + 1], of_object[3 * i]);
  options.points = 0;
  EXPECT_TRUE(DatasetPoints(Input(*scene_), options, Job()).points.empty());
}

// Read from the header's own words: offsets follow from the properties.
TEST(PointsPly, KeepsLargeCoordinates) {
  const TestFolder folder;
  PointCloud cloud;
  cloud.points = {{500'000.123456, 5'400'000.654321, 300.5}, {-1, 2, -3}};
  cloud.colors = {{1, 2, 3}, {250, 128, 0}};
  WritePointsPly(cloud, folder / "a.ply");
  const std::string bytes = ReadFile(folder / "a.ply");
  const size_t end = bytes.find("end_header\n") + 11;
  EXPECT_THAT(bytes.substr(0, end), HasSubstr("element vertex 2\n"));
  ASSERT_EQ(bytes.size(), end + 2 * 27);
  for (size_t i = 0; i < 2; ++i) {
    for (int a = 0; a < 3; ++a) {
      double value = 0;
      std::memcpy(&value, bytes.data() + end + 27 * i + 8 * size_t(a), 8);
      EXPECT_EQ(value, cloud.points[i][a]);
    }
    for (size_t c = 0; c < 3; ++c) EXPECT_EQ(uint8_t(bytes[end + 27 * i + 24 + c]), cloud.colors[i][c]);
  }
}

}  // namespace
}  // namespace sanerf::exports
