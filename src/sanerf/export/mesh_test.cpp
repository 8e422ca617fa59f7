// Meshes of exactly known views of the procedural scene against its surfaces, and of a field that was trained quickly.
#include "sanerf/export/mesh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/export/mesh_test_support.h"
#include "sanerf/export/points.h"
#include "sanerf/export/voxels.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/synth/render.h"

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

// All around and above the object, exact depth and masks.
std::vector<SurfaceView> ExactViews(const synth::SynthWorld& world, const synth::SynthObject& object, int count) {
  std::vector<SurfaceView> views;
  for (int i = 0; i < count; ++i) {
    const double around = 2.39996 * i, up = 0.2 + 1.0 * ((i * 7) % count) / count;
    const Vec3 at = object.ball_center();
    SurfaceView view;
    view.view_idx = i;
    view.camera.width = view.camera.height = 160;
    view.camera.fx = view.camera.fy = 160 * 1.3 / (2.4 * object.shape->ball_radius);
    view.camera.cx = view.camera.cy = 80;
    view.camera.world_from_cam =
        LookAt(at + 1.3 * Vec3(std::cos(around) * std::cos(up), std::sin(around) * std::cos(up), std::sin(up)), at);
    view.pixels = {0, 0, 160, 160};
    synth::SynthView picture = synth::RenderSynthView(world, view.camera, 1, Job());
    view.depth = std::move(picture.depth);
    view.is_subject = std::move(picture.mask);
    for (uint8_t& id : view.is_subject.data) id = id == object.id;
    view.coarse_camera = view.camera;
    view.coarse_depth = view.depth;
    views.push_back(std::move(view));
  }
  return views;
}

TEST(MeshOfViews, LiesOnTheObjectsOfTheProceduralScene) {
  const synth::SynthWorld world(1);
  MeshOptions options;
  options.resolution = 128;
  options.faces = 20'000;
  for (const synth::SynthObject& object : world.objects()) {
    const Mesh mesh = MeshOfViews(ExactViews(world, object, 40), options, Job());
    ASSERT_FALSE(mesh.faces.empty()) << object.name;
    EXPECT_LE(mesh.faces.size(), 20'000u);
    EXPECT_EQ(WhyNotClosed(mesh.faces), "") << object.name;
    const double size = 2 * object.shape->ball_radius;
    const SurfaceError error = ErrorOf(mesh.positions, mesh.faces, [&](const Vec3& p) { return object.Distance(p); });
    EXPECT_LT(error.mean, 0.01 * size) << object.name;
    EXPECT_LT(error.percentile_95, 0.03 * size) << object.name;
  }
}

// In the coordinates of the Earth the same, moved: nothing is lost to single precision.
TEST(MeshOfViews, KeepsLargeCoordinates) {
  const synth::SynthWorld world(1);
  const synth::SynthObject& object = world.objects()[1];
  std::vector<SurfaceView> views = ExactViews(world, object, 16);
  MeshOptions options;
  options.resolution = 48;
  const Mesh mesh = MeshOfViews(views, options, Job());
  const Vec3 far(500'000, 4'200'000, 100);
  for (SurfaceView& view : views) {
    view.camera.world_from_cam.translation += far;
    view.coarse_camera.world_from_cam.translation += far;
  }
  const Mesh moved = MeshOfViews(views, options, Job());
  const Box here = BoundsOf(mesh.positions), there = BoundsOf(moved.positions);
  EXPECT_LT((there.min - far - here.min).norm(), 2e-3);
  EXPECT_LT((there.max - far - here.max).norm(), 2e-3);
}

class MeshTest : public mask_aggregator::AggregatorTest {
 protected:
  static const mask_aggregator::ObjectModel& Objects() {
    static const mask_aggregator::ObjectModel objects =
        mask_aggregator::TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
    return objects;
  }
  static MeshOptions SmallOptions() {
    MeshOptions options;
    options.resolution = 48;
    options.faces = 3000;
    options.texture = 256;
    options.view_size = 96;
    return options;
  }
  // Its cameras look up and away from everything.
  static scene::Scene LookingAway() {
    scene::Scene scene = *scene_;
    for (scene::View& view : scene.views)
      view.camera.world_from_cam =
          LookAt(view.camera.center(), view.camera.center() + Vec3(0, 0, 100) + 100 * view.camera.center());
    return scene;
  }
};

TEST_F(MeshTest, OfAFieldHasAllThatIsWrittenAndTheSameBytesOnAnyThreads) {
  SetNumThreads(2);
  const Mesh mesh = ExtractMesh(*nerf_, &Objects(), 1, *scene_, SmallOptions(), Job());
  EXPECT_EQ(WhyNotClosed(mesh.faces), "");
  EXPECT_LE(mesh.faces.size(), 3000u);
  EXPECT_GT(VolumeOf(mesh.positions, mesh.faces), 0);
  ASSERT_EQ(mesh.normals.size(), mesh.positions.size());
  ASSERT_EQ(mesh.colors.size(), mesh.positions.size());
  ASSERT_EQ(mesh.probabilities.size(), mesh.positions.size());
  ASSERT_EQ(mesh.uv.size(), mesh.faces.size());
  EXPECT_EQ(mesh.texture.width, 256);
  for (const Vec3f& normal : mesh.normals) ASSERT_NEAR(normal.norm(), 1, 1e-4f);
  for (const auto& corners : mesh.uv)
    for (const Vec2f& uv : corners) ASSERT_TRUE(uv.minCoeff() >= 0 && uv.maxCoeff() <= 1);

  SetNumThreads(1);
  const Mesh again = ExtractMesh(*nerf_, &Objects(), 1, *scene_, SmallOptions(), Job());
  EXPECT_EQ(again.faces, mesh.faces);
  EXPECT_EQ(again.colors, mesh.colors);
  EXPECT_EQ(again.texture.data, mesh.texture.data);
  ASSERT_EQ(again.positions.size(), mesh.positions.size());
  for (size_t i = 0; i < mesh.positions.size(); ++i) ASSERT_EQ(again.positions[i], mesh.positions[i]);
}

// The field is coarse (64 x 64 pixels, 500 steps): the object's surface is found to a twentieth of its size.
TEST_F(MeshTest, OfAFieldLiesNearTheTrueSurface) {
  const synth::SynthWorld world(synth::SynthOptions().seed);
  const Mesh mesh = ExtractMesh(*nerf_, &Objects(), 1, *scene_, SmallOptions(), Job());
  const synth::SynthObject& box = world.objects()[0];
  ASSERT_EQ(box.id, 2);
  EXPECT_LT(ErrorOf(mesh.positions, mesh.faces, [&](const Vec3& p) { return box.Distance(p); }).mean,
            0.05 * 2 * box.shape->ball_radius);
}

TEST_F(MeshTest, WithoutSurfaceOrWithOddOptionsSaysWhatToDo) {
  const scene::Scene away = LookingAway();
  EXPECT_THAT(ErrorTextOf<Error>([&] { ExtractMesh(*nerf_, &Objects(), 1, away, SmallOptions(), Job()); }),
              HasSubstr("there is no surface to make a mesh of: no photo shows object 1\nlook at its masks"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { MakeVoxels(*nerf_, &Objects(), 1, away, {}, Job()); }),
              HasSubstr("there is nothing to fill voxels with: no photo shows object 1"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { MakePoints(*nerf_, &Objects(), {1}, away, {}, Job()); }),
              HasSubstr("there are no points to write"));
  MeshOptions options;
  options.faces = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ExtractMesh(*nerf_, &Objects(), 1, *scene_, options, Job()); }),
              HasSubstr("mesh.faces=0"));
  options = MeshOptions();
  options.resolution = 100'000;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ExtractMesh(*nerf_, &Objects(), 1, *scene_, options, Job()); }),
              HasSubstr("mesh.resolution=100000"));
}

