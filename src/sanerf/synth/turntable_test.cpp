#include "sanerf/synth/turntable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene_folder_test_support.h"
#include "sanerf/scene/still_background.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/synth/render.h"
#include "sanerf/synth/synth.h"
#include "sanerf/synth/world.h"

namespace sanerf::synth {
namespace {

constexpr SynthOptions kTurning{.views = 8, .size = 80, .seed = 1, .samples = 1, .turntable = true};

class TurntableTest : public scene::SceneFolderTest {
 protected:
  scene::Scene Written(const SynthOptions& options) {
    WriteSynthScene(root_ / "s", options, Job());
    return scene::LoadScene(root_ / "s", {}, Job());
  }
};

TEST_F(TurntableTest, TheRoomStandsStillInThePictureWhileTheCameraGoesAround) {
  const scene::Scene scene = Written(kTurning);
  ASSERT_EQ(scene.TrainViews().size(), 8u);
  const scene::View &a = scene.views[size_t(scene.TrainViews()[0])], &b = scene.views[size_t(scene.TrainViews()[2])];
  EXPECT_GT((a.camera.center() - b.camera.center()).norm(), 1.5) << "a quarter of a turn";
  EXPECT_NEAR(a.camera.center().norm(), b.camera.center().norm(), 1e-9);
  const ImageU8 photo_a = ReadImage(a.image_path), photo_b = ReadImage(b.image_path);
  const ImageU8 mask_a = scene::LoadViewMask(a), mask_b = scene::LoadViewMask(b);
  int64_t room = 0, same = 0, thing = 0, same_thing = 0;
  for (int64_t p = 0; p < photo_a.num_pixels(); ++p) {
    const bool is_same =
        std::equal(&photo_a.data[size_t(3 * p)], &photo_a.data[size_t(3 * p)] + 3, &photo_b.data[size_t(3 * p)]);
    const bool is_room = mask_a.data[size_t(p)] == 0 && mask_b.data[size_t(p)] == 0;
    (is_room ? room : thing) += 1;
    (is_room ? same : same_thing) += is_same;
  }
  EXPECT_GT(room, photo_a.num_pixels() / 4);
  EXPECT_GT(double(same), 0.8 * double(room)) << "but for shadows on the table";
  EXPECT_LT(double(same_thing), 0.2 * double(thing));
}

TEST_F(TurntableTest, MasksAndDepthAreThoseOfThePlatesFrame) {
  const scene::Scene scene = Written(kTurning);
  const SynthWorld world(kTurning.seed, /*turntable=*/true);  // nothing has turned: the frame of the files
  std::set<int> ids;
  int64_t agreed = 0, compared = 0;
  std::vector<SynthView> views;
  for (const scene::View& view : scene.views) views.push_back(RenderSynthView(view.camera, kTurning, Job()));
  for (size_t v = 0; v < views.size(); ++v) {
    const scene::View& view = scene.views[v];
    const ImageU8 stored = scene::LoadViewMask(view);
    int64_t others = 0;
    for (int64_t p = 0; p < stored.num_pixels(); ++p) others += stored.data[size_t(p)] != views[v].mask.data[size_t(p)];
    EXPECT_LE(others, stored.num_pixels() / 500) << view.name << ": rounding of the pose at outlines";
    const scene::View& next = scene.views[(v + 1) % views.size()];
    for (int y = 0; y < stored.height; ++y)
      for (int x = 0; x < stored.width; ++x) {
        const int id = views[v].mask.At(x, y);
        ids.insert(id);
        if (id == 0) continue;
        const Vec3 p = view.camera.Lift(Vec2(x + 0.5, y + 0.5), views[v].depth.At(x, y));
        for (const SynthObject& object : world.objects())
          if (object.id == id) {
            ASSERT_LT(std::abs(object.Distance(p)), 3e-4) << object.name;
          }
        const auto px = next.camera.Project(p);
        if (!px || !next.camera.Contains(*px)) continue;
        const SynthView& other = views[(v + 1) % views.size()];
        const int i = int(px->x()), j = int(px->y());
        if (std::abs(other.depth.At(i, j) - next.camera.ZDepth(p)) > 0.01) continue;
        ++compared;
        agreed += other.mask.At(i, j) == id;
      }
  }
  EXPECT_EQ(ids, (std::set<int>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_GT(compared, 2000);
  EXPECT_GT(double(agreed), 0.97 * double(compared));
}

// With pictures, not noise: half of it stands still here, next to nothing of the ordinary scene.
TEST_F(TurntableTest, IsFoundByWhatStandsStillAndTheOrdinarySceneIsNot) {
  SynthOptions options = kTurning;
  options.views = 16;
  const scene::StillBackground turning = scene::FindStillBackground(Written(options), 0, Job());
  EXPECT_TRUE(turning.IsTurntable()) << turning.share;
  ASSERT_EQ(turning.stands.size(), 1u);
  EXPECT_EQ(turning.stands[0].size(), 16u);
  options.turntable = false;
  const scene::StillBackground ordinary = scene::FindStillBackground(Written(options), 0, Job());
  EXPECT_LT(ordinary.share, 0.5 * scene::StillBackground::kTurntable);
}

TEST_F(TurntableTest, TheListOfInstancesHasThePlateOnceAndPromptsAreThere) {
  Written(kTurning);
  const Json instances = ReadJsonFile(root_ / "s/scene.json")["instances"];
  ASSERT_EQ(instances.size(), 7u);
  int plates = 0;
  for (const Json& instance : instances) plates += instance["id"] == SynthWorld::kTableId;
  EXPECT_EQ(plates, 1);
  EXPECT_GE(ReadJsonFile(root_ / "s/prompts.json")["objects"].size(), 2u);
}

TEST_F(TurntableTest, HeldOutPhotosAreBetweenTheOthersAndStandsTakeTurns) {
  SynthOptions options = kTurning;
  options.stands = 2;
  for (const int views : {2, 6, 10, 60, 66}) {
    options.views = views;
    const auto train = TurntableShots(views, false, options),
               test = TurntableShots(NumTestViews(options), true, options);
    double nearest = 1e9;
    for (const TurntableShot& a : train)
      for (const TurntableShot& b : test) nearest = std::min(nearest, std::abs(a.angle - b.angle) * views);
    EXPECT_NEAR(nearest, M_PI, 1e-9) << views;  // a step is 2 pi
    EXPECT_EQ(train[0].in_room.world_from_cam.translation == train[1].in_room.world_from_cam.translation, false);
  }
  const TurntableShot shot = TurntableShots(10, false, options)[3];
  const TurntableShot again = ShotOf(shot.OnPlate());
  EXPECT_NEAR((again.in_room.center() - shot.in_room.center()).norm(), 0, 1e-12);
}

}  // namespace
}  // namespace sanerf::synth
