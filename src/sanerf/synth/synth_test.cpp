#include "sanerf/synth/synth.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/render.h"
#include "sanerf/synth/world.h"

namespace sanerf::synth {
namespace {
namespace fs = std::filesystem;

constexpr SynthOptions kSmall{.views = 6, .size = 64, .seed = 1, .samples = 4};

class SynthTest : public scene::SceneFolderTest {
 protected:
  // All files of a folder with their bytes.
  static std::map<std::string, std::string> Contents(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().lexically_relative(folder).string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return files;
  }
  static int NumEntries(const fs::path& folder) {
    return int(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
};

TEST_F(SynthTest, FolderLoadsAsAScene) {
  WriteSynthScene(root_ / "s", kSmall, Job());
  const scene::Scene scene = scene::LoadScene(root_ / "s", {}, Job());
  EXPECT_EQ(scene.format, "nerf-synthetic");
  EXPECT_EQ(scene.TrainViews().size(), 6u);
  EXPECT_EQ(scene.TestViews().size(), 1u);
  EXPECT_TRUE(scene.warnings.empty());
  EXPECT_EQ(scene.extent, 2);
  EXPECT_TRUE(scene.model_from_file.rotation.isIdentity());
  for (const scene::View& view : scene.views) {
    EXPECT_EQ(scene::LoadViewMask(view).width, 64);
    EXPECT_EQ(LoadViewImage(view).channels, 3);
    const Camera camera = view.camera.In(scene.model_from_file);
    EXPECT_LT(camera.center().norm(), 1.2);
  }
  EXPECT_EQ(NumEntries(root_), 1) << "no temporary folder stays";
}

TEST_F(SynthTest, AWalkGoesAroundInSmallSteps) {
  SynthOptions options{.views = 24, .path = SynthPath::kWalk, .size = 16, .seed = 2, .samples = 1};
  WriteSynthScene(root_ / "s", options, Job());
  const scene::Scene scene = scene::LoadScene(root_ / "s", {}, Job());
  const std::vector<int> train = scene.TrainViews();
  ASSERT_EQ(train.size(), 24u);
  Vec3 sum = Vec3::Zero();
  for (size_t i = 0; i < train.size(); ++i) {
    const Vec3 here = scene.views[size_t(train[i])].camera.center(),
               next = scene.views[size_t(train[(i + 1) % train.size()])].camera.center();
    EXPECT_LT((here - next).norm(), 0.8) << i;  // a 24th of a round of radius 2 is 0.52
    sum += here;
  }
  EXPECT_LT(sum.head<2>().norm() / 24, 0.2) << "all around";
}

TEST_F(SynthTest, MaskDepthAndProjectionAgreeBetweenViews) {
  SynthOptions options = kSmall;
  options.size = 120;
  options.samples = 1;
  WriteSynthScene(root_ / "s", options, Job());
  const scene::Scene scene = scene::LoadScene(root_ / "s", {}, Job());
  const SynthWorld world(options.seed);
  std::vector<SynthView> views;
  for (int i = 0; i < 3; ++i) views.push_back(RenderSynthView(scene.views[i].camera, options, Job()));
  EXPECT_EQ(views[1].mask.data, scene::LoadViewMask(scene.views[1]).data)
      << "the file's camera reproduces the file's mask";

  int64_t compared = 0, agreed = 0;
  for (int a = 0; a < 3; ++a) {
    for (int y = 0; y < 120; ++y) {
      for (int x = 0; x < 120; ++x) {
        const int id = views[a].mask.At(x, y);
        const Vec3 p = scene.views[a].camera.Lift(Vec2(x + 0.5, y + 0.5), views[a].depth.At(x, y));
        for (const SynthObject& object : world.objects()) {
          const double distance = object.Distance(p);
          EXPECT_GT(distance, -2e-4);
          if (object.id == id) {
            EXPECT_LT(distance, 2e-4);
          }
        }
        if (id == SynthWorld::kTableId) {
          EXPECT_LT(p.z(), 1e-4);
        }
        // Seen from another camera: same depth means visible there, and then it is the same instance.
        const int b = (a + 1) % 3;
        const Camera& other = scene.views[b].camera;
        const auto px = other.Project(p);
        if (!px || !other.Contains(*px)) continue;
        const int u = int(px->x()), v = int(px->y());
        if (std::abs(views[b].depth.At(u, v) - other.ZDepth(p)) > 0.01) continue;
        ++compared;
        agreed += views[b].mask.At(u, v) == id;
      }
    }
  }
  EXPECT_GT(compared, 5000);
  EXPECT_GT(double(agreed), 0.985 * double(compared)) << "differences only at outlines, where a pixel is a coin toss";
}

TEST_F(SynthTest, DepthFilesHoldTheRenderedDepth) {
  WriteSynthScene(root_ / "s", kSmall, Job());
  const scene::Scene scene = scene::LoadScene(root_ / "s", {}, Job());
  const scene::View& view = scene.views[scene.TestViews()[0]];
  const ImageU16 stored = ReadPng16(root_ / "s/test_depth/000.png");
  const double scale = ReadJsonFile(root_ / "s/transforms_test.json")["integer_depth_scale"].get<double>();
  const ImageF depth = RenderSynthView(view.camera, kSmall, Job()).depth;
  for (size_t i = 0; i < depth.data.size(); ++i) ASSERT_NEAR(stored.data[i] * scale, depth.data[i], scale);
}

TEST_F(SynthTest, PromptsClickVisibleTargetsInTrainingViews) {
  SynthOptions options = kSmall;
  options.views = 12;
  WriteSynthScene(root_ / "s", options, Job());
  const scene::Scene scene = scene::LoadScene(root_ / "s", {}, Job());
  const Json objects = ReadJsonFile(root_ / "s/prompts.json")["objects"];
  ASSERT_GE(objects.size(), 3u);
  for (const Json& object : objects) {
    SCOPED_TRACE(object.dump());
    ASSERT_GE(object["clicks"].size(), 2u);
    ASSERT_LE(object["clicks"].size(), 9u);
    EXPECT_GE(object["min_visible"], 1);
    std::set<std::string> views;
    for (const Json& click : object["clicks"]) {
      const scene::View& view = scene.views[scene.FindView(click["view"].get<std::string>())];
      views.insert(view.name);
      EXPECT_FALSE(view.is_test);
      const ImageU8 mask = scene::LoadViewMask(view);
      const int id = object["instance"].get<int>(), x = click["xy"][0].get<int>(), y = click["xy"][1].get<int>();
      // Well inside: the pixels around it belong to the object too.
      for (int dy = -2; dy <= 2; ++dy) {
        for (int dx = -2; dx <= 2; ++dx) EXPECT_EQ(mask.At(x + dx, y + dy), id);
      }
    }
    EXPECT_GE(views.size(), 2u);  // from more than one side
  }
  EXPECT_EQ(ReadJsonFile(root_ / "s/scene.json")["instances"].size(), 7u);
}

TEST_F(SynthTest, NothingIsVoidAndEveryObjectIsSeen) {
  WriteSynthScene(root_ / "s", kSmall, Job());
  const scene::Scene scene = scene::LoadScene(root_ / "s", {}, Job());
  std::map<int, int> views_with;
  for (const scene::View& view : scene.views) {
    const SynthView rendered = RenderSynthView(view.camera, kSmall, Job());
    EXPECT_GT(*std::min_element(rendered.depth.data.begin(), rendered.depth.data.end()), 0.3);
    std::map<int, int> pixels;
    for (const uint8_t id : rendered.mask.data) ++pixels[id];
    for (const auto& [id, count] : pixels) views_with[id] += count > 10;
  }
  for (int id = 1; id <= 7; ++id) EXPECT_GE(views_with[id], 5) << "instance " << id;
}

TEST_F(SynthTest, SameBytesWithAnyNumberOfThreads) {
  SetNumThreads(1);
  WriteSynthScene(root_ / "one", kSmall, Job());
  SetNumThreads(2);
  WriteSynthScene(root_ / "two", kSmall, Job());
  SetNumThreads(0);
  const auto one = Contents(root_ / "one"), two = Contents(root_ / "two");
  EXPECT_EQ(one.size(), 7u * 2 + 1 + 4);
  EXPECT_TRUE(one == two);
}

TEST_F(SynthTest, TheSeedChangesTheScene) {
  SynthOptions other = kSmall;
  other.seed = 2;
  Camera camera;
  camera.width = camera.height = 32;
  camera.fx = camera.fy = 30;
  camera.cx = camera.cy = 16;
  camera.world_from_cam = scene::RingPose(0, 5, 1.8, 1);
  EXPECT_NE(RenderSynthView(camera, kSmall, Job()).mask.data, RenderSynthView(camera, other, Job()).mask.data);
}

TEST_F(SynthTest, AntialiasingMovesOnlyColor) {
  Camera camera;
  camera.width = camera.height = 48;
  camera.fx = camera.fy = 50;
  camera.cx = camera.cy = 24;
  camera.world_from_cam = scene::RingPose(1, 5, 1.8, 1);
  SynthOptions one = kSmall, many = kSmall;
  one.samples = 1;
  many.samples = 16;
  const SynthView a = RenderSynthView(camera, one, Job()), b = RenderSynthView(camera, many, Job());
  EXPECT_EQ(a.mask.data, b.mask.data);
  EXPECT_EQ(a.depth.data, b.depth.data);
  EXPECT_NE(a.rgb.data, b.rgb.data);
}

// Notes how many threads a loop would take where an event comes from, and which threads events come from.
class ThreadCounter : public EventSink {
 public:
  void Take(const Event&) override {
    const std::lock_guard lock(mutex_);
    most_ = std::max(most_, NumThreads());
  }
  int most() const { return most_; }

 private:
  std::mutex mutex_;
  int most_ = 0;
};

TEST_F(SynthTest, AJobsLimitHoldsWhileItRuns) {
  SetNumThreads(4);
  ThreadCounter counter;
  WriteSynthScene(root_ / "s", kSmall, Job().With(counter).WithThreads(2));
  EXPECT_EQ(counter.most(), 2);
  EXPECT_EQ(NumThreads(), 4);
  SetNumThreads(0);
}

TEST_F(SynthTest, AnInterruptLeavesNothing) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(WriteSynthScene(root_ / "s", kSmall, Job().With(stop.token())), InterruptedError);
  EXPECT_EQ(NumEntries(root_), 0);
}

TEST_F(SynthTest, OwnScenesAreReplacedAndOtherFoldersKept) {
  SynthOptions tiny{.views = 2, .size = 16, .seed = 1, .samples = 1};
  WriteSynthScene(root_ / "s", tiny, Job());
  tiny.views = 3;
  WriteSynthScene(root_ / "s/", tiny, Job());
  EXPECT_EQ(scene::LoadScene(root_ / "s", {}, Job()).TrainViews().size(), 3u);
  EXPECT_EQ(NumEntries(root_), 1);

  WriteText("mine/thesis.txt", "x");
  EXPECT_THAT(scene::ErrorText([&] { WriteSynthScene(root_ / "mine", tiny, Job()); }),
              testing::HasSubstr("holds something else"));
  EXPECT_EQ(NumEntries(root_ / "mine"), 1);
}

TEST_F(SynthTest, UnwritablePlaceAndBadOptions) {
  WriteText("file", "x");
  EXPECT_NE(scene::ErrorText([&] { WriteSynthScene(root_ / "file" / "s", kSmall, Job()); }), "");
  SynthOptions bad = kSmall;
  bad.views = 1;
  EXPECT_THROW(WriteSynthScene(root_ / "s", bad, Job()), UsageError);
  bad = kSmall;
  bad.size = 5;
  EXPECT_THROW(WriteSynthScene(root_ / "s", bad, Job()), UsageError);
  EXPECT_FALSE(fs::exists(root_ / "s"));
}

// Sphere tracing is right only if no distance overstates: a step along any direction changes it by no more than the
// step.
TEST(SynthShapes, DistancesNeverOverstate) {
  const SynthWorld world(1);
  for (const SynthObject& object : world.objects()) {
    SCOPED_TRACE(object.name);
    const Vec3 center = object.shape->ball_center;
    for (int i = 0; i < 4000; ++i) {
      const double a = 2.4 * i, z = -1 + 2.0 * (i + 0.5) / 4000, r = std::sqrt(1 - z * z);
      const Vec3 out(r * std::cos(a), r * std::sin(a), z);
      const Vec3 p = center + out * object.shape->ball_radius * (0.2 + 1.1 * ((i * 7919) % 997) / 997.0);
      const Vec3 step = 0.01 * Vec3(std::cos(3.1 * i), std::sin(1.7 * i), std::cos(0.7 * i)).normalized();
      const double d = object.shape->Distance(p);
      ASSERT_LE(std::abs(object.shape->Distance(p + step) - d), 0.01 * 1.02) << p.transpose();
      // Nothing sticks out of the ball or the box that rays are clipped to.
      const Box& box = object.shape->bounds;
      const bool outside = (p - box.min).minCoeff() < -1e-3 || (box.max - p).minCoeff() < -1e-3 ||
                           (p - center).norm() > object.shape->ball_radius + 1e-3;
      if (outside) {
        ASSERT_GT(d, 0) << p.transpose();
      }
    }
  }
}

}  // namespace
}  // namespace sanerf::synth