TEST_F(MeshTest, Stops) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(ExtractMesh(*nerf_, &Objects(), 1, *scene_, SmallOptions(), Job().With(stop.token())), InterruptedError);
}

TEST_F(MeshTest, PointsOfAnObjectAreNearItAndHaveNormals) {
  PointOptions options;
  options.count = 2000;
  const PointSet set = MakePoints(*nerf_, &Objects(), {1}, *scene_, options, Job());
  ASSERT_GT(set.points.size(), 200u);
  ASSERT_LE(set.points.size(), 2000u);
  const synth::SynthWorld world(synth::SynthOptions().seed);
  double sum = 0;
  for (size_t i = 0; i < set.points.size(); ++i) {
    ASSERT_NEAR(set.normals[i].norm(), 1, 1e-4f);
    ASSERT_EQ(set.labels[i], 1);
    ASSERT_GE(set.probabilities[i], 0.5f);
    sum += std::abs(world.objects()[0].Distance(set.points[i]));
  }
  EXPECT_LT(sum / double(set.points.size()), 0.05 * 2 * world.objects()[0].shape->ball_radius);
}

TEST_F(MeshTest, VoxelsAreWhereTheObjectIs) {
  VoxelOptions options;
  options.resolution = 24;
  const synth::SynthWorld world(synth::SynthOptions().seed);
  const VoxelGrid density = MakeVoxels(*nerf_, &Objects(), 1, *scene_, options, Job());
  options.value = VoxelValue::kSolid;
  const VoxelGrid solid = MakeVoxels(*nerf_, &Objects(), 1, *scene_, options, Job());
  ASSERT_EQ(solid.values.size(), size_t(solid.place.num_corners()));
  double inside = 0, right = 0, far_density = 0, near_density = 0;
  for (int z = 0; z < solid.place.size[2]; ++z)
    for (int y = 0; y < solid.place.size[1]; ++y)
      for (int x = 0; x < solid.place.size[0]; ++x) {
        const double distance = world.objects()[0].Distance(solid.place.At(x, y, z));
        const float value = solid.values[solid.place.Index(x, y, z)];
        ASSERT_TRUE(value == 0 || value == 1);
        if (value == 1) inside += 1, right += distance < 2 * solid.place.spacing;
        (distance > 3 * solid.place.spacing ? far_density : near_density) +=
            density.values[density.place.Index(x, y, z)];
      }
  EXPECT_GT(inside, 50);
  EXPECT_GT(right, 0.9 * inside);
  EXPECT_GT(near_density, far_density);
}

}  // namespace
}  // namespace sanerf::exports
