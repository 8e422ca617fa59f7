#include "sanerf/poses/sparse_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/poses/sparse_model_test_support.h"
#include "sanerf/scene/colmap_binary.h"

namespace sanerf::poses {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SparseModel SmallRing() { return RingModel({"b.jpg", "a.jpg", "c.jpg"}, {0, 1, 2}, 5); }

Vec3 CenterOf(const SparseImage& image) {
  return -(image.cam_from_world_rotation.conjugate() * image.cam_from_world_translation);
}

TEST(SparseModel, ComesBackAsItWas) {
  const TestFolder folder;
  const SparseModel model = SmallRing();
  WriteSparseModel(model, folder.path());
  const SparseModel back = ReadSparseModel(folder.path());
  EXPECT_THAT(back.ImageNames(), ElementsAre("a.jpg", "b.jpg", "c.jpg"));
  EXPECT_EQ(back.cameras.at(1).params, model.cameras.at(1).params);
  EXPECT_EQ(back.images.at(2).observations.size(), 121u);
  EXPECT_EQ(back.images.at(2).observations.back().point_id, Observation::kNone);
  EXPECT_EQ(back.points.at(7).track.size(), 3u);
  EXPECT_EQ(back.points.at(7).color, model.points.at(7).color);
  EXPECT_EQ(back.points.at(7).error, 0.5);
  const TestFolder again;
  WriteSparseModel(back, again.path());
  for (const char* file : {"cameras.bin", "images.bin", "points3D.bin"})
    EXPECT_EQ(ReadFile(folder / file), ReadFile(again / file)) << file;
}

// The reader of the room scene was written from COLMAP's description, independently.
TEST(SparseModel, IsReadByTheSceneReaderAlike) {
  const TestFolder folder;
  const SparseModel model = SmallRing();
  WriteSparseModel(model, folder.path());
  const scene::ColmapModel read = scene::ReadColmapBinary(folder.path());
  ASSERT_EQ(read.images.size(), 3u);
  EXPECT_EQ(read.images[0].name, "b.jpg");
  EXPECT_EQ(read.images[0].point_ids.size(), 120u);
  EXPECT_LT((read.images[1].cam_from_world_translation - model.images.at(2).cam_from_world_translation).norm(), 1e-15);
  EXPECT_LT((read.points.at(9) - model.points.at(9).position).norm(), 1e-15);
  EXPECT_EQ(read.cameras.at(1).model, "SIMPLE_RADIAL");
  EXPECT_EQ(read.cameras.at(1).width, 64);
}

TEST(SparseModel, TransformMovesCentersAsPointsAndKeepsPictures) {
  SparseModel model = SmallRing();
  const SparseModel before = model;
  const Similarity move{2.5, Eigen::AngleAxisd(0.7, Vec3(1, 2, -1).normalized()).toRotationMatrix(), Vec3(3, -4, 5)};
  Transform(move, &model);
  for (const auto& [id, image] : model.images) {
    EXPECT_LT((CenterOf(image) - move * CenterOf(before.images.at(id))).norm(), 1e-12);
    const SparseImage& old = before.images.at(id);
    for (const auto& [point_id, point] : model.points) {
      const Vec3 now = image.cam_from_world_rotation * point.position + image.cam_from_world_translation;
      const Vec3 then =
          old.cam_from_world_rotation * before.points.at(point_id).position + old.cam_from_world_translation;
      EXPECT_LT((now / now.z() - then / then.z()).norm(), 1e-12);
      EXPECT_NEAR(now.z(), 2.5 * then.z(), 1e-12);
    }
  }
}

TEST(SparseModel, BrokenFilesAreNamed) {
  const TestFolder folder;
  const auto error = [&] { return ErrorTextOf<Error>([&] { ReadSparseModel(folder.path()); }); };
  EXPECT_THAT(error(), HasSubstr("cameras.bin"));
  WriteSparseModel(SmallRing(), folder.path());
  for (const char* name : {"cameras.bin", "images.bin", "points3D.bin"}) {
    const std::string whole = ReadFile(folder / name);
    for (const size_t size : {size_t{0}, size_t{7}, size_t{8}, whole.size() / 2, whole.size() - 1}) {
      WriteFileAtomic(folder / name, whole.substr(0, size));
      EXPECT_THAT(error(), HasSubstr(name)) << size;
      EXPECT_THAT(error(), HasSubstr("truncated")) << size;
    }
    std::string countless = whole;
    for (int i = 0; i < 8; ++i) countless[size_t(i)] = '\xff';
    WriteFileAtomic(folder / name, countless);
    EXPECT_THAT(error(), HasSubstr("truncated"));
    WriteFileAtomic(folder / name, whole);
  }
  EXPECT_EQ(error(), "");
}

}  // namespace
}  // namespace sanerf::poses
