// Readers and frames on real captures: runs when SANERF_DATA names the folder that holds them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/still_background.h"
#include "sanerf/scene/view_mask_test_support.h"

namespace sanerf::scene {
namespace {
namespace fs = std::filesystem;

std::optional<fs::path> DataFolder(const std::string& scene) {
  const char* data = std::getenv("SANERF_DATA");
  if (!data || !fs::is_directory(fs::path(data) / scene)) return std::nullopt;
  return fs::path(data) / scene;
}

struct Expected {
  std::string name, format;
  int views, test_views, width, height, warnings;
  double smallest_extent, largest_extent;
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.name; }

class RealScene : public testing::TestWithParam<Expected> {};

TEST_P(RealScene, LoadsWithAFrameThatHoldsTheCameras) {
  const Expected& expected = GetParam();
  const auto folder = DataFolder(expected.name);
  if (!folder) GTEST_SKIP() << "SANERF_DATA is not set";
  const Scene scene = LoadScene(*folder, {}, Job());
  double nearest = 1e9, farthest = 0;
  int train_in_view = 0;
  for (const int i : scene.TrainViews()) {
    const Camera camera = scene.views[i].camera.In(scene.model_from_file);
    nearest = std::min(nearest, camera.center().norm());
    farthest = std::max(farthest, camera.center().norm());
    const auto px = camera.Project(Vec3::Zero());
    train_in_view += px && camera.Contains(*px);
  }
  const Vec3 focus = scene.model_from_file.Inverse() * Vec3::Zero();
  fmt::print("{:16} extent {:2} near {:.3f} scale {:.4f} focus ({:.2f}, {:.2f}, {:.2f}) cameras {:.2f}..{:.2f}  {}\n",
             expected.name, scene.extent, scene.near, scene.model_from_file.scale, focus.x(), focus.y(), focus.z(),
             nearest, farthest, scene.summary);
  for (const std::string& warning : scene.warnings) fmt::print("  warning: {}\n", warning);
  EXPECT_EQ(scene.format, expected.format);
  EXPECT_EQ(int(scene.views.size()), expected.views);
  EXPECT_EQ(int(scene.TestViews().size()), expected.test_views);
  EXPECT_EQ(scene.views[0].camera.width, expected.width);
  EXPECT_EQ(scene.views[0].camera.height, expected.height);
  EXPECT_EQ(int(scene.warnings.size()), expected.warnings);
  EXPECT_GE(scene.extent, expected.smallest_extent);
  EXPECT_LE(scene.extent, expected.largest_extent);
  EXPECT_GT(nearest, scene.near);
  EXPECT_GE(train_in_view, 0.9 * double(scene.TrainViews().size())) << "the cameras do not look at the model's center";
}

INSTANTIATE_TEST_SUITE_P(All, RealScene,
                         testing::Values(Expected{"ngp_fox", "instant-ngp", 50, 7, 1080, 1920, 1, 2, 8},
                                         Expected{"nerd_blowtorch", "instant-ngp", 67, 9, 848, 566, 0, 2, 16},
                                         Expected{"spin_statue", "instant-ngp", 29, 4, 504, 378, 0, 2, 16},
                                         Expected{"llff_fern", "llff", 20, 3, 504, 378, 0, 2, 8},
                                         Expected{"mip360_kitchen25", "colmap", 25, 4, 779, 520, 0, 2, 32},
                                         Expected{"blender_lego", "nerf-synthetic", 125, 25, 400, 400, 0, 1, 1},
                                         Expected{"kitchen_table", "nerf-synthetic", 72, 12, 400, 400, 0, 2, 4},
                                         Expected{"workshop_bench", "nerf-synthetic", 72, 12, 400, 400, 0, 2, 4},
                                         Expected{"lookalikes", "nerf-synthetic", 72, 12, 400, 400, 0, 2, 4},
                                         Expected{"shelf_front", "nerf-synthetic", 32, 12, 504, 378, 0, 2, 4},
                                         Expected{"juggling", "nerf-synthetic", 204, 12, 272, 272, 0, 2, 4}),
                         [](const auto& info) { return info.param.name; });

class TrueDepth : public testing::TestWithParam<const char*> {};

// The frame against exact depth: what is visible lies inside ±extent and beyond near, objects mostly inside [-1, 1]^3.
TEST_P(TrueDepth, FrameHoldsWhatIsVisible) {
  const auto folder = DataFolder(GetParam());
  if (!folder) GTEST_SKIP() << "SANERF_DATA is not set";
  const Scene scene = LoadScene(*folder, {}, Job());
  const double depth_scale = ReadJsonFile(*folder / "transforms_test.json")["integer_depth_scale"].get<double>();
  int64_t total = 0, held = 0, objects = 0, objects_inside = 0;
  double nearest = 1e9;
  for (const int i : scene.TestViews()) {
    const View& view = scene.views[i];
    const ImageU16 depth = ReadPng16(*folder / "test_depth" / fs::path(view.name).filename());
    const ImageU8 mask = LoadViewMask(view);
    for (int y = 0; y < depth.height; y += 2) {
      for (int x = 0; x < depth.width; x += 2) {
        if (depth.At(x, y) == 0) continue;
        const double z = depth.At(x, y) * depth_scale, z_model = z * scene.model_from_file.scale;
        const Vec3 p = scene.model_from_file * view.camera.Lift(Vec2(x + 0.5, y + 0.5), z);
        const double reach = p.cwiseAbs().maxCoeff();
        ++total;
        held += reach <= scene.extent && z_model >= scene.near;
        nearest = std::min(nearest, z_model);
        if (mask.At(x, y) < 2) continue;  // 0 and 1: background and what the objects stand on
        ++objects;
        objects_inside += reach <= 1;
      }
    }
  }
  fmt::print("{:16} visible surface held {:.4f}, objects inside [-1, 1]^3 {:.4f}, nearest {:.3f} (near {:.3f})\n",
             GetParam(), double(held) / double(total), double(objects_inside) / double(objects), nearest, scene.near);
  ASSERT_GT(objects, 1000);
  EXPECT_GE(double(held), 0.995 * double(total));
  EXPECT_GE(double(objects_inside), 0.9 * double(objects));
}

INSTANTIATE_TEST_SUITE_P(All, TrueDepth,
                         testing::Values("kitchen_table", "workshop_bench", "lookalikes", "shelf_front"),
                         [](const auto& info) { return std::string(info.param); });

class NoTurntable : public testing::TestWithParam<const char*> {};

TEST_P(NoTurntable, StandsStill) {
  const auto folder = DataFolder(GetParam());
  if (!folder) GTEST_SKIP() << "SANERF_DATA is not set";
  const StillBackground found = FindStillBackground(LoadScene(*folder, {}, Job()), 0, Job());
  fmt::print("{:16} still {:.4f} of its structure\n", GetParam(), found.share);
  EXPECT_LT(found.share, 0.5 * StillBackground::kTurntable);
}

INSTANTIATE_TEST_SUITE_P(All, NoTurntable,
                         testing::Values("ngp_fox", "nerd_blowtorch", "spin_statue", "llff_fern", "mip360_kitchen25",
                                         "kitchen_table", "workshop_bench", "lookalikes", "shelf_front", "juggling"),
                         [](const auto& info) { return std::string(info.param); });

TEST(RealScene, LegoObjectFillsTheModelBox) {
  const auto folder = DataFolder("blender_lego");
  if (!folder) GTEST_SKIP() << "SANERF_DATA is not set";
  const Scene scene = LoadScene(*folder, {}, Job());
  EXPECT_TRUE(scene.has_alpha);
  // The published bounds of the model: roughly x ±0.64, y ±1.14, z -0.45..1.03.
  const double length = 2.28 * scene.model_from_file.scale;
  EXPECT_GT(length, 1.4);
  EXPECT_LT(length, 2.0);
}

}  // namespace
}  // namespace sanerf::scene
